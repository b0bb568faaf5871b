-- Receptions: when several gateways hear one sensor, what each of them heard can be told apart. Readers merge it, by a rule
-- that is not in the database, so values are read as they are.

-- The series of one metric of a sensor and the gateway that heard each: every epoch of every gateway of the club that tells
-- of the sensor's address.
CREATE FUNCTION sts.receptions_of(p_sensor int, p_metric int2) RETURNS TABLE (gateway text, series int)
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT g.name, r.id
    FROM sts.sensor s
    JOIN sts.local_name l ON l.address = s.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
    JOIN sts.epoch e ON e.gateway = l.gateway
    JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name AND r.metric = p_metric
    WHERE s.id = p_sensor
$$;

DROP FUNCTION sts.read_buckets(uuid, int2, timestamptz, timestamptz, interval, interval, interval);
DROP FUNCTION sts.live_past(int2, timestamptz, timestamptz);
DROP FUNCTION sts.series_of(int, int2);

-- The athlete's values of one metric as they are, a row for each wearing and series: columns of equal length, rising in time,
-- packed (µs since 1970 as int8, float8 and int2, the highest byte first), so that a week of them costs little to send and
-- nothing to read. date_part: a float8 holds today's microseconds exactly, and costs a quarter of sts.us, which is numeric.
CREATE FUNCTION sts.read_series(p_athlete uuid, p_metric int2, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (sensor int, gateway text, series int, t_us bytea, value bytea, quality bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET work_mem = '32MB' AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN SELECT w.sensor, w.since, w.until FROM sts.worn(p_athlete, p_from, p_to) w LOOP
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

-- What a live wall that has just started knows of the past: the values of one metric since p_from of all sensors worn now by
-- people whom the caller may see, and the newest one of each since p_newest_from; each with the gateway that heard it.
CREATE FUNCTION sts.live_past(p_metric int2, p_from timestamptz, p_newest_from timestamptz)
RETURNS TABLE (gateway text, sensor int, t_us bigint, value float8, quality int2)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN
        SELECT r.sensor, greatest(r.since, p_newest_from) AS since
        FROM sts.live_roster() r WHERE r.consents AND r.sensor IS NOT NULL
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

REVOKE EXECUTE ON FUNCTION sts.receptions_of, sts.read_series, sts.live_past FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.read_series, sts.live_past TO sts_api;
