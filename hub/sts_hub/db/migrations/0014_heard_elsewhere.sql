-- Completeness of what an athlete wore: what one gateway lost and another of the club has is not lost.

DROP FUNCTION sts.ledger_heard(text, uuid, text, int2, timestamptz, timestamptz, interval);

-- The stretches in which a sensor that this gateway knows was heard without a pause longer than p_pause, by any gateway or
-- (p_elsewhere) by any other one: first and last value of each.
CREATE FUNCTION sts.ledger_heard(
    p_gateway text, p_athlete uuid, p_sensor int, p_metric int2, p_from timestamptz, p_to timestamptz, p_pause interval,
    p_elsewhere boolean
) RETURNS TABLE (first_t timestamptz, last_t timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_series int[] := ARRAY(
        SELECT r.series FROM sts.receptions_of(p_sensor, p_metric) r WHERE NOT (p_elsewhere AND r.gateway = p_gateway));
BEGIN
    IF NOT sts.asking_gateway(p_gateway) OR NOT sts.may_see_athlete(p_athlete) OR NOT EXISTS (
        SELECT FROM sts.ledger_wearings(p_gateway, p_from, p_to) w WHERE w.athlete_id = p_athlete AND w.sensor_id = p_sensor
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT min(t), max(t) FROM (
            SELECT t, count(*) FILTER (WHERE pause > p_pause) OVER (ORDER BY t) AS stretch FROM (
                SELECT t, t - lag(t) OVER (ORDER BY t) AS pause FROM sts.sample
                WHERE series = ANY (v_series) AND t >= p_from AND t < p_to
            ) AS pauses
        ) AS stretches
        GROUP BY stretch ORDER BY 1;
END $$;

REVOKE EXECUTE ON FUNCTION sts.ledger_heard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.ledger_heard TO sts_api;
