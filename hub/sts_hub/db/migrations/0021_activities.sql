-- Activities: workouts that a watch or head unit recorded. Their values are samples like all others, in series of an epoch
-- whose id is the activity's. No gateway told them, so the epoch's gateway is '', which no gateway can be called.

CREATE TABLE sts.activity (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id    uuid NOT NULL,
    athlete_id uuid NOT NULL,
    form       text NOT NULL CHECK (form IN ('fit', 'tcx', 'gpx', 'csv')),
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    file_key   text CHECK (length(file_key) <= 200),       -- what the device calls the file: kind, maker, product, serial, time
    during     tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
    said       jsonb NOT NULL,                             -- what the file says beside its values
    told       bigint NOT NULL DEFAULT 0,                  -- values in the file that are of our metrics
    stored     bigint NOT NULL DEFAULT 0,                  -- of these: stored, ...
    withheld   bigint NOT NULL DEFAULT 0,                  -- measured without consent,
    expired    bigint NOT NULL DEFAULT 0,                  -- older than values are kept
    same_as    uuid REFERENCES sts.activity ON DELETE SET NULL,
    difference float8,                                     -- middle difference of heart rate from that activity, /min
    beside     float8,                                     -- and from what the athlete's sensors told, when it was added
    added_by   uuid NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE,
    CONSTRAINT activity_once UNIQUE (athlete_id, sha256),
    CHECK (same_as <> id)
);
CREATE INDEX activity_during_idx ON sts.activity USING gist (athlete_id, during);
CREATE INDEX activity_same_idx ON sts.activity (same_as);

CREATE FUNCTION sts.activity_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    INSERT INTO sts.epoch (epoch, gateway, running, closed) VALUES (NEW.id, '', false, true);
    RETURN NULL;
END $$;
CREATE TRIGGER activity_added AFTER INSERT ON sts.activity FOR EACH ROW EXECUTE FUNCTION sts.activity_added();

