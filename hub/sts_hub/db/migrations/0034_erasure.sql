-- Erasing an athlete: everything that the hub holds of one person goes in one act. What stays is which sensor nothing may be
-- stored of for which time, by numbers alone, so that a gateway that was offline brings nothing back.

CREATE TABLE sts.erased (
    sensor_id int NOT NULL REFERENCES sts.sensor,
    during    tstzrange NOT NULL CHECK (NOT isempty(during)),
    erased_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sensor_id, during)
);
ALTER TABLE sts.erased ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON sts.erased TO sts_ingest;
CREATE POLICY ingest_reads ON sts.erased FOR SELECT TO sts_ingest USING (true);

-- What an athlete has worn until now, each time of a sensor by its club and address.
CREATE FUNCTION sts.worn_by(p_athlete uuid)
RETURNS TABLE (sensor_id int, club_id uuid, address text, during tstzrange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.id, s.club_id, s.address, a.during * tstzrange(NULL, now())
    FROM sts.assignment a JOIN sts.sensor s ON s.id = a.sensor_id
    WHERE a.athlete_id = p_athlete AND a.during && tstzrange(NULL, now())
    ORDER BY lower(a.during), s.id
$$;

-- Deletes all values of series in a time, on every level; where TimescaleDB keeps the levels, `sts-hub maintain` follows.
CREATE FUNCTION sts.erase_values(p_series int[], p_during tstzrange) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_from  timestamptz := coalesce(lower(p_during), '-infinity');
    v_to    timestamptz := coalesce(upper(p_during), 'infinity');
    v_gone  bigint;
    v_level text;
BEGIN
    WITH gone AS (
        DELETE FROM sts.sample WHERE series = ANY (p_series) AND t >= v_from AND t < v_to RETURNING series, t
    ), touching AS (
        INSERT INTO sts.touched (epoch, first_t, last_t)
        SELECT r.epoch, min(gone.t), max(gone.t) FROM gone JOIN sts.series r ON r.id = gone.series GROUP BY r.epoch
    )
    SELECT count(*) INTO v_gone FROM gone;
    FOREACH v_level IN ARRAY '{second,minute,hour}'::text[] LOOP
        CONTINUE WHEN (SELECT relkind <> 'r' FROM pg_class WHERE oid = 'sts.sample_1s'::regclass);
        EXECUTE format('DELETE FROM sts.%I WHERE series = ANY ($1) AND t >= date_trunc(%L, $2) AND t < $3',
                       'sample_1' || left(v_level, 1), v_level) USING p_series, v_from, v_to;
    END LOOP;
    RETURN v_gone;
END $$;

-- Nothing of a sensor's time stays, nor is stored any more, whoever wore it.
CREATE FUNCTION sts.erase_worn(p_sensor int, p_during tstzrange) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    INSERT INTO sts.erased (sensor_id, during) VALUES (p_sensor, p_during) ON CONFLICT DO NOTHING;
    RETURN sts.erase_values(ARRAY(
        SELECT r.id
        FROM sts.sensor s
        JOIN sts.local_name l ON l.address = s.address
        JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
        JOIN sts.epoch e ON e.gateway = l.gateway
        JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name
        WHERE s.id = p_sensor), p_during);
END $$;

-- Parked records of the gateways that knew a sensor of the athlete, with what each calls it and when it was worn.
CREATE FUNCTION sts.parked_beside(p_athlete uuid)
RETURNS TABLE (id bigint, raw bytea, parked_at timestamptz, pin_us bigint, delta_us bigint, names text[], sinces timestamptz[], untils timestamptz[])
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT p.id, p.raw, p.parked_at, e.pin_offset_us, coalesce(e.delta_us, 0),
           array_agg(l.name ORDER BY w.during, l.name), array_agg(lower(w.during) ORDER BY w.during, l.name),
           array_agg(upper(w.during) ORDER BY w.during, l.name)
    FROM sts.worn_by(p_athlete) w
    JOIN sts.local_name l ON l.address = w.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = w.club_id
    JOIN sts.parked p ON p.gateway = l.gateway
    LEFT JOIN sts.epoch e ON e.epoch = p.epoch
    GROUP BY p.id, p.raw, p.parked_at, e.pin_offset_us, e.delta_us
    ORDER BY p.id
$$;

-- Parked records go for good; their numbers are told as lost, with the reason.
CREATE FUNCTION sts.erase_parked(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_epoch record;
BEGIN
    FOR v_epoch IN
        SELECT p.epoch, range_agg(int8range(p.seq, p.seq, '[]')) AS numbers
        FROM sts.parked p WHERE p.id = ANY (p_ids) AND p.epoch IS NOT NULL GROUP BY p.epoch ORDER BY p.epoch
    LOOP
        UPDATE sts.epoch SET parked = parked - v_epoch.numbers, declared = declared + v_epoch.numbers
        WHERE epoch = v_epoch.epoch;
        INSERT INTO sts.drop (epoch, span, reason) SELECT v_epoch.epoch, unnest(v_epoch.numbers), 'erased';
    END LOOP;
    DELETE FROM sts.parked WHERE id = ANY (p_ids);
END $$;

-- All of it: values, parked records, the name in result lists, the account, and with the athlete every table that hangs on it.
CREATE FUNCTION sts.erase_person(p_athlete uuid, p_parked bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_gone    bigint := 0;
    v_worn    record;
    v_account uuid := (SELECT account_id FROM sts.athlete WHERE id = p_athlete);
BEGIN
    PERFORM sts.erase_parked(p_parked);
    FOR v_worn IN SELECT * FROM sts.worn_by(p_athlete) LOOP
        v_gone := v_gone + sts.erase_worn(v_worn.sensor_id, v_worn.during);
    END LOOP;
    FOR v_worn IN SELECT array_agg(r.id) AS series, a.during FROM sts.activity a JOIN sts.series r ON r.epoch = a.id
                  WHERE a.athlete_id = p_athlete GROUP BY a.id, a.during LOOP
        v_gone := v_gone + sts.erase_values(v_worn.series, tstzrange(NULL, NULL));
    END LOOP;
    UPDATE sts.competitor SET name = NULL, licence = NULL, birth = NULL, athlete_id = NULL, matched = 'none', candidates = '{}'
    WHERE athlete_id = p_athlete;
    DELETE FROM sts.athlete WHERE id = p_athlete;
    UPDATE sts.account SET email = 'erased-' || id, name = 'Erased', password_hash = '', disabled_at = coalesce(disabled_at, now())
    WHERE id = v_account;
    RETURN v_gone;
END $$;

-- The same for the API, by an admin of the athlete's own club.
CREATE FUNCTION sts.may_erase(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.asking_role() = 'admin'
       AND EXISTS (SELECT FROM sts.athlete a WHERE a.id = p_athlete AND a.club_id = sts.asking_club())
$$;
CREATE FUNCTION sts.erasing_worn(p_athlete uuid)
RETURNS TABLE (sensor_id int, club_id uuid, address text, during tstzrange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.* FROM sts.worn_by(p_athlete) w WHERE sts.may_erase(p_athlete)
$$;
CREATE FUNCTION sts.erasing_parked(p_athlete uuid)
RETURNS TABLE (id bigint, raw bytea, parked_at timestamptz, pin_us bigint, delta_us bigint, names text[], sinces timestamptz[], untils timestamptz[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT p.* FROM sts.parked_beside(p_athlete) p WHERE sts.may_erase(p_athlete)
$$;
CREATE FUNCTION sts.erase_athlete(p_athlete uuid, p_parked bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    IF NOT sts.may_erase(p_athlete) THEN
        RAISE insufficient_privilege USING MESSAGE = 'an athlete is erased by an admin of the club';
    END IF;
    RETURN sts.erase_person(p_athlete, ARRAY(
        SELECT p.id FROM sts.parked_beside(p_athlete) p WHERE p.id = ANY (p_parked)));
END $$;

REVOKE EXECUTE ON FUNCTION sts.worn_by, sts.erase_values, sts.erase_worn, sts.parked_beside, sts.erase_parked, sts.erase_person,
    sts.may_erase, sts.erasing_worn, sts.erasing_parked, sts.erase_athlete FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.may_erase, sts.erasing_worn, sts.erasing_parked, sts.erase_athlete TO sts_api;
