-- name: logins
SELECT id, created_at, last_seen_at, expires_at, agent, this FROM sts.logins($1)

-- name: end_login
SELECT sts.login_end($1)

-- name: tokens
SELECT id, name, scopes, created_at, expires_at, last_used_at FROM sts.access_token ORDER BY created_at, id

-- name: add_token
INSERT INTO sts.access_token (account_id, name, hash, scopes, expires_at) VALUES ($1, $2, $3, $4, now() + $5)
RETURNING id, name, scopes, created_at, expires_at, last_used_at

-- name: remove_token
DELETE FROM sts.access_token WHERE id = $1 RETURNING id
