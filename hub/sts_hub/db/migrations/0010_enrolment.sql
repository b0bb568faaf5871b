-- Codes that let a new gateway in, once each. Only their hashes are here: 65 random bits for 15 minutes, or 130 for two weeks.

CREATE TABLE sts.enrolment_code (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    hash       bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    club_id    uuid NOT NULL REFERENCES sts.club,
    site       text NOT NULL CHECK (length(site) BETWEEN 1 AND 120),
    gateway    text CHECK (gateway ~ '^[a-z0-9-]{3,40}$'),    -- null: the gateway chooses a name that is free
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL CHECK (expires_at <= made_at + interval '14 days'),
    used_at    timestamptz,
    used_by    text,
    CHECK ((used_at IS NULL) = (used_by IS NULL))
);
CREATE INDEX enrolment_code_gateway_idx ON sts.enrolment_code (gateway);

ALTER TABLE sts.enrolment_code ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, club_id, site, gateway, made_at, expires_at, used_at, used_by),
      INSERT (hash, club_id, site, gateway, expires_at) ON sts.enrolment_code TO sts_api;
CREATE POLICY sees ON sts.enrolment_code FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));
CREATE POLICY adds ON sts.enrolment_code FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));

-- Lets in the gateway that shows a code: it is registered with the hash of its secret, and the code is used up, all in the
-- caller's transaction. A verdict: enrolled; again (the same code and secret: the answer was lost on the way); or why not.
-- Only a code that names a gateway gives a known one a new secret.
CREATE FUNCTION sts.enrol(p_code bytea, p_wanted text, p_secret bytea)
RETURNS TABLE (verdict text, name text, site text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_code sts.enrolment_code;
    v_name text;
BEGIN
    SELECT * INTO v_code FROM sts.enrolment_code c WHERE c.hash = p_code FOR UPDATE;
    v_name := coalesce(v_code.used_by, v_code.gateway, p_wanted);
    IF v_code.id IS NULL THEN
        RETURN QUERY SELECT 'unknown', v_name, v_code.site;
    ELSIF v_code.used_at IS NOT NULL THEN
        RETURN QUERY SELECT CASE WHEN EXISTS (
            SELECT FROM sts.gateway_secret s WHERE s.gateway = v_name AND s.hash = p_secret
        ) THEN 'again' ELSE 'used' END, v_name, v_code.site;
    ELSIF v_code.expires_at <= now() THEN
        RETURN QUERY SELECT 'expired', v_name, v_code.site;
    ELSE
        INSERT INTO sts.gateway AS g (name, club_id, site) VALUES (v_name, v_code.club_id, v_code.site)
        ON CONFLICT (name) DO UPDATE SET site = excluded.site
        WHERE g.club_id = excluded.club_id AND v_code.gateway IS NOT NULL;
        IF NOT FOUND THEN
            RETURN QUERY SELECT 'taken', v_name, v_code.site;
            RETURN;
        END IF;
        INSERT INTO sts.gateway_secret (gateway, hash) VALUES (v_name, p_secret)
        ON CONFLICT (gateway) DO UPDATE SET hash = excluded.hash, given_at = now();
        UPDATE sts.enrolment_code SET used_at = now(), used_by = v_name WHERE id = v_code.id;
        RETURN QUERY SELECT 'enrolled', v_name, v_code.site;
    END IF;
END $$;

-- Takes a gateway's secret away, and the codes not yet used that name it. What it sent stays, and so does its name.
CREATE FUNCTION sts.gateway_revoke(p_gateway text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.gateway_secret s USING sts.gateway g
    WHERE s.gateway = p_gateway AND g.name = p_gateway
      AND g.club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'technician');
    UPDATE sts.enrolment_code SET expires_at = now()
    WHERE gateway = p_gateway AND used_at IS NULL AND expires_at > now()
      AND club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'technician');
$$;

REVOKE EXECUTE ON FUNCTION sts.enrol, sts.gateway_revoke FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.enrol, sts.gateway_revoke TO sts_api;
