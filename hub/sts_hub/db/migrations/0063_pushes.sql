-- Workouts that athletes have pushed to another service, with a key of their own there, which is sealed with a key outside the
-- database. Nobody but the athlete sees or makes them; a process of the API carries them in nobody's name.

CREATE TABLE sts.push_target (
    athlete_id uuid PRIMARY KEY,
    club_id    uuid NOT NULL,
    service    text NOT NULL CHECK (service IN ('intervals.icu')),
    sealed_key bytea NOT NULL,
    set_at     timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);

CREATE TABLE sts.push (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id    uuid NOT NULL,
    athlete_id uuid NOT NULL,
    service    text NOT NULL,
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL CHECK (until > since),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    body       bytea,                                     -- the file, until the push has ended
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    tries      int NOT NULL DEFAULT 0,
    reason     text CHECK (length(reason) <= 500),
    next_at    timestamptz NOT NULL DEFAULT now(),
    asked_at   timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz,
    CONSTRAINT push_once UNIQUE (athlete_id, service, since, until),
    CHECK ((state = 'waiting') = (body IS NOT NULL)),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX push_waiting_idx ON sts.push (next_at) WHERE state = 'waiting';

CREATE FUNCTION sts.is_oneself(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.asking_role() = 'athlete' AND EXISTS (
        SELECT FROM sts.athlete a
        WHERE a.id = p_athlete AND a.club_id = sts.asking_club() AND a.account_id = sts.asking_account())
$$;

-- The push that is due longest, lent for a time; with the key of today.
CREATE FUNCTION sts.push_take(p_lease interval)
RETURNS TABLE (id uuid, athlete_id uuid, service text, name text, body bytea, tries int, sealed_key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH taken AS (
        UPDATE sts.push p SET tries = p.tries + 1, next_at = now() + p_lease
        WHERE p.id = (SELECT d.id FROM sts.push d WHERE d.state = 'waiting' AND d.next_at <= now()
                      ORDER BY d.next_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING p.*
    )
    SELECT t.id, t.athlete_id, t.service, t.name, t.body, t.tries, k.sealed_key
    FROM taken t LEFT JOIN sts.push_target k ON k.athlete_id = t.athlete_id AND k.service = t.service
$$;

CREATE FUNCTION sts.push_settle(p_id uuid, p_state text, p_reason text, p_pause interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.push
    SET state = p_state, reason = left(p_reason, 500), next_at = now() + p_pause,
        body = CASE WHEN p_state = 'waiting' THEN body END, ended_at = CASE WHEN p_state <> 'waiting' THEN now() END
    WHERE id = p_id AND state = 'waiting'
$$;

REVOKE EXECUTE ON FUNCTION sts.is_oneself, sts.push_take, sts.push_settle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.is_oneself, sts.push_take, sts.push_settle TO sts_api;
GRANT SELECT, INSERT, UPDATE (service, sealed_key, set_at), DELETE ON sts.push_target TO sts_api;
GRANT SELECT, INSERT, UPDATE (state, body, tries, next_at, ended_at) ON sts.push TO sts_api;
ALTER TABLE sts.push_target ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.push ENABLE ROW LEVEL SECURITY;
CREATE POLICY oneself ON sts.push_target TO sts_api USING (sts.is_oneself(athlete_id));
CREATE POLICY oneself ON sts.push TO sts_api USING (sts.is_oneself(athlete_id));
