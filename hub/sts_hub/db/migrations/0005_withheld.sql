-- Samples of somebody who had not consented at that time are refused at ingest. Here go those that were stored before it
-- was known whose they are: the strap was given to somebody afterwards, or the gateway said late which device a name means.
-- They are deleted in the same act.

-- Deletes the sensor's samples from when it was worn without consent, and has the roll-ups follow.
CREATE FUNCTION sts.delete_withheld(p_sensor int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_series int[] := (
        SELECT coalesce(array_agg(r.id), '{}')
        FROM sts.sensor s
        JOIN sts.local_name l ON l.address = s.address
        JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
        JOIN sts.epoch e ON e.gateway = l.gateway
        JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name
        WHERE s.id = p_sensor);
    v_period tstzrange;
BEGIN
    IF v_series = '{}' THEN
        RETURN;
    END IF;
    FOR v_period IN
        SELECT unnest(tstzmultirange(a.during) - coalesce(
            (SELECT range_agg(c.during) FROM sts.consent c WHERE c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'),
            '{}'))
        FROM sts.assignment a WHERE a.sensor_id = p_sensor
    LOOP
        WITH gone AS (
            DELETE FROM sts.sample
            WHERE series = ANY (v_series) AND t >= coalesce(lower(v_period), '-infinity')
              AND t < coalesce(upper(v_period), 'infinity')
            RETURNING series, t
        )
        INSERT INTO sts.touched (epoch, first_t, last_t)
        SELECT r.epoch, min(gone.t), max(gone.t) FROM gone JOIN sts.series r ON r.id = gone.series GROUP BY r.epoch;
    END LOOP;
END $$;

CREATE FUNCTION sts.assignment_withheld() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM sts.delete_withheld(NEW.sensor_id);
    RETURN NULL;
END $$;
CREATE TRIGGER assignment_withheld AFTER INSERT OR UPDATE OF sensor_id, athlete_id, during ON sts.assignment
    FOR EACH ROW EXECUTE FUNCTION sts.assignment_withheld();

CREATE FUNCTION sts.local_name_withheld() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM sts.delete_withheld(s.id)
    FROM sts.sensor s JOIN sts.gateway g ON g.club_id = s.club_id
    WHERE g.name = NEW.gateway AND s.address = NEW.address;
    RETURN NULL;
END $$;
CREATE TRIGGER local_name_withheld AFTER INSERT ON sts.local_name
    FOR EACH ROW EXECUTE FUNCTION sts.local_name_withheld();

REVOKE EXECUTE ON FUNCTION sts.delete_withheld, sts.assignment_withheld, sts.local_name_withheld FROM PUBLIC;
