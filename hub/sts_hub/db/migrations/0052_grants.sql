-- Grants: an athlete, or who stands for one, lets a second club or one trainer read some metrics of some time, and nothing else.
-- Whether a grant holds is asked anew each time, so nobody has to end it.

CREATE TABLE sts.athlete_grant (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    -- Without foreign keys: with its athlete a grant moves to a hub where the other club may not be, and holds for nobody there.
    to_club_id uuid NOT NULL,
    to_account_id uuid,                                   -- to this trainer of the club alone; null: to the club
    metrics    int2[] NOT NULL CHECK (cardinality(metrics) BETWEEN 1 AND 50),
    during     tstzrange NOT NULL CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),  -- when it was measured
    ends_at    timestamptz,
    given_by   text NOT NULL CHECK (given_by IN ('athlete', 'guardian')),
    given_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX athlete_grant_athlete_idx ON sts.athlete_grant (athlete_id);
CREATE INDEX athlete_grant_club_idx ON sts.athlete_grant (to_club_id);

-- When a grant ends; what a guardian gave, on the day of being of age at the latest.
CREATE FUNCTION sts.grant_end(p sts.athlete_grant) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT least(p.ends_at, (SELECT sts.of_age(a.birth_date)::timestamp AT TIME ZONE 'UTC' FROM sts.athlete a
                             WHERE a.id = p.athlete_id AND p.given_by = 'guardian'))
$$;

-- Whether whoever is asking is given something by it now: a club's is for its chiefs and coaches.
CREATE FUNCTION sts.grant_holds(p sts.athlete_grant) RETURNS boolean
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT p.to_club_id = sts.asking_club()
       AND CASE WHEN p.to_account_id IS NULL THEN sts.asking_role() IN ('admin', 'director', 'coach')
                ELSE sts.asking_role() = 'trainer' AND p.to_account_id = sts.asking_account() END
       AND coalesce(sts.grant_end(p) > now(), true)
$$;

