-- Answers to changes that were sent with an Idempotency-Key: sent once more, the change is not made once more.
CREATE TABLE sts.kept_answer (
    account_id uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    key        text NOT NULL CHECK (length(key) BETWEEN 8 AND 64),
    digest     bytea NOT NULL CHECK (length(digest) = 32),    -- of what was asked for
    status     int2,
    body       bytea,
    etag       text,
    made_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);

ALTER TABLE sts.kept_answer ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (account_id, key, digest), UPDATE (status, body, etag), DELETE ON sts.kept_answer TO sts_api;
CREATE POLICY own ON sts.kept_answer TO sts_api USING (account_id = (SELECT sts.asking_account()));
