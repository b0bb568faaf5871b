-- name: page
SELECT id, club_id, form, since, until, athlete_ids, metrics, state, done, size, error, asked_by, asked_at, seen_at, expires_at
FROM sts.export
WHERE ($1::timestamptz IS NULL OR (asked_at, id) < ($1, $2::uuid))
ORDER BY asked_at DESC, id DESC
LIMIT $3

-- name: by_id
SELECT id, club_id, form, since, until, athlete_ids, metrics, state, done, size, error, asked_by, asked_at, seen_at, expires_at
FROM sts.export WHERE id = $1

-- name: add
INSERT INTO sts.export (club_id, asked_by, form, since, until, athlete_ids, metrics, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id, club_id, form, since, until, athlete_ids, metrics, state, done, size, error, asked_by, asked_at, seen_at, expires_at

-- name: progress
UPDATE sts.export SET state = $2, done = $3, size = $4, error = $5, seen_at = now() WHERE id = $1

-- name: remove
DELETE FROM sts.export WHERE id = $1

-- name: everything_of
SELECT part, body FROM sts.everything_of($1)

-- name: measured_since
SELECT sts.measured_since($1)

-- name: kept
SELECT id FROM sts.exports_kept($1::uuid[]) AS id
