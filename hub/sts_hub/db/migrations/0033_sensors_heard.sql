-- What is known of devices that gateways hear: whether somebody of the club wears each now, and who wore it last, if the
-- caller sees the athlete and nothing of its kind is worn in its place.
CREATE FUNCTION sts.sensors_heard(p_addresses text[])
RETURNS TABLE (address text, sensor_id int, label text, worn boolean, last_athlete uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT h.address, s.id, s.label,
           s.retired_at IS NOT NULL OR EXISTS (
               SELECT FROM sts.assignment w WHERE w.sensor_id = s.id AND w.during @> now()),
           (SELECT l.athlete_id FROM (
                SELECT w.athlete_id FROM sts.assignment w
                WHERE w.sensor_id = s.id AND lower(w.during) <= now() ORDER BY lower(w.during) DESC LIMIT 1) l
            WHERE sts.may_see_athlete(l.athlete_id) AND NOT EXISTS (
                SELECT FROM sts.assignment o JOIN sts.sensor n ON n.id = o.sensor_id
                WHERE o.athlete_id = l.athlete_id AND o.during @> now() AND n.kind = s.kind))
    FROM unnest(p_addresses) AS h (address)
    LEFT JOIN sts.sensor s ON s.address = h.address AND s.club_id = sts.asking_club()
$$;
REVOKE EXECUTE ON FUNCTION sts.sensors_heard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.sensors_heard TO sts_api;
