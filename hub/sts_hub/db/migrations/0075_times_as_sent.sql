-- Times as PostgreSQL itself sends them, in µs since 2000-01-01 UTC, instead of a number made of each; and of a series the rows in order once
-- instead of a sort for each column.

CREATE OR REPLACE FUNCTION sts.read_series(p_athlete uuid, p_metric int2, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (sensor int, gateway text, series int, t_us bytea, value bytea, quality bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET work_mem = '32MB' AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN SELECT w.sensor, w.since, w.until FROM sts.worn(p_athlete, p_from, p_to, p_metric) w LOOP
        RETURN QUERY EXECUTE $q$
            SELECT $1, r.gateway, r.series, v.t_us, v.value, v.quality
            FROM sts.receptions_of($1, $2) r
            CROSS JOIN LATERAL (
                SELECT string_agg(timestamptz_send(s.t), '') AS t_us,
                       string_agg(float8send(s.value), '') AS value,
                       string_agg(int2send(s.quality), '') AS quality
                FROM (SELECT t, value, quality FROM sts.sample WHERE series = r.series AND t >= $3 AND t < $4 ORDER BY t) s
            ) v
            WHERE v.t_us IS NOT NULL
        $q$ USING v_worn.sensor, p_metric, v_worn.since, v_worn.until;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION sts.read_activity(p_activity uuid, p_metric int2, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (t_us bytea, value bytea, quality bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT string_agg(timestamptz_send(v.t), '' ORDER BY v.t),
           string_agg(float8send(v.value), '' ORDER BY v.t), string_agg(int2send(v.quality), '' ORDER BY v.t)
    FROM sts.activity a
    JOIN sts.series s ON s.epoch = a.id AND s.metric = p_metric
    CROSS JOIN unnest(sts.readable(a.athlete_id, p_metric)) AS r (during)
    JOIN sts.sample v ON v.series = s.id AND v.t >= greatest(p_from, lower(r.during)) AND v.t < least(p_to, upper(r.during))
    WHERE a.id = p_activity
    HAVING count(*) > 0
$$;

CREATE OR REPLACE FUNCTION sts.read_level(p_athlete uuid, p_metric int2, p_from timestamptz, p_to timestamptz, p_level text)
RETURNS TABLE (gateway text, activity uuid, t_us bytea, ok bytea, worst bytea, total bytea, low bytea, high bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET work_mem = '32MB' AS $$
DECLARE
    v_bucket constant interval := CASE p_level WHEN 'sample_1m' THEN interval '1 minute' WHEN 'sample_1h' THEN interval '1 hour' END;
    v_zero constant timestamptz := 'epoch';
    v_told record;
    v_first timestamptz;
    v_last timestamptz;
BEGIN
    IF v_bucket IS NULL THEN
        RAISE EXCEPTION 'no level of time is called %', p_level;
    END IF;
    FOR v_told IN
        SELECT r.gateway, NULL::uuid AS activity, r.series, w.since, w.until
        FROM sts.worn(p_athlete, p_from, p_to, p_metric) w, sts.receptions_of(w.sensor, p_metric) r
        UNION ALL
        SELECT '', a.activity, s.id, a.since, a.until
        FROM sts.recorded(p_athlete, p_from, p_to, p_metric) a JOIN sts.series s ON s.epoch = a.activity AND s.metric = p_metric
    LOOP
        v_first := least(date_bin(v_bucket, v_told.since - interval '1 us', v_zero) + v_bucket, v_told.until);
        v_last := greatest(date_bin(v_bucket, v_told.until, v_zero), v_first);
        RETURN QUERY EXECUTE format($q$
            SELECT $1, $2, string_agg(timestamptz_send(b.t), '' ORDER BY b.t),
                   string_agg(int4send(b.ok), '' ORDER BY b.t),
                   string_agg(int2send(b.worst), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.total, 0)), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.low, 'NaN')), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.high, 'NaN')), '' ORDER BY b.t)
            FROM (
                SELECT t, ok, worst, total, low, high FROM sts.%I WHERE series = $3 AND t >= $6 AND t < $7
                UNION ALL
                SELECT date_bin($8, s.t, 'epoch'), (count(*) FILTER (WHERE quality IN (0, 5, 6)))::int4, max(quality),
                       sum(value) FILTER (WHERE quality IN (0, 5, 6)), min(value) FILTER (WHERE quality IN (0, 5, 6)),
                       max(value) FILTER (WHERE quality IN (0, 5, 6))
                FROM sts.sample s WHERE series = $3 AND s.t >= $4 AND s.t < $5 AND (s.t < $6 OR s.t >= $7)
                GROUP BY 1
            ) b
            HAVING count(*) > 0
        $q$, p_level)
        USING v_told.gateway, v_told.activity, v_told.series, v_told.since, v_told.until, v_first, v_last, v_bucket;
    END LOOP;
END $$;
