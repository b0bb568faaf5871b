-- name: page
-- Newest first.
SELECT i.id, i.club_id, i.role, i.team_id, lower(i.during) AS since, upper(i.during) AS until, i.athlete_id,
       a.team_id AS athlete_team, i.email, i.asks, i.made_by, i.made_at, i.expires_at, i.accepted_at, i.accepted_by
FROM sts.invitation i LEFT JOIN sts.athlete a ON a.id = i.athlete_id
WHERE $1::timestamptz IS NULL OR (i.made_at, i.id) < ($1, $2::uuid)
ORDER BY i.made_at DESC, i.id DESC
LIMIT $3

-- name: by_id
SELECT i.id, i.club_id, i.role, i.team_id, lower(i.during) AS since, upper(i.during) AS until, i.athlete_id,
       a.team_id AS athlete_team, i.email, i.asks, i.made_by, i.made_at, i.expires_at, i.accepted_at, i.accepted_by
FROM sts.invitation i LEFT JOIN sts.athlete a ON a.id = i.athlete_id
WHERE i.id = $1

-- name: add
INSERT INTO sts.invitation (club_id, role, team_id, during, athlete_id, email, asks, hash, made_by, expires_at)
VALUES ($1, $2, $3, tstzrange($4, $5), $6, $7, $8, $9, $10, now() + $11)
RETURNING id

-- name: remove
DELETE FROM sts.invitation WHERE id = $1

-- name: of_code
SELECT id, club_id, club, role, team, athlete_id, athlete, lower(during) AS since, upper(during) AS until, email, asks,
       expires_at, accepted_at
FROM sts.invitation_of($1)

-- name: texts
SELECT purpose, version, texts FROM sts.invitation_texts($1)

-- name: join
SELECT sts.invitation_join($1, $2, $3, $4)

-- name: join_beside
SELECT sts.invitation_join_beside($1, $2)

-- name: accept
SELECT sts.invitation_accept($1)

-- name: club_of
-- By the owner, from the command line.
SELECT id FROM sts.club WHERE name = $1
