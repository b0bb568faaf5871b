-- name: page
-- The grants of an athlete, the newest first.
SELECT g.id, g.athlete_id, g.to_club_id, g.to_account_id, g.metrics, lower(g.during) AS since, upper(g.during) AS until,
       sts.grant_end(g) AS ends_at, g.given_by, g.given_at, n.athlete, n.from_club, n.to_club, n.to_name
FROM sts.athlete_grant g LEFT JOIN LATERAL sts.grant_names(g.id) n ON true
WHERE g.athlete_id = $1 AND ($2::timestamptz IS NULL OR (g.given_at, g.id) < ($2, $3::uuid))
ORDER BY g.given_at DESC, g.id DESC
LIMIT $4

-- name: given_to
-- Grants to a club or to an account of it that have not ended, by the name of the athlete.
SELECT g.id, g.athlete_id, g.to_club_id, g.to_account_id, g.metrics, lower(g.during) AS since, upper(g.during) AS until,
       sts.grant_end(g) AS ends_at, g.given_by, g.given_at, n.athlete, n.from_club, n.to_club, n.to_name
FROM sts.athlete_grant g LEFT JOIN LATERAL sts.grant_names(g.id) n ON true
WHERE g.to_club_id = $1 AND coalesce(sts.grant_end(g) > now(), true)
  AND ($2::text IS NULL OR (coalesce(n.athlete, ''), g.id) > ($2, $3::uuid))
ORDER BY coalesce(n.athlete, ''), g.id
LIMIT $4

-- name: of_athlete
SELECT g.id, g.athlete_id, g.to_club_id, g.to_account_id, g.metrics, lower(g.during) AS since, upper(g.during) AS until,
       sts.grant_end(g) AS ends_at, g.given_by, g.given_at, n.athlete, n.from_club, n.to_club, n.to_name
FROM sts.athlete_grant g LEFT JOIN LATERAL sts.grant_names(g.id) n ON true
WHERE g.athlete_id = $1 AND g.id = $2

-- name: given
SELECT g.id, g.athlete_id, g.to_club_id, g.to_account_id, g.metrics, lower(g.during) AS since, upper(g.during) AS until,
       sts.grant_end(g) AS ends_at, g.given_by, g.given_at, n.athlete, n.from_club, n.to_club, n.to_name
FROM sts.athlete_grant g LEFT JOIN LATERAL sts.grant_names(g.id) n ON true
WHERE g.to_club_id = $1 AND g.id = $2

-- name: grantee
SELECT club_id, account_id FROM sts.grantee($1, $2)

-- name: add
INSERT INTO sts.athlete_grant (athlete_id, to_club_id, to_account_id, metrics, during, ends_at, given_by)
VALUES ($1, $2, $3, $4, tstzrange($5, $6), $7, $8)
RETURNING id

-- name: end
UPDATE sts.athlete_grant SET ends_at = $2 WHERE id = $1
RETURNING id
