-- name: page
SELECT id, gateway, epoch, seq AS record, reason, detail, bytes, parked_at, tried_at, retry_asked_at
FROM sts.parked_of_club()
WHERE ($1::text IS NULL OR gateway = $1) AND ($2::text IS NULL OR reason = $2) AND id > $3
ORDER BY id LIMIT $4

-- name: groups
SELECT gateway, reason, count(*) AS records, sum(bytes) AS bytes, min(parked_at) AS since
FROM sts.parked_of_club() GROUP BY gateway, reason ORDER BY count(*) DESC, gateway, reason

-- name: ask_retry
SELECT sts.ask_retry($1)

-- name: discard
SELECT sts.discard_parked($1, $2, $3)

-- name: given_up
SELECT id, gateway, epoch, seq AS record, parked_for, bytes, parked_at, reason, discarded_by, discarded_at
FROM sts.discarded WHERE $1::bigint IS NULL OR id < $1
ORDER BY id DESC LIMIT $2
