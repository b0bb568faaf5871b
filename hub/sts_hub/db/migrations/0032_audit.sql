-- Who read which athlete, and who changed what: rows that are only ever added, each with the digest of the one before in its
-- own, one chain for each club. Ids only: no name, no value, nothing of what was sent.

CREATE TABLE sts.audit (
    club_id    uuid NOT NULL,                             -- of whoever asked
    number     bigint NOT NULL,
    at         timestamptz NOT NULL,
    account_id uuid NOT NULL,
    act        text NOT NULL CHECK (act ~ '^[a-z][a-z_]{1,79}$'),
    things     text NOT NULL CHECK (length(things) <= 500 AND things ~ '^[a-z0-9_=. -]*$'),
    athlete_id uuid,
    digest     bytea NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (club_id, number)
);
CREATE INDEX audit_athlete_idx ON sts.audit (athlete_id, at) WHERE athlete_id IS NOT NULL;

-- The end of each chain: rows missing there are noticed too. Whoever adds one holds the row until the commit.
CREATE TABLE sts.audit_head (
    club_id uuid PRIMARY KEY,
    number  bigint NOT NULL,
    digest  bytea NOT NULL
);

CREATE FUNCTION sts.audit_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'the audit is only added to';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON sts.audit FOR EACH ROW EXECUTE FUNCTION sts.audit_stays();
CREATE TRIGGER audit_stays_whole BEFORE TRUNCATE ON sts.audit FOR EACH STATEMENT EXECUTE FUNCTION sts.audit_stays();

-- What a row's digest is made of, behind the digest of the row before.
CREATE FUNCTION sts.audit_text(p sts.audit) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sts, pg_temp RETURN concat_ws('|', p.club_id, p.number, sts.us(p.at), p.account_id, p.act, p.things, coalesce(p.athlete_id::text, ''));

-- Notes one act of whoever is asking: a row for each athlete that it is about, or one without. What is only read counts once
-- in a minute, however often a page asks.
CREATE FUNCTION sts.note(p_act text, p_things text, p_athletes uuid[], p_read boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_head    sts.audit_head;
    v_row     sts.audit;
    v_athlete uuid;
BEGIN
    FOREACH v_athlete IN ARRAY CASE WHEN p_athletes = '{}' THEN ARRAY[NULL::uuid] ELSE p_athletes END LOOP
        CONTINUE WHEN p_read AND EXISTS (
            SELECT FROM sts.audit a
            WHERE a.athlete_id = v_athlete AND a.at > clock_timestamp() - interval '1 minute'
              AND a.account_id = sts.asking_account() AND a.act = p_act);
        IF v_head.club_id IS NULL THEN
            INSERT INTO sts.audit_head VALUES (sts.asking_club(), 0, sha256('')) ON CONFLICT (club_id) DO NOTHING;
            SELECT * INTO v_head FROM sts.audit_head h WHERE h.club_id = sts.asking_club() FOR UPDATE;
        END IF;
        v_head.number := v_head.number + 1;
        v_row := (v_head.club_id, v_head.number, clock_timestamp(), sts.asking_account(), p_act, p_things, v_athlete, '');
        v_head.digest := sha256(v_head.digest || convert_to(sts.audit_text(v_row), 'UTF8'));
        v_row.digest := v_head.digest;
        INSERT INTO sts.audit SELECT v_row.*;
    END LOOP;
    UPDATE sts.audit_head h SET number = v_head.number, digest = v_head.digest WHERE h.club_id = v_head.club_id;
END $$;

-- Who read or changed an athlete, the newest first, for those who see the athlete; the policy narrows it to a few.
CREATE FUNCTION sts.audit_of(p_athlete uuid, p_before timestamptz, p_number bigint, p_limit int)
RETURNS TABLE (at timestamptz, number bigint, account_id uuid, name text, role text, club text, act text, things text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.at, a.number, a.account_id, c.name, c.role, l.name, a.act, a.things
    FROM sts.audit a
    LEFT JOIN sts.account c ON c.id = a.account_id
    LEFT JOIN sts.club l ON l.id = a.club_id
    WHERE a.athlete_id = p_athlete AND sts.may_see_athlete(p_athlete)
      AND sts.asking_role() IN ('admin', 'athlete', 'guardian')
      AND (p_before IS NULL OR (a.at, a.number) < (p_before, p_number))
    ORDER BY a.at DESC, a.number DESC
    LIMIT p_limit
$$;

ALTER TABLE sts.audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.audit_head ENABLE ROW LEVEL SECURITY;
REVOKE EXECUTE ON FUNCTION sts.audit_stays, sts.audit_text, sts.note, sts.audit_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.note, sts.audit_of TO sts_api;
