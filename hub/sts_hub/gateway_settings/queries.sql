-- name: in_force
SELECT id, version, state, tables, hash, asked_by, faults, made_at, state_at
FROM sts.settings_version WHERE gateway = $1 AND state = 'in_force'

-- name: last_change
-- The hub's last one, whatever became of it.
SELECT id, version, state, tables, hash, asked_by, faults, made_at, state_at
FROM sts.settings_version WHERE gateway = $1 AND asked_by IS NOT NULL ORDER BY made_at DESC, id LIMIT 1

-- name: withdraw
UPDATE sts.settings_version SET state = 'withdrawn', state_at = now() WHERE gateway = $1 AND state = 'waiting'

-- name: add
INSERT INTO sts.settings_version (gateway, version, state, tables, hash, based_on, asked_by)
VALUES ($1, $2, 'waiting', $3, $4, $5, $6)