-- However an activity goes (by its athlete's word, with the athlete), its values go in the same act, and roll-ups follow.
CREATE FUNCTION sts.activity_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    WITH gone AS (
        DELETE FROM sts.sample v USING sts.series s
        WHERE s.epoch = OLD.id AND v.series = s.id AND v.t >= lower(OLD.during) AND v.t <= upper(OLD.during)
        RETURNING v.t
    )
    INSERT INTO sts.touched (epoch, first_t, last_t) SELECT OLD.id, min(t), max(t) FROM gone HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER activity_removed AFTER DELETE ON sts.activity FOR EACH ROW EXECUTE FUNCTION sts.activity_removed();

-- Who may add to an athlete's activities: staff who see the athlete, and the athlete.
CREATE FUNCTION sts.may_add_activity(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.may_see_athlete(p_athlete)
       AND sts.asking_role() IN ('admin', 'director', 'coach', 'trainer', 'athlete')
$$;

-- Makes the days of a file ready, in a transaction of its own before the one that stores it (see sts.open_day).
CREATE FUNCTION sts.open_activity_days(p_from timestamptz, p_to timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF p_from < '2000-01-01' OR p_to > now() + interval '1 day' OR p_to - p_from > interval '8 days' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no activity lasts so long or lies there';
    END IF;
    PERFORM sts.open_day(day::date) FROM generate_series(p_from::date, p_to::date, interval '1 day') AS day
    WHERE day + interval '1 day' > (SELECT expired_before FROM sts.retention);
END $$;

-- Stores one metric of an activity that this very transaction has added: times in µs since 1970, rising. Left out is what
-- was measured without consent, and what is older than values are kept.
CREATE FUNCTION sts.add_activity_values(
    p_activity uuid, p_metric int2, p_t_us bigint[], p_value float8[], p_quality int2[]
) RETURNS TABLE (stored bigint, withheld bigint, expired bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_activity record;
    v_consent  tstzmultirange;
    v_before   timestamptz := (SELECT expired_before FROM sts.retention);
    v_series   int;
BEGIN
    SELECT a.athlete_id, a.during INTO v_activity FROM sts.activity a
    WHERE a.id = p_activity AND a.xmin = pg_current_xact_id()::xid AND sts.may_add_activity(a.athlete_id);
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'values are added to a new activity of one''s own only';
    END IF;
    v_consent := coalesce((SELECT range_agg(c.during) FROM sts.consent c
                           WHERE c.athlete_id = v_activity.athlete_id AND c.purpose = 'monitoring'), '{}');
    INSERT INTO sts.series (epoch, name, metric) VALUES (p_activity, 'file', p_metric) RETURNING id INTO v_series;
    RETURN QUERY
    WITH told AS (
        SELECT timestamptz 'epoch' + t_us * interval '1 microsecond' AS t, value, quality
        FROM unnest(p_t_us, p_value, p_quality) AS u (t_us, value, quality)
    ), judged AS (
        SELECT t, value, quality, v_consent @> t AS consented, t < v_before AS old FROM told WHERE v_activity.during @> t
    ), kept AS (
        INSERT INTO sts.sample (t, series, quality, value)
        SELECT t, v_series, quality, value FROM judged WHERE consented AND NOT old
        RETURNING t
    ), touching AS (
        INSERT INTO sts.touched (epoch, first_t, last_t)
        SELECT p_activity, min(t), max(t) FROM kept HAVING count(*) > 0
    )
    SELECT (SELECT count(*) FROM kept), count(*) FILTER (WHERE NOT consented),
           count(*) FILTER (WHERE consented AND old)
    FROM judged;
END $$;

-- The athlete's activities with consent, cut to the times given; of one workout told twice, the one that counts.
CREATE FUNCTION sts.recorded(p_athlete uuid, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (activity uuid, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.id, lower(s.both), upper(s.both)
    FROM (
        SELECT a.id, a.during * c.during * tstzrange(p_from, p_to) AS both
        FROM sts.activity a JOIN sts.consent c ON c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'
        WHERE a.athlete_id = p_athlete AND a.same_as IS NULL AND a.during && tstzrange(p_from, p_to)
          AND c.during && a.during AND sts.may_see_athlete(p_athlete)
    ) s
    WHERE NOT isempty(s.both)
    ORDER BY 2, 1
$$;

-- One metric of one activity, packed as sts.read_series packs it.
CREATE FUNCTION sts.read_activity(p_activity uuid, p_metric int2, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (t_us bytea, value bytea, quality bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT string_agg(int8send((date_part('epoch', v.t) * 1000000)::bigint), '' ORDER BY v.t),
           string_agg(float8send(v.value), '' ORDER BY v.t), string_agg(int2send(v.quality), '' ORDER BY v.t)
    FROM sts.activity a
    JOIN sts.series s ON s.epoch = a.id AND s.metric = p_metric
    JOIN sts.sample v ON v.series = s.id AND v.t >= p_from AND v.t < p_to
    WHERE a.id = p_activity AND sts.may_see_athlete(a.athlete_id)
    HAVING count(*) > 0
$$;

REVOKE EXECUTE ON FUNCTION sts.activity_added, sts.activity_removed, sts.may_add_activity, sts.open_activity_days,
    sts.add_activity_values, sts.recorded, sts.read_activity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.may_add_activity, sts.open_activity_days, sts.add_activity_values, sts.recorded,
    sts.read_activity TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (same_as, difference, told, stored, withheld, expired) ON sts.activity TO sts_api;

ALTER TABLE sts.activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.activity FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.activity FOR INSERT TO sts_api WITH CHECK (sts.may_add_activity(athlete_id));
CREATE POLICY changes ON sts.activity FOR UPDATE TO sts_api USING (sts.may_add_activity(athlete_id));
CREATE POLICY removes ON sts.activity FOR DELETE TO sts_api USING (sts.may_add_activity(athlete_id));
