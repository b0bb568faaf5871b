-- Epochs without any clock, shown to a person who knows when they were.

-- The gateway's epochs with records that wait for a place in time: bounds as the beats told them, and the first record.
CREATE FUNCTION sts.unplaced(p_gateway text)
RETURNS TABLE (epoch uuid, running boolean, starts_after timestamptz, ends_before timestamptz,
               records bigint, waits_since timestamptz, first_raw bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT e.epoch, coalesce(e.running, false), e.starts_after, e.ends_before,
           count(*), min(p.parked_at), (array_agg(p.raw ORDER BY p.seq))[1]
    FROM sts.epoch e JOIN sts.parked p ON p.epoch = e.epoch AND p.reason = 'unpinned'
    WHERE e.gateway = p_gateway AND e.pin_offset_us IS NULL AND sts.asking_gateway(p_gateway)
    GROUP BY e.epoch
$$;

-- Gives an epoch its place, once and for good, and notes who did it; false where there is nothing to place. The note is
-- number 0 of its corrections, which move nothing.
CREATE FUNCTION sts.place_epoch(p_gateway text, p_epoch uuid, p_offset_us bigint, p_error_us bigint, p_reason text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    IF NOT sts.asking_gateway(p_gateway) OR sts.asking_role() NOT IN ('admin', 'technician') THEN
        RETURN false;
    END IF;
    UPDATE sts.epoch SET pin_offset_us = p_offset_us, pin_error_us = p_error_us, pin_source = 0
    WHERE epoch = p_epoch AND gateway = p_gateway AND pin_offset_us IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO sts.correction (epoch, number, delta_us, reason, asked_by, done_at)
    SELECT p_epoch, 0, 0, p_reason, a.email, now() FROM sts.account a WHERE a.id = sts.asking_account();
    RETURN true;
END $$;

-- The gateway's epochs that may say something about the time from p_from on; with bounds, for those that have no place.
DROP FUNCTION sts.ledger_epochs(text, timestamptz);
CREATE FUNCTION sts.ledger_epochs(p_gateway text, p_from timestamptz)
RETURNS TABLE (epoch uuid, running boolean, head bigint, received int8multirange, parked int8multirange,
               placed boolean, spoke_first_at timestamptz, spoke_last_at timestamptz,
               starts_after timestamptz, ends_before timestamptz, waits boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT e.epoch, coalesce(e.running, false), e.head, e.received, e.parked,
           e.pin_offset_us IS NOT NULL OR EXISTS (SELECT FROM sts.received_span s WHERE s.epoch = e.epoch),
           e.spoke_first_at, e.spoke_last_at, e.starts_after, e.ends_before, w.waits
    FROM sts.epoch e, LATERAL (SELECT e.pin_offset_us IS NULL AND EXISTS (
        SELECT FROM sts.parked p WHERE p.epoch = e.epoch AND p.reason = 'unpinned') AS waits) w
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway)
      AND (NOT e.closed OR e.spoke_last_at >= p_from OR w.waits
           OR EXISTS (SELECT FROM sts.received_span s WHERE s.epoch = e.epoch AND s.last_t >= p_from))
    ORDER BY e.added_at
$$;

REVOKE EXECUTE ON FUNCTION sts.unplaced, sts.place_epoch, sts.ledger_epochs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.unplaced, sts.place_epoch, sts.ledger_epochs TO sts_api;
