-- What leaves the hub: letters and events for webhooks wait here, written in the transaction that causes them, until a process
-- of the API has carried them. The secret of a webhook must be readable to sign with it; the API's role reads it through
-- sts.outgoing_take alone.

CREATE TABLE sts.webhook (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id       uuid NOT NULL REFERENCES sts.club,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    url           text NOT NULL CHECK (length(url) BETWEEN 8 AND 500),
    events        text[] NOT NULL CHECK (events <> '{}'),
    secret        bytea NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
    old_secret    bytea,
    old_until     timestamptz,
    made_at       timestamptz NOT NULL DEFAULT now(),
    failing_since timestamptz,
    disabled_at   timestamptz,
    disabled_why  text CHECK (length(disabled_why) <= 500),
    CHECK ((disabled_at IS NULL) = (disabled_why IS NULL))
);
CREATE INDEX webhook_club_idx ON sts.webhook (club_id);

-- One message to one address or one webhook. body: a letter's subject and text, which may hold a secret and goes when the
-- letter has ended; an event as it is signed, which holds ids alone and stays to be sent again.
CREATE TABLE sts.outgoing (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id      uuid NOT NULL REFERENCES sts.club,
    what         text NOT NULL CHECK (length(what) BETWEEN 1 AND 60),
    address      text CHECK (length(address) <= 254),
    webhook_id   uuid REFERENCES sts.webhook ON DELETE CASCADE,
    body         text,
    queued_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    tries        int NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    ended_at     timestamptz,
    reason       text CHECK (length(reason) <= 500),
    CHECK (num_nonnulls(address, webhook_id) = 1),
    CHECK (state <> 'waiting' OR body IS NOT NULL)
);
CREATE INDEX outgoing_waiting_idx ON sts.outgoing (next_at) WHERE state = 'waiting';
CREATE INDEX outgoing_club_idx ON sts.outgoing (club_id, queued_at, id);
CREATE INDEX outgoing_webhook_idx ON sts.outgoing (webhook_id, queued_at, id);

ALTER TABLE sts.webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.outgoing ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, club_id, name, url, events, old_until, made_at, failing_since, disabled_at, disabled_why),
      INSERT (club_id, name, url, events, secret),
      UPDATE (name, url, events, failing_since, disabled_at, disabled_why), DELETE ON sts.webhook TO sts_api;
GRANT SELECT (id, club_id, what, address, webhook_id, queued_at, state, tries, next_at, ended_at, reason)
      ON sts.outgoing TO sts_api;
CREATE POLICY keeps ON sts.webhook TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');
CREATE POLICY sees ON sts.outgoing FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');

-- Whoever asks queues for the own club alone; the hub itself, which asks in nobody's name, for any.
CREATE FUNCTION sts.queue_letter(p_club uuid, p_what text, p_address text, p_body text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    INSERT INTO sts.outgoing (club_id, what, address, body)
    SELECT p_club, p_what, p_address, p_body WHERE p_club = coalesce(sts.asking_club(), p_club)
    RETURNING id
$$;

-- One message for each webhook that wants to hear of it. Returns how many.
CREATE FUNCTION sts.queue_event(p_club uuid, p_what text, p_body text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH queued AS (
        INSERT INTO sts.outgoing (club_id, what, webhook_id, body)
        SELECT p_club, p_what, w.id, p_body FROM sts.webhook w
        WHERE w.club_id = p_club AND p_club = coalesce(sts.asking_club(), p_club)
          AND p_what = ANY (w.events) AND w.disabled_at IS NULL
        RETURNING 1
    )
    SELECT count(*) FROM queued
$$;

-- Messages that are due, each lent to whoever asks until it is settled or the lease ends; one try more. To one webhook one goes
-- at a time, the oldest first. Processes take turns.
CREATE FUNCTION sts.outgoing_take(p_letters boolean, p_count int, p_lease interval)
RETURNS TABLE (
    id uuid, club_id uuid, what text, address text, body text, queued_at timestamptz, tries int,
    webhook_id uuid, url text, secrets bytea[]
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sts outgoing'));
    RETURN QUERY
    WITH due AS (
        SELECT DISTINCT ON (coalesce(o.webhook_id, o.id)) o.id, o.next_at
        FROM sts.outgoing o
        WHERE o.state = 'waiting' AND o.next_at <= now() AND (o.address IS NOT NULL) = p_letters
          AND NOT EXISTS (SELECT FROM sts.outgoing u WHERE u.webhook_id = o.webhook_id AND u.leased_until > now())
        ORDER BY coalesce(o.webhook_id, o.id), o.queued_at, o.id
    ), taken AS (
        UPDATE sts.outgoing o SET tries = o.tries + 1, leased_until = now() + p_lease, next_at = now() + p_lease
        WHERE o.id IN (SELECT d.id FROM due d ORDER BY d.next_at LIMIT p_count)
        RETURNING o.*
    )
    SELECT t.id, t.club_id, t.what, t.address, t.body, t.queued_at, t.tries, w.id, w.url,
           array_remove(ARRAY[w.secret, CASE WHEN w.old_until > now() THEN w.old_secret END], NULL)
    FROM taken t LEFT JOIN sts.webhook w ON w.id = t.webhook_id ORDER BY t.queued_at, t.id;
END $$;

-- What became of a message that was taken: sent, failed for good, or waiting for so long.
CREATE FUNCTION sts.outgoing_settle(p_id uuid, p_state text, p_reason text, p_pause interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.outgoing
    SET state = p_state, reason = left(p_reason, 500), leased_until = NULL, next_at = now() + p_pause,
        ended_at = CASE WHEN p_state <> 'waiting' THEN now() END,
        body = CASE WHEN p_state = 'waiting' OR webhook_id IS NOT NULL THEN body END
    WHERE id = p_id AND state = 'waiting'
$$;

-- The address of whoever is erased leaves the outbox, too.
CREATE FUNCTION sts.letters_go() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.outgoing WHERE club_id = OLD.club_id AND lower(address) = lower(OLD.email);
    RETURN NULL;
END $$;
CREATE TRIGGER letters_go AFTER UPDATE OF email ON sts.account FOR EACH ROW
    WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION sts.letters_go();

REVOKE EXECUTE ON FUNCTION sts.queue_letter, sts.queue_event, sts.outgoing_take, sts.outgoing_settle, sts.letters_go FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.queue_letter, sts.queue_event, sts.outgoing_take, sts.outgoing_settle TO sts_api;
GRANT EXECUTE ON FUNCTION sts.queue_event TO sts_ingest;
