-- name: add
INSERT INTO sts.enrolment_code (hash, club_id, site, gateway, expires_at) VALUES ($1, $2, $3, $4, now() + $5)
RETURNING expires_at

-- name: enrol
SELECT verdict, name, site FROM sts.enrol($1, $2, $3)

-- name: club_of_gateway
SELECT club_id FROM sts.gateway WHERE name = $1

-- name: club_by_name
SELECT id FROM sts.club WHERE name = $1

-- name: revoke
SELECT sts.gateway_revoke($1)
