-- name: of_athlete
SELECT at, number, account_id, name, role, club, act, things FROM sts.audit_of($1, $2, $3, $4)

-- name: of_club
SELECT at, number, account_id, name, role, club, act, things, athlete_id, athlete
FROM sts.audit_of_club($1, $2, $3, $4, $5, $6, $7, $8)

-- name: heads
SELECT h.club_id, c.name, h.number, h.digest
FROM sts.audit_head h LEFT JOIN sts.club c ON c.id = h.club_id ORDER BY h.club_id

-- name: clubs_without_head
SELECT DISTINCT club_id FROM sts.audit a WHERE NOT EXISTS (SELECT FROM sts.audit_head h WHERE h.club_id = a.club_id)

-- name: links
-- The rows of a chain behind one of them, with what their digests are made of.
SELECT number, club_id || '|' || number || '|' || sts.us(at) || '|' || account_id || '|' || act || '|' || things || '|'
       || coalesce(athlete_id::text, '') AS text, digest
FROM sts.audit WHERE club_id = $1 AND number > $2 ORDER BY number LIMIT $3
