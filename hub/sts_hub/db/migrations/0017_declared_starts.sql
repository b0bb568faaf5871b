-- Completeness tells of a start all of whose records were given up before they could be sent, too.

-- The gateway's epochs that may say something about the time from p_from on; with bounds, for those that have no place.
CREATE OR REPLACE FUNCTION sts.ledger_epochs(p_gateway text, p_from timestamptz)
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
           OR EXISTS (SELECT FROM sts.received_span s WHERE s.epoch = e.epoch AND s.last_t >= p_from)
           OR EXISTS (SELECT FROM sts.drop d WHERE d.epoch = e.epoch AND d.last_t >= p_from))
    ORDER BY e.added_at
$$;
