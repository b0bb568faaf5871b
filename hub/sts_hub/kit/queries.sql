-- name: forget_answers
-- What is older than a key lasts; only the asker's own, so it is a few rows.
DELETE FROM sts.kept_answer WHERE account_id = $1 AND made_at < now() - make_interval(hours => $2)

-- name: claim
-- Waits for a request under the same key that is still at work; no row when it has been answered.
INSERT INTO sts.kept_answer (account_id, key, digest) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING key

-- name: kept_answer
SELECT digest, status, body, etag FROM sts.kept_answer WHERE account_id = $1 AND key = $2

-- name: keep_answer
UPDATE sts.kept_answer SET status = $3, body = $4, etag = $5 WHERE account_id = $1 AND key = $2

-- name: note
-- What was done ($1), with which things, about which athletes ($3); $4: it was only read.
SELECT sts.note($1, $2, $3::uuid[], $4)

-- name: ask_as_admin
-- By the owner, from the command line, for the functions that ask who is asking.
SELECT set_config('sts.club_id', $1::uuid::text, true), set_config('sts.role', 'admin', true)

-- name: begin_challenge
SELECT sts.challenge_begin($1, $2, $3, $4, $5)

-- name: challenge
SELECT account_id, content FROM sts.challenge_of($1, $2)

-- name: take_challenge
SELECT account_id, content FROM sts.challenge_take($1, $2)
