-- Reading: the only ways by which the API sees samples and the state of gateways. Each asks who is asking.
--
-- Late binding: first it is resolved when the athlete wore which sensor and consented, then which series those sensors are,
-- and only then are samples read, with the bounds of time as constants, so that the planner leaves out every other day.

-- The beats: visible with their gateway.
ALTER TABLE sts.gateway_state ENABLE ROW LEVEL SECURITY;
CREATE POLICY ingest_writes ON sts.gateway_state TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY sees ON sts.gateway_state FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway_state.gateway));
GRANT SELECT ON sts.gateway_state TO sts_api;

-- When the athlete wore which sensor and consented to monitoring, cut to the times given.
CREATE FUNCTION sts.worn(p_athlete uuid, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (sensor int, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.sensor_id, lower(s.both), upper(s.both)
    FROM (
        SELECT a.sensor_id, a.during * c.during * tstzrange(p_from, p_to) AS both
        FROM sts.assignment a JOIN sts.consent c ON c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'
        WHERE a.athlete_id = p_athlete AND a.during && tstzrange(p_from, p_to)
          AND c.during && a.during AND sts.may_see_athlete(p_athlete)
    ) s
    WHERE NOT isempty(s.both)
    ORDER BY 2, 1
$$;

-- The series of one metric of a sensor: every epoch of every gateway of the club that tells of the sensor's address.
CREATE FUNCTION sts.series_of(p_sensor int, p_metric int2) RETURNS int[]
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT coalesce(array_agg(r.id), '{}')
    FROM sts.sensor s
    JOIN sts.local_name l ON l.address = s.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
    JOIN sts.epoch e ON e.gateway = l.gateway
    JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name AND r.metric = p_metric
    WHERE s.id = p_sensor
$$;

-- Microseconds since 1970.
CREATE FUNCTION sts.us(p_t timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (extract(epoch FROM p_t) * 1000000)::bigint;

-- The athlete's values of one metric in buckets of p_width from p_from on, a row for each reception (series), bucket
-- and quality. covered_us: how much time the ok values of the row stand for: up to the next ok value of whatever reception
-- (so the sum counts no time twice), or p_interval where that is more than p_pause away.
CREATE FUNCTION sts.read_buckets(
    p_athlete uuid, p_metric int2, p_from timestamptz, p_to timestamptz,
    p_width interval, p_interval interval, p_pause interval
)
RETURNS TABLE (
    series int, bucket_us bigint, quality int2, first_us bigint, last_us bigint,
    low float8, high float8, total float8, n bigint, covered_us bigint
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET work_mem = '32MB' AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN SELECT w.sensor, w.since, w.until FROM sts.worn(p_athlete, p_from, p_to) w LOOP
        RETURN QUERY EXECUTE $q$
            SELECT b.series, sts.us(b.start), b.quality, sts.us(b.first_t), sts.us(b.last_t),
                   b.low, b.high, b.total, b.n, (extract(epoch FROM b.covered) * 1000000)::bigint
            FROM (
                SELECT v.series, date_bin($5, v.t, $4) AS start, v.quality, min(v.t) AS first_t, max(v.t) AS last_t,
                       min(v.value) AS low, max(v.value) AS high, sum(v.value) AS total, count(*) AS n,
                       coalesce(sum(v.pause) FILTER (WHERE v.quality = 0 AND v.pause <= $7), interval '0')
                       + $6 * count(*) FILTER (WHERE v.quality = 0 AND (v.pause <= $7) IS NOT TRUE) AS covered
                FROM (
                    SELECT s.series, s.t, s.value, s.quality,
                           lead(s.t) OVER (PARTITION BY s.quality = 0 ORDER BY s.t) - s.t AS pause
                    FROM sts.sample s
                    WHERE s.series = ANY ($1) AND s.t >= $2 AND s.t < $3
                ) v
                GROUP BY v.series, 2, v.quality
            ) b
        $q$ USING sts.series_of(v_worn.sensor, p_metric), v_worn.since, v_worn.until, p_from,
                  p_width, p_interval, p_pause;
    END LOOP;
END $$;

-- Everybody whom the caller may see on the live wall, with what they wear now: a row per athlete and sensor, one without a
-- sensor where nothing is worn. consents: whether values may be shown.
CREATE FUNCTION sts.live_roster()
RETURNS TABLE (
    athlete uuid, club_id uuid, team_id uuid, account_id uuid, number int, name text, hr_max int,
    sensor int, label text, kind text, since timestamptz, until timestamptz, consents boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, a.team_id, a.account_id, a.number, a.name, a.hr_max,
           s.id, s.label, s.kind, lower(w.during), upper(w.during),
           EXISTS (SELECT FROM sts.consent c
                   WHERE c.athlete_id = a.id AND c.purpose = 'monitoring' AND c.during @> now())
    FROM sts.athlete a
    LEFT JOIN sts.assignment w ON w.athlete_id = a.id AND w.during @> now()
    LEFT JOIN sts.sensor s ON s.id = w.sensor_id
    WHERE a.club_id = sts.asking_club() AND sts.sees_person(a.club_id, a.team_id, a.account_id)
    ORDER BY a.number NULLS LAST, a.id, s.kind <> 'heart_rate', s.id
$$;

-- What a live wall that has just started knows of the past: the values of one metric since p_from of all sensors worn now by
-- people whom the caller may see, and the newest one of each since p_newest_from.
CREATE FUNCTION sts.live_past(p_metric int2, p_from timestamptz, p_newest_from timestamptz)
RETURNS TABLE (sensor int, t_us bigint, value float8, quality int2)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN
        SELECT r.sensor, greatest(r.since, p_newest_from) AS since
        FROM sts.live_roster() r WHERE r.consents AND r.sensor IS NOT NULL
    LOOP
        RETURN QUERY EXECUTE $q$
            WITH newest AS (
                SELECT n.t, n.value, n.quality
                FROM unnest($2) AS r (id)
                CROSS JOIN LATERAL (
                    SELECT s.t, s.value, s.quality FROM sts.sample s
                    WHERE s.series = r.id AND s.t >= $3 ORDER BY s.t DESC LIMIT 1
                ) n
                ORDER BY n.t DESC LIMIT 1
            )
            SELECT $1, sts.us(n.t), n.value, n.quality FROM newest n WHERE n.t < $4
            UNION ALL
            SELECT $1, sts.us(s.t), s.value, s.quality FROM sts.sample s
            WHERE s.series = ANY ($2) AND s.t >= greatest($3, $4)
            ORDER BY 2
        $q$ USING v_worn.sensor, sts.series_of(v_worn.sensor, p_metric), v_worn.since, p_from;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION
    sts.worn, sts.series_of, sts.read_buckets, sts.us, sts.live_roster, sts.live_past
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.us, sts.worn, sts.read_buckets, sts.live_roster, sts.live_past TO sts_api;
