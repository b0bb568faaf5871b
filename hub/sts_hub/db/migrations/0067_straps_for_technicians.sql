-- What a technician needs to know and do about straps: who wears which by number and initials, whether one is heard, and
-- another in the place of one that is dead. Values stay with those who may see the athlete.

-- Who wears which sensor now, for those who see the athlete; a technician is told of all of the club, for the initials.
CREATE FUNCTION sts.wearers_now()
RETURNS TABLE (sensor_id int, athlete_id uuid, number int, name text, since timestamptz, club_id uuid, team_id uuid, account_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.sensor_id, a.id, a.number, a.name, lower(w.during), a.club_id, a.team_id, a.account_id
    FROM sts.assignment w JOIN sts.athlete a ON a.id = w.athlete_id
    WHERE w.club_id = sts.asking_club() AND w.during @> now()
      AND (sts.asking_role() = 'technician' OR sts.may_see_athlete(a.id))
    ORDER BY a.number, a.name, w.sensor_id
$$;

-- What was stored of a sensor since a time, by gateway and metric. The last value only of metrics of the device itself
-- (p_own), or where nobody wore it meanwhile whom the caller may not see.
CREATE FUNCTION sts.sensor_heard(p_sensor int, p_from timestamptz, p_own int2[])
RETURNS TABLE (gateway text, metric int2, heard bigint, good bigint, last_at timestamptz, value float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT g.name, r.metric, count(*), count(*) FILTER (WHERE v.quality = 0), max(v.t),
           CASE WHEN r.metric = ANY (p_own) OR NOT EXISTS (
               SELECT FROM sts.assignment w
               WHERE w.sensor_id = s.id AND w.during && tstzrange(p_from, now(), '[]') AND NOT sts.may_see_athlete(w.athlete_id))
           THEN (array_agg(v.value ORDER BY v.t DESC))[1] END
    FROM sts.sensor s
    JOIN sts.local_name l ON l.address = s.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
    JOIN sts.epoch e ON e.gateway = l.gateway AND NOT e.closed
    JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name AND r.retired = 0
    JOIN sts.sample v ON v.series = r.id AND v.t >= p_from AND v.t <= now()
    WHERE s.id = p_sensor AND s.club_id = sts.asking_club()
      AND sts.asking_role() IN ('admin', 'director', 'coach', 'trainer', 'technician')
    GROUP BY g.name, r.metric, s.id
    ORDER BY r.metric, g.name
$$;

-- Whoever wears a sensor at a time wears another one from then on, for as long; who it is, or null: nobody wears it then.
CREATE FUNCTION sts.replace_sensor(p_sensor int, p_by int, p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_worn sts.assignment;
BEGIN
    IF sts.asking_role() NOT IN ('admin', 'technician') THEN
        RAISE insufficient_privilege USING MESSAGE = 'straps are exchanged by admins and technicians';
    END IF;
    SELECT * INTO v_worn FROM sts.assignment w
    WHERE w.sensor_id = p_sensor AND w.club_id = sts.asking_club() AND w.during @> p_at FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF lower(v_worn.during) < p_at THEN
        UPDATE sts.assignment SET during = tstzrange(lower(during), p_at) WHERE id = v_worn.id;
    ELSE
        DELETE FROM sts.assignment WHERE id = v_worn.id;
    END IF;
    INSERT INTO sts.assignment (club_id, sensor_id, athlete_id, during)
    VALUES (v_worn.club_id, p_by, v_worn.athlete_id, tstzrange(p_at, upper(v_worn.during)));
    RETURN v_worn.athlete_id;
END $$;

REVOKE EXECUTE ON FUNCTION sts.wearers_now, sts.sensor_heard, sts.replace_sensor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.wearers_now, sts.sensor_heard, sts.replace_sensor TO sts_api;
