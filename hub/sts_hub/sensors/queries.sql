-- name: page
SELECT id, club_id, address, kind, label, added_at, retired_at FROM sts.sensor
WHERE $1::text IS NULL OR (label, id) > ($1, $2::int)
ORDER BY label, id
LIMIT $3

-- name: in_use
SELECT id, club_id, address, kind, label, added_at, retired_at FROM sts.sensor WHERE retired_at IS NULL ORDER BY label, id

-- name: by_id
SELECT id, club_id, address, kind, label, added_at, retired_at FROM sts.sensor WHERE id = $1

-- name: add
INSERT INTO sts.sensor (club_id, address, kind, label) VALUES ($1, $2, $3, $4)
RETURNING id, club_id, address, kind, label, added_at, retired_at

-- name: change
-- A sensor retired twice keeps the first time.
UPDATE sts.sensor SET kind = $2, label = $3, retired_at = CASE WHEN $4 THEN coalesce(retired_at, now()) END
WHERE id = $1
RETURNING id, club_id, address, kind, label, added_at, retired_at
