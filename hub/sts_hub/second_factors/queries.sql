-- name: authenticator
SELECT secret, confirmed_at, last_step, backup_codes FROM sts.authenticator_of($1)

-- name: begin
SELECT sts.authenticator_begin($1)

-- name: use_step
SELECT sts.authenticator_use($1, $2)

-- name: use_backup_code
SELECT sts.backup_code_use($1, $2)

-- name: confirm
SELECT sts.authenticator_confirm()

-- name: strengthen
SELECT sts.login_strengthen($1)

-- name: set_backup_codes
SELECT sts.backup_codes_set($1)

-- name: end
SELECT sts.authenticator_end()

-- name: reset
SELECT sts.factors_reset($1)

-- name: strong_roles
SELECT strong_roles FROM sts.club WHERE id = $1

-- name: set_strong_roles
UPDATE sts.club SET strong_roles = $2 WHERE id = $1 RETURNING id

-- name: club_of
-- By the owner, from the command line.
SELECT club_id FROM sts.account WHERE lower(email) = lower($1)

-- name: account_of
SELECT id FROM sts.account WHERE lower(email) = lower($1)
