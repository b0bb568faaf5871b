-- name: mine
SELECT id, name, synced, created_at, last_used_at, credential_id FROM sts.passkey ORDER BY created_at, id

-- name: add
INSERT INTO sts.passkey (account_id, name, credential_id, public_key, sign_count, synced) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, name, synced, created_at, last_used_at, credential_id

-- name: rename
UPDATE sts.passkey SET name = $2 WHERE id = $1 RETURNING id, name, synced, created_at, last_used_at, credential_id

-- name: remove
DELETE FROM sts.passkey WHERE id = $1 RETURNING id

-- name: strengthen
SELECT sts.login_strengthen($1)

-- name: brought
SELECT id, account_id, public_key, sign_count, synced FROM sts.passkey_of($1)

-- name: used
SELECT sts.passkey_used($1, $2)
