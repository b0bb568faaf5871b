-- Alerts about gateways and the hub, and data that came late.

ALTER TABLE sts.alert ADD COLUMN gateway text;

-- Whether a value that the wall has shown is in the database.
CREATE FUNCTION sts.is_stored(p_sensor int, p_metric int2, p_t timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sts.sensor x CROSS JOIN LATERAL sts.receptions_of(x.id, p_metric) r
        JOIN sts.sample s ON s.series = r.series AND s.t = p_t
        WHERE x.id = p_sensor AND x.club_id = sts.asking_club())
$$;
REVOKE EXECUTE ON FUNCTION sts.is_stored FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.is_stored TO sts_api;

-- Where samples came too late to be shown, for the rules of clubs that watch: each window is judged once, and known for a
-- while after that to whoever counts on.
CREATE TABLE sts.late_window (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    club_id   uuid NOT NULL,
    epoch     uuid NOT NULL,
    first_t   timestamptz NOT NULL,
    last_t    timestamptz NOT NULL,
    noted_at  timestamptz NOT NULL DEFAULT now(),
    judged_at timestamptz
);
ALTER TABLE sts.late_window ENABLE ROW LEVEL SECURITY;

-- Nobody needs an alert about what was measured more than a day ago.
CREATE FUNCTION sts.note_late(p_epoch uuid, p_first timestamptz, p_last timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    INSERT INTO sts.late_window (club_id, epoch, first_t, last_t)
    SELECT g.club_id, p_epoch, greatest(p_first, now() - interval '1 day'), p_last
    FROM sts.epoch e JOIN sts.gateway g ON g.name = e.gateway
    WHERE e.epoch = p_epoch AND p_last > now() - interval '1 day'
      AND EXISTS (SELECT FROM sts.alert_rule r WHERE r.club_id = g.club_id AND r.enabled)
$$;
REVOKE EXECUTE ON FUNCTION sts.note_late FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.note_late TO sts_ingest;

-- The windows of the caller's club that have not been judged, or were minutes ago: a row for each athlete who then wore a
-- sensor that the gateway heard.
CREATE FUNCTION sts.late_windows()
RETURNS TABLE (id bigint, judged boolean, athlete_id uuid, team_id uuid, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.id, w.judged_at IS NOT NULL, a.athlete_id, t.team_id, w.first_t, w.last_t
    FROM sts.late_window w
    JOIN sts.epoch e ON e.epoch = w.epoch
    CROSS JOIN LATERAL (SELECT DISTINCT s.name FROM sts.series s WHERE s.epoch = w.epoch) n
    JOIN sts.local_name l ON l.gateway = e.gateway AND l.name = n.name
    JOIN sts.sensor x ON x.address = l.address AND x.club_id = w.club_id
    JOIN sts.assignment a ON a.sensor_id = x.id AND a.during && tstzrange(w.first_t, w.last_t, '[]')
    JOIN sts.athlete t ON t.id = a.athlete_id
    WHERE w.club_id = sts.asking_club() AND sts.asking_role() = 'admin'
    ORDER BY w.id
$$;

CREATE FUNCTION sts.late_judged(p_ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.late_window SET judged_at = now()
    WHERE id = ANY (p_ids) AND club_id = sts.asking_club() AND sts.asking_role() = 'admin';
    DELETE FROM sts.late_window
    WHERE club_id = sts.asking_club() AND sts.asking_role() = 'admin'
      AND (judged_at < now() - interval '10 minutes' OR noted_at < now() - interval '1 day')
$$;
REVOKE EXECUTE ON FUNCTION sts.late_windows, sts.late_judged FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.late_windows, sts.late_judged TO sts_api;

-- As before, and what came late is noted: by the backlog lane, or so late that the wall showed it no more (three seconds)
-- when its transaction had gathered (two).
CREATE OR REPLACE FUNCTION sts.enter(
    p_epoch uuid, p_corrections int, p_received int8multirange, p_parked int8multirange, p_backlog_head bigint,
    p_from bigint[], p_to bigint[], p_first timestamptz[], p_last timestamptz[],
    p_touched_from timestamptz, p_touched_to timestamptz
) RETURNS boolean
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.epoch
    SET received = received + p_received, parked = parked + p_parked, backlog_head = greatest(backlog_head, p_backlog_head)
    WHERE epoch = p_epoch AND corrections = p_corrections
      AND NOT received && (p_received + p_parked) AND NOT parked && (p_received + p_parked);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    FOR i IN 1 .. cardinality(p_from) LOOP
        PERFORM sts.add_span(p_epoch, p_from[i], p_to[i], p_first[i], p_last[i]);
    END LOOP;
    IF p_touched_from IS NOT NULL THEN
        INSERT INTO sts.touched (epoch, first_t, last_t) VALUES (p_epoch, p_touched_from, p_touched_to);
        IF p_backlog_head >= 0 OR p_touched_from < clock_timestamp() - interval '6 seconds' THEN
            PERFORM sts.note_late(p_epoch, p_touched_from, p_touched_to);
        END IF;
    END IF;
    RETURN true;
END $$;