-- Who knows of an athlete's grants: the athlete, who stands for the athlete, and the chiefs of the own club.
CREATE FUNCTION sts.may_see_grants(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT sts.asking_role() IN ('admin', 'director', 'athlete', 'guardian') AND sts.may_see_athlete(p_athlete)
$$;

-- Names that a grant is about, for those who know of it: the grant crosses the walls that hide them.
CREATE FUNCTION sts.grant_names(p_grant uuid)
RETURNS TABLE (athlete text, from_club text, to_club text, to_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.name, f.name, t.name, c.name
    FROM sts.athlete_grant g
    JOIN sts.athlete a ON a.id = g.athlete_id
    JOIN sts.club f ON f.id = a.club_id
    JOIN sts.club t ON t.id = g.to_club_id
    LEFT JOIN sts.account c ON c.id = g.to_account_id
    WHERE g.id = p_grant AND (sts.may_see_grants(g.athlete_id) OR sts.grant_holds(g))
$$;

-- To whom one can give: a club, or a trainer's account and the club of it. An id is told by its owner; nobody guesses one.
CREATE FUNCTION sts.grantee(p_club uuid, p_account uuid) RETURNS TABLE (club_id uuid, account_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT c.id, NULL::uuid FROM sts.club c WHERE c.id = p_club
    UNION ALL
    SELECT a.club_id, a.id FROM sts.account a WHERE a.id = p_account AND a.role = 'trainer' AND a.disabled_at IS NULL
$$;

GRANT SELECT, INSERT, UPDATE (ends_at) ON sts.athlete_grant TO sts_api;
ALTER TABLE sts.athlete_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.athlete_grant FOR SELECT TO sts_api USING (
    sts.may_see_grants(athlete_id) OR sts.grant_holds(athlete_grant));
CREATE POLICY adds ON sts.athlete_grant FOR INSERT TO sts_api WITH CHECK (
    (SELECT sts.asking_role()) IN ('athlete', 'guardian') AND sts.may_see_athlete(athlete_id));
CREATE POLICY changes ON sts.athlete_grant FOR UPDATE TO sts_api USING (
    (SELECT sts.asking_role()) IN ('athlete', 'guardian') AND sts.may_see_athlete(athlete_id));

-- ---------------------------------------------------------------------------------------------------------------------
-- Reading by a grant. The functions that read values ask of each metric when it may be read.

-- The times of which whoever is asking may read a metric of an athlete: all of them of an athlete in sight, else what grants
-- give. Without a metric, of an athlete in sight alone.
CREATE FUNCTION sts.readable(p_athlete uuid, p_metric int2) RETURNS tstzmultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT CASE WHEN sts.may_see_athlete(p_athlete) THEN '{(,)}'::tstzmultirange
                ELSE coalesce((SELECT range_agg(g.during) FROM sts.athlete_grant g
                               WHERE g.athlete_id = p_athlete AND p_metric = ANY (g.metrics) AND sts.grant_holds(g)), '{}')
           END
$$;

DROP FUNCTION sts.worn(uuid, timestamptz, timestamptz);
-- When the athlete wore which sensor and consented to monitoring, cut to the times given and to those in which the caller may read the
-- metric; without one, of an athlete in sight alone.
CREATE FUNCTION sts.worn(p_athlete uuid, p_from timestamptz, p_to timestamptz, p_metric int2 DEFAULT NULL)
RETURNS TABLE (sensor int, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.sensor_id, lower(s.both), upper(s.both)
    FROM (
        SELECT a.sensor_id, a.during * c.during * r.during * tstzrange(p_from, p_to) AS both
        FROM sts.assignment a JOIN sts.consent c ON c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'
        CROSS JOIN unnest(sts.readable(p_athlete, p_metric)) AS r (during)
        WHERE a.athlete_id = p_athlete AND a.during && tstzrange(p_from, p_to)
          AND c.during && a.during
    ) s
    WHERE NOT isempty(s.both)
    ORDER BY 2, 1
$$;

DROP FUNCTION sts.recorded(uuid, timestamptz, timestamptz);
-- The athlete's activities with consent, cut as sts.worn cuts; of one workout told twice, the one that counts.
CREATE FUNCTION sts.recorded(p_athlete uuid, p_from timestamptz, p_to timestamptz, p_metric int2 DEFAULT NULL)
RETURNS TABLE (activity uuid, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.id, lower(s.both), upper(s.both)
    FROM (
        SELECT a.id, a.during * c.during * r.during * tstzrange(p_from, p_to) AS both
        FROM sts.activity a JOIN sts.consent c ON c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'
        CROSS JOIN unnest(sts.readable(p_athlete, p_metric)) AS r (during)
        WHERE a.athlete_id = p_athlete AND a.same_as IS NULL AND a.during && tstzrange(p_from, p_to)
          AND c.during && a.during
    ) s
    WHERE NOT isempty(s.both)
    ORDER BY 2, 1
$$;

-- The athlete's values of one metric as they are, a row for each wearing and series: columns of equal length, rising in time,
-- packed (µs since 1970 as int8, float8 and int2, the highest byte first), so that a week of them costs little to send and
-- nothing to read. date_part: a float8 holds today's microseconds exactly, and costs a quarter of sts.us, which is numeric.
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
                SELECT string_agg(int8send((date_part('epoch', s.t) * 1000000)::bigint), '' ORDER BY s.t) AS t_us,
                       string_agg(float8send(s.value), '' ORDER BY s.t) AS value,
                       string_agg(int2send(s.quality), '' ORDER BY s.t) AS quality
                FROM sts.sample s WHERE s.series = r.series AND s.t >= $3 AND s.t < $4
            ) v
            WHERE v.t_us IS NOT NULL
        $q$ USING v_worn.sensor, p_metric, v_worn.since, v_worn.until;
    END LOOP;
END $$;

-- One metric of one activity, packed as sts.read_series packs it.
CREATE OR REPLACE FUNCTION sts.read_activity(p_activity uuid, p_metric int2, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (t_us bytea, value bytea, quality bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT string_agg(int8send((date_part('epoch', v.t) * 1000000)::bigint), '' ORDER BY v.t),
           string_agg(float8send(v.value), '' ORDER BY v.t), string_agg(int2send(v.quality), '' ORDER BY v.t)
    FROM sts.activity a
    JOIN sts.series s ON s.epoch = a.id AND s.metric = p_metric
    CROSS JOIN unnest(sts.readable(a.athlete_id, p_metric)) AS r (during)
    JOIN sts.sample v ON v.series = s.id AND v.t >= greatest(p_from, lower(r.during)) AND v.t < least(p_to, upper(r.during))
    WHERE a.id = p_activity
    HAVING count(*) > 0
$$;

-- The athlete's values of one metric by a level of time (sts.sample_1m or sts.sample_1h), a row for each wearing or activity and
-- series (gateway '' and the activity where a watch recorded it): columns of equal length, rising in time, packed as
-- sts.read_series packs them. A bucket that a border of the wearing cuts is made from the samples themselves. ok, total, low and high are over the values fit to be summed; worst is the highest quality
-- number of all.
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
            SELECT $1, $2, string_agg(int8send((date_part('epoch', b.t) * 1000000)::bigint), '' ORDER BY b.t),
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

-- Athletes of whom a grant to the caller holds and reaches now, with the metrics given, as sts.live_roster tells those in sight.
CREATE FUNCTION sts.live_given()
RETURNS TABLE (
    athlete uuid, club_id uuid, account_id uuid, name text, metrics int2[],
    sensor int, label text, kind text, since timestamptz, until timestamptz, consents boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, g.to_club_id, g.to_account_id, a.name, g.metrics,
           s.id, s.kind, s.kind, greatest(lower(w.during), g.since), least(upper(w.during), g.until),
           EXISTS (SELECT FROM sts.consent c
                   WHERE c.athlete_id = a.id AND c.purpose = 'monitoring' AND c.during @> now())
    FROM (
        SELECT h.athlete_id, h.to_club_id, h.to_account_id, array_agg(DISTINCT m.metric) AS metrics,
               max(lower(h.during)) AS since, min(upper(h.during)) AS until
        FROM sts.athlete_grant h CROSS JOIN unnest(h.metrics) AS m (metric)
        WHERE h.to_club_id = sts.asking_club() AND h.during @> now() AND sts.grant_holds(h)
        GROUP BY h.athlete_id, h.to_club_id, h.to_account_id
    ) g
    JOIN sts.athlete a ON a.id = g.athlete_id
    LEFT JOIN sts.assignment w ON w.athlete_id = a.id AND w.during @> now()
    LEFT JOIN sts.sensor s ON s.id = w.sensor_id
    WHERE NOT sts.may_see_athlete(a.id)
    ORDER BY a.name, a.id, s.kind <> 'heart_rate', s.id
$$;

-- What a live wall that has just started knows of the past: the values of one metric since p_from of all sensors worn now by
-- people whom the caller may see or is given it of, and the newest one of each since p_newest_from; each with the gateway that heard it.
CREATE OR REPLACE FUNCTION sts.live_past(p_metric int2, p_from timestamptz, p_newest_from timestamptz)
RETURNS TABLE (gateway text, sensor int, t_us bigint, value float8, quality int2)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN
        SELECT r.sensor, greatest(r.since, p_newest_from) AS since
        FROM sts.live_roster() r WHERE r.consents AND r.sensor IS NOT NULL
        UNION
        SELECT g.sensor, greatest(g.since, p_newest_from)
        FROM sts.live_given() g WHERE g.consents AND g.sensor IS NOT NULL AND p_metric = ANY (g.metrics)
    LOOP
        RETURN QUERY EXECUTE $q$
            WITH heard AS MATERIALIZED (
                SELECT h.gateway, h.series FROM sts.receptions_of($1, $2) h
            ),
            newest AS (
                SELECT h.gateway, n.t, n.value, n.quality
                FROM heard h
                CROSS JOIN LATERAL (
                    SELECT s.t, s.value, s.quality FROM sts.sample s
                    WHERE s.series = h.series AND s.t >= $3 ORDER BY s.t DESC LIMIT 1
                ) n
                ORDER BY n.t DESC LIMIT 1
            )
            SELECT n.gateway, $1, sts.us(n.t), n.value, n.quality FROM newest n WHERE n.t < $4
            UNION ALL
            SELECT h.gateway, $1, sts.us(s.t), s.value, s.quality
            FROM heard h JOIN sts.sample s ON s.series = h.series AND s.t >= greatest($3, $4)
            ORDER BY 3
        $q$ USING v_worn.sensor, p_metric, v_worn.since, p_from;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION sts.grant_end, sts.grant_holds, sts.may_see_grants, sts.grant_names, sts.grantee, sts.readable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.grant_end, sts.grant_holds, sts.may_see_grants, sts.grant_names, sts.grantee TO sts_api;
REVOKE EXECUTE ON FUNCTION sts.worn, sts.recorded, sts.live_given FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.worn, sts.recorded, sts.live_given TO sts_api;
