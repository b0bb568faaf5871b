-- name: page
-- The club's teams by name, as far as row-level security shows them.
SELECT id, club_id, name FROM sts.team
WHERE $1::text IS NULL OR (name, id) > ($1, $2::uuid)
ORDER BY name, id
LIMIT $3

-- name: by_id
SELECT id, club_id, name FROM sts.team WHERE id = $1

-- name: add
INSERT INTO sts.team (club_id, name) VALUES ($1, $2) RETURNING id, club_id, name

-- name: rename
UPDATE sts.team SET name = $2 WHERE id = $1 RETURNING id, club_id, name
