-- name: of_athlete
SELECT account_id, name, until FROM sts.guardians_of($1)

-- name: add
INSERT INTO sts.guardian (account_id, athlete_id, club_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: role_of
SELECT role FROM sts.account WHERE id = $1

-- name: remove
DELETE FROM sts.guardian WHERE athlete_id = $1 AND account_id = $2
