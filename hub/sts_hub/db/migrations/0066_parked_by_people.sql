-- What is parked is looked at, tried again and given up by people, with the reason of whoever gave it up.

ALTER TABLE sts.parked ADD COLUMN retry_asked_at timestamptz;
CREATE INDEX parked_asked_idx ON sts.parked (id) WHERE retry_asked_at IS NOT NULL;

CREATE TABLE sts.discarded (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway      text NOT NULL,
    epoch        uuid,
    seq          bigint,
    parked_for   text NOT NULL,
    bytes        int NOT NULL,
    parked_at    timestamptz NOT NULL,
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 120),
    discarded_by text NOT NULL,
    discarded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX discarded_gateway_idx ON sts.discarded (gateway);
ALTER TABLE sts.discarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.discarded FOR SELECT TO sts_api USING (EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
GRANT SELECT ON sts.discarded TO sts_api;

-- Parked pieces go for good; their numbers are told as lost, for this reason. Epochs first, as everybody who locks both does.
CREATE FUNCTION sts.give_up_parked(p_ids bigint[], p_reason text)
RETURNS TABLE (gateway text, epoch uuid, seq bigint, parked_for text, bytes int, parked_at timestamptz)
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_epoch record;
BEGIN
    PERFORM FROM sts.epoch e WHERE e.epoch IN (SELECT p.epoch FROM sts.parked p WHERE p.id = ANY (p_ids)) ORDER BY e.epoch FOR UPDATE;
    FOR v_epoch IN
        SELECT p.epoch, range_agg(int8range(p.seq, p.seq, '[]')) AS numbers
        FROM sts.parked p WHERE p.id = ANY (p_ids) AND p.epoch IS NOT NULL GROUP BY p.epoch ORDER BY p.epoch
    LOOP
        UPDATE sts.epoch e SET parked = e.parked - v_epoch.numbers, declared = e.declared + v_epoch.numbers
        WHERE e.epoch = v_epoch.epoch;
        INSERT INTO sts.drop (epoch, span, reason) SELECT v_epoch.epoch, unnest(v_epoch.numbers), p_reason;
    END LOOP;
    RETURN QUERY DELETE FROM sts.parked p WHERE p.id = ANY (p_ids)
    RETURNING p.gateway, p.epoch, p.seq, p.reason, octet_length(p.raw), p.parked_at;
END $$;

CREATE OR REPLACE FUNCTION sts.erase_person(p_athlete uuid, p_parked bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_gone    bigint := 0;
    v_worn    record;
    v_account uuid := (SELECT account_id FROM sts.athlete WHERE id = p_athlete);
BEGIN
    PERFORM sts.give_up_parked(p_parked, 'erased');
    FOR v_worn IN SELECT * FROM sts.worn_by(p_athlete) LOOP
        v_gone := v_gone + sts.erase_worn(v_worn.sensor_id, v_worn.during);
    END LOOP;
    FOR v_worn IN SELECT array_agg(r.id) AS series, a.during FROM sts.activity a JOIN sts.series r ON r.epoch = a.id
                  WHERE a.athlete_id = p_athlete GROUP BY a.id, a.during LOOP
        v_gone := v_gone + sts.erase_values(v_worn.series, tstzrange(NULL, NULL));
    END LOOP;
    PERFORM sts.erase_files(p_athlete);
    UPDATE sts.competitor SET name = NULL, licence = NULL, birth = NULL, athlete_id = NULL, matched = 'none', candidates = '{}'
    WHERE athlete_id = p_athlete;
    UPDATE sts.competitor SET candidates = array_remove(candidates, p_athlete) WHERE p_athlete = ANY (candidates);
    DELETE FROM sts.athlete WHERE id = p_athlete;
    UPDATE sts.account SET email = 'erased-' || id, name = 'Erased', password_hash = '', disabled_at = coalesce(disabled_at, now())
    WHERE id = v_account;
    RETURN v_gone;
END $$;
DROP FUNCTION sts.erase_parked;

-- What is parked of the gateways of the club, without its bytes.
CREATE FUNCTION sts.parked_of_club() RETURNS TABLE (
    id bigint, gateway text, epoch uuid, seq bigint, reason text, detail text, bytes int,
    parked_at timestamptz, tried_at timestamptz, retry_asked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT p.id, p.gateway, p.epoch, p.seq, p.reason, p.detail, octet_length(p.raw), p.parked_at, p.tried_at, p.retry_asked_at
    FROM sts.parked p JOIN sts.gateway g ON g.name = p.gateway
    WHERE g.club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'director', 'coach', 'trainer', 'technician')
$$;

-- Which of these are the club's, for those who may try them again or give them up.
CREATE FUNCTION sts.parked_kept_by_asking(p_ids bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT coalesce(array_agg(p.id), '{}') FROM sts.parked p JOIN sts.gateway g ON g.name = p.gateway
    WHERE p.id = ANY (p_ids) AND g.club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'technician')
$$;

CREATE FUNCTION sts.ask_retry(p_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_asked bigint;
BEGIN
    UPDATE sts.parked SET retry_asked_at = now() WHERE id = ANY (sts.parked_kept_by_asking(p_ids));
    GET DIAGNOSTICS v_asked = ROW_COUNT;
    RETURN v_asked;
END $$;

CREATE FUNCTION sts.discard_parked(p_ids bigint[], p_reason text, p_by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_gone bigint;
BEGIN
    INSERT INTO sts.discarded (gateway, epoch, seq, parked_for, bytes, parked_at, reason, discarded_by)
    SELECT g.gateway, g.epoch, g.seq, g.parked_for, g.bytes, g.parked_at, p_reason, p_by
    FROM sts.give_up_parked(sts.parked_kept_by_asking(p_ids), 'discarded') g;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;

REVOKE EXECUTE ON FUNCTION sts.give_up_parked, sts.parked_of_club, sts.parked_kept_by_asking, sts.ask_retry, sts.discard_parked FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.give_up_parked TO sts_ingest;
GRANT EXECUTE ON FUNCTION sts.parked_of_club, sts.ask_retry, sts.discard_parked TO sts_api;
