-- A loss may be declared before its epoch has a pin: when it was follows once there is one, instead of never.
ALTER TABLE sts.drop ADD COLUMN first_us bigint, ADD COLUMN last_us bigint;

CREATE OR REPLACE FUNCTION sts.ledger_drops(p_gateway text, p_epochs uuid[])
RETURNS TABLE (epoch uuid, from_seq bigint, to_seq bigint, reason text, first_t timestamptz, last_t timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT d.epoch, lower(d.span), upper(d.span) - 1, d.reason,
           coalesce(d.first_t, timestamptz 'epoch' + (d.first_us + e.pin_offset_us + e.delta_us) * interval '1 microsecond'),
           coalesce(d.last_t, timestamptz 'epoch' + (d.last_us + e.pin_offset_us + e.delta_us) * interval '1 microsecond')
    FROM sts.drop d JOIN sts.epoch e USING (epoch)
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway) AND d.epoch = ANY (p_epochs)
    ORDER BY d.id
$$;
