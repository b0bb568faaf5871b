-- Tries at signing in are counted here, so that all processes of the API share one limit. A key is the SHA-256 of who tries or of
-- what is tried. After a crash of the server nobody has tried: that is what UNLOGGED costs.

CREATE UNLOGGED TABLE sts.tried (
    key   bytea PRIMARY KEY CHECK (length(key) = 32),
    times timestamptz[] NOT NULL,
    until timestamptz NOT NULL                            -- from when on none of its times counts
);
CREATE INDEX tried_until_idx ON sts.tried (until);

-- One try by each of these keys, if every one has fewer than its limit within the window: then 0, else nothing is counted, and how
-- many seconds until they all may. The time is that of the call, since tries wait for each other here.
CREATE FUNCTION sts.tries_take(p_keys bytea[], p_limits int[], p_window interval) RETURNS float8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_now   timestamptz;
    v_until timestamptz;
    v_one   record;
BEGIN
    DELETE FROM sts.tried WHERE key IN (
        SELECT key FROM sts.tried WHERE until < now() ORDER BY until LIMIT 10 FOR UPDATE SKIP LOCKED);
    FOR v_one IN SELECT DISTINCT u.key FROM unnest(p_keys) AS u (key) ORDER BY 1 LOOP
        INSERT INTO sts.tried AS t (key, times, until) VALUES (v_one.key, '{}', clock_timestamp() + p_window)
        ON CONFLICT (key) DO UPDATE SET until = greatest(t.until, excluded.until);
    END LOOP;
    v_now := clock_timestamp();
    UPDATE sts.tried t SET times = ARRAY(SELECT x FROM unnest(t.times) x WHERE x > v_now - p_window ORDER BY x)
    WHERE t.key = ANY (p_keys);
    SELECT max(t.times[cardinality(t.times) - u.most + 1] + p_window) INTO v_until
    FROM unnest(p_keys, p_limits) AS u (key, most) JOIN sts.tried t ON t.key = u.key WHERE cardinality(t.times) >= u.most;
    IF v_until IS NOT NULL THEN
        RETURN greatest(extract(epoch FROM v_until - v_now), 0.001);
    END IF;
    UPDATE sts.tried SET times = times || v_now WHERE key = ANY (p_keys);
    RETURN 0;
END $$;

CREATE FUNCTION sts.tries_forgive(p_key bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.tried WHERE key = p_key
$$;

REVOKE EXECUTE ON FUNCTION sts.tries_take, sts.tries_forgive FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.tries_take, sts.tries_forgive TO sts_api;
