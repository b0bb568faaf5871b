-- name: listing
SELECT id, gateway, epoch, seq, reason, detail, octet_length(raw) AS bytes, parked_at, tried_at
FROM sts.parked
WHERE ($1::text IS NULL OR gateway = $1) AND ($2::text IS NULL OR reason = $2)
ORDER BY id LIMIT $3

-- name: one
SELECT * FROM sts.parked WHERE id = $1

-- name: to_try
-- $1: only these ids, $2: only these reasons (null: all); $3: behind this id, $5: up to this one.
SELECT id, gateway, epoch, seq, raw FROM sts.parked
WHERE ($1::bigint[] IS NULL OR id = ANY ($1)) AND ($2::text[] IS NULL OR reason = ANY ($2)) AND id > $3 AND id <= $5
ORDER BY id LIMIT $4

-- name: last
SELECT coalesce(max(id), 0) FROM sts.parked

-- name: pinned
-- Records that waited for the pin of their epoch, which has come.
SELECT p.id FROM sts.parked p JOIN sts.epoch e USING (epoch)
WHERE p.reason = 'unpinned' AND e.pin_offset_us IS NOT NULL
ORDER BY p.id LIMIT $1

-- name: still_parked
UPDATE sts.parked SET reason = $2, detail = $3, tried_at = now(), retry_asked_at = NULL WHERE id = $1

-- name: asked
-- Those that somebody wants tried again.
SELECT id FROM sts.parked WHERE retry_asked_at IS NOT NULL ORDER BY id LIMIT $1

-- name: discard
SELECT count(*) FROM sts.give_up_parked($1, 'discarded')
