-- name: target
SELECT athlete_id, service, set_at FROM sts.push_target WHERE athlete_id = $1

-- name: set_target
INSERT INTO sts.push_target (athlete_id, club_id, service, sealed_key) VALUES ($1, $2, $3, $4)
ON CONFLICT (athlete_id) DO UPDATE SET service = excluded.service, sealed_key = excluded.sealed_key, set_at = now()
RETURNING athlete_id, service, set_at

-- name: remove_target
DELETE FROM sts.push_target WHERE athlete_id = $1

-- name: page
-- Newest first.
SELECT id, athlete_id, service, since, until, name, state, tries, reason, asked_at, ended_at FROM sts.push
WHERE athlete_id = $1 AND ($2::timestamptz IS NULL OR (asked_at, id) < ($2, $3::uuid))
ORDER BY asked_at DESC, id DESC
LIMIT $4

-- name: add
-- The same workout once more is the same push; one that failed begins anew, as the same workout there.
INSERT INTO sts.push (club_id, athlete_id, service, since, until, name, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (athlete_id, service, since, until) DO UPDATE SET
    state = CASE sts.push.state WHEN 'failed' THEN 'waiting' ELSE sts.push.state END,
    body = CASE sts.push.state WHEN 'sent' THEN NULL ELSE excluded.body END,
    tries = CASE sts.push.state WHEN 'failed' THEN 0 ELSE sts.push.tries END,
    ended_at = CASE sts.push.state WHEN 'sent' THEN sts.push.ended_at END,
    next_at = CASE sts.push.state WHEN 'failed' THEN now() ELSE sts.push.next_at END
RETURNING id, athlete_id, service, since, until, name, state, tries, reason, asked_at, ended_at

-- name: take
SELECT id, athlete_id, service, name, body, tries, sealed_key FROM sts.push_take($1)

-- name: settle
SELECT sts.push_settle($1, $2, $3, $4)
