-- name: page
-- The newest first; what nobody did in time is told as expired.
SELECT id, act, asked_by, asked_at, expires_at, words, told_at,
       CASE WHEN state = 'waiting' AND expires_at <= now() THEN 'expired' ELSE state END AS state
FROM sts.gateway_order WHERE gateway = $1 AND ($2::timestamptz IS NULL OR (asked_at, id) < ($2, $3))
ORDER BY asked_at DESC, id DESC LIMIT $4

-- name: add
INSERT INTO sts.gateway_order (gateway, act, asked_by, expires_at) VALUES ($1, $2, $3, now() + $4)
RETURNING id, act, asked_by, asked_at, expires_at, words, told_at, state
