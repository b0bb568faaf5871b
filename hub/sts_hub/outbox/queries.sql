-- name: queue_letter
SELECT sts.queue_letter($1, $2, $3, $4)

-- name: queue_event
SELECT sts.queue_event($1, $2, $3)

-- name: take
SELECT * FROM sts.outgoing_take($1, $2, $3)

-- name: settle
SELECT sts.outgoing_settle($1, $2, $3, $4)

-- name: deliveries
-- Newest first.
SELECT id, what, queued_at, state, tries, next_at, ended_at, reason
FROM sts.outgoing
WHERE webhook_id = $1 AND ($2::timestamptz IS NULL OR (queued_at, id) < ($2, $3::uuid))
ORDER BY queued_at DESC, id DESC
LIMIT $4

-- name: again
SELECT sts.outgoing_again($1, $2)

-- name: letters
-- Newest first.
SELECT id, club_id, what, address, queued_at, state, tries, next_at, ended_at, reason
FROM sts.outgoing
WHERE address IS NOT NULL AND ($1::timestamptz IS NULL OR (queued_at, id) < ($1, $2::uuid))
ORDER BY queued_at DESC, id DESC
LIMIT $3
