-- What the hub tells of the ledger, in the name of whoever asks; and up to when samples have been kept.
--
-- The API's role reads neither ledger nor samples. These functions run as the owner and check for themselves: a gateway's
-- ledger is shown to its own club, what was heard of a sensor only to those who see the athlete that wore it.

-- One row: samples before expired_before were deleted by retention; before unworn_before, values of straps that nobody wore.
CREATE TABLE sts.retention (
    one_row        bool PRIMARY KEY DEFAULT true CHECK (one_row),
    expired_before timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00+00',
    unworn_before  timestamptz NOT NULL DEFAULT date_trunc('hour', now() - interval '15 days')
);
INSERT INTO sts.retention DEFAULT VALUES;

CREATE FUNCTION sts.asking_gateway(p_gateway text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT EXISTS (SELECT FROM sts.gateway g WHERE g.name = p_gateway AND g.club_id = sts.asking_club())
$$;

-- The gateway's epochs that may say something about the time from p_from on.
CREATE FUNCTION sts.ledger_epochs(p_gateway text, p_from timestamptz)
RETURNS TABLE (epoch uuid, running boolean, head bigint, received int8multirange, parked int8multirange,
               placed boolean, spoke_first_at timestamptz, spoke_last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT e.epoch, coalesce(e.running, false), e.head, e.received, e.parked,
           e.pin_offset_us IS NOT NULL OR EXISTS (SELECT FROM sts.received_span s WHERE s.epoch = e.epoch),
           e.spoke_first_at, e.spoke_last_at
    FROM sts.epoch e
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway)
      AND (NOT e.closed OR e.spoke_last_at >= p_from
           OR EXISTS (SELECT FROM sts.received_span s WHERE s.epoch = e.epoch AND s.last_t >= p_from))
    ORDER BY e.added_at
$$;

CREATE FUNCTION sts.ledger_spans(p_gateway text, p_epochs uuid[])
RETURNS TABLE (epoch uuid, from_seq bigint, to_seq bigint, first_t timestamptz, last_t timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.epoch, s.from_seq, s.to_seq, s.first_t, s.last_t
    FROM sts.received_span s JOIN sts.epoch e USING (epoch)
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway) AND s.epoch = ANY (p_epochs)
    ORDER BY s.epoch, s.from_seq
$$;

CREATE FUNCTION sts.ledger_drops(p_gateway text, p_epochs uuid[])
RETURNS TABLE (epoch uuid, from_seq bigint, to_seq bigint, reason text, first_t timestamptz, last_t timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT d.epoch, lower(d.span), upper(d.span) - 1, d.reason, d.first_t, d.last_t
    FROM sts.drop d JOIN sts.epoch e USING (epoch)
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway) AND d.epoch = ANY (p_epochs)
    ORDER BY d.id
$$;

-- Who wore a sensor that this gateway knows, and for which of that time there was consent.
CREATE FUNCTION sts.ledger_wearings(p_gateway text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (athlete_id uuid, sensor_id int, label text, kind text, name text, during tstzrange, consented tstzmultirange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.athlete_id, s.id, s.label, s.kind, l.name, a.during * tstzrange(p_from, p_to),
           coalesce((SELECT range_agg(c.during) FROM sts.consent c
                     WHERE c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'), '{}')
    FROM sts.gateway g
    JOIN sts.local_name l ON l.gateway = g.name
    JOIN sts.sensor s ON s.club_id = g.club_id AND s.address = l.address
    JOIN sts.assignment a ON a.sensor_id = s.id AND a.during && tstzrange(p_from, p_to)
    WHERE g.name = p_gateway AND sts.asking_gateway(p_gateway) AND sts.may_see_athlete(a.athlete_id)
    ORDER BY s.label, lower(a.during)
$$;

-- The stretches in which this gateway heard one sensor without a pause longer than p_pause: first and last value of each.
CREATE FUNCTION sts.ledger_heard(
    p_gateway text, p_athlete uuid, p_name text, p_metric int2, p_from timestamptz, p_to timestamptz, p_pause interval
) RETURNS TABLE (first_t timestamptz, last_t timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_series int[] := ARRAY(
        SELECT s.id FROM sts.series s JOIN sts.epoch e USING (epoch)
        WHERE e.gateway = p_gateway AND s.name = p_name AND s.metric = p_metric);
BEGIN
    IF NOT sts.asking_gateway(p_gateway) OR NOT sts.may_see_athlete(p_athlete) OR NOT EXISTS (
        SELECT FROM sts.ledger_wearings(p_gateway, p_from, p_to) w WHERE w.athlete_id = p_athlete AND w.name = p_name
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

REVOKE EXECUTE ON FUNCTION sts.asking_gateway, sts.ledger_epochs, sts.ledger_spans, sts.ledger_drops, sts.ledger_wearings,
    sts.ledger_heard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.asking_gateway, sts.ledger_epochs, sts.ledger_spans, sts.ledger_drops, sts.ledger_wearings,
    sts.ledger_heard TO sts_api;
GRANT SELECT ON sts.retention TO sts_api, sts_ingest;

-- Acts by which the clock of an epoch was put right: who asked why, and up to where samples have been moved.
CREATE TABLE sts.correction (
    epoch      uuid NOT NULL REFERENCES sts.epoch,
    number     int NOT NULL,
    delta_us   bigint NOT NULL,
    cursor     timestamptz,
    reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by   text NOT NULL DEFAULT session_user,
    started_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    PRIMARY KEY (epoch, number)
);
