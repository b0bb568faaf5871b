-- Metrics that the athlete's sensors or files may tell between two times, so that nobody asks for a hundred that none does.
CREATE FUNCTION sts.metrics_told(p_athlete uuid, p_from timestamptz, p_to timestamptz) RETURNS SETOF int2
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT r.metric
    FROM sts.worn(p_athlete, p_from, p_to) w
    JOIN sts.sensor s ON s.id = w.sensor
    JOIN sts.local_name l ON l.address = s.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
    JOIN sts.epoch e ON e.gateway = l.gateway
    JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name
    UNION
    SELECT r.metric FROM sts.recorded(p_athlete, p_from, p_to) a JOIN sts.series r ON r.epoch = a.activity
$$;
REVOKE EXECUTE ON FUNCTION sts.metrics_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.metrics_told TO sts_api;
