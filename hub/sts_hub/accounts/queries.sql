-- name: page
-- The accounts by e-mail, as far as row-level security shows them.
SELECT a.id, a.club_id, a.email, a.name, a.role, a.created_at, a.disabled_at,
       ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id ORDER BY t.team_id) AS teams
FROM sts.account a
WHERE $1::text IS NULL OR (a.email, a.id) > ($1, $2::uuid)
ORDER BY a.email, a.id
LIMIT $3

-- name: by_id
SELECT a.id, a.club_id, a.email, a.name, a.role, a.created_at, a.disabled_at,
       ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id ORDER BY t.team_id) AS teams
FROM sts.account a
WHERE a.id = $1

-- name: add
INSERT INTO sts.account (club_id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5) RETURNING id

-- name: change
UPDATE sts.account SET name = $2 WHERE id = $1

-- name: change_role
UPDATE sts.account SET role = $2 WHERE id = $1

-- name: change_password
UPDATE sts.account SET password_hash = $2 WHERE id = $1

-- name: change_disabled
-- An account disabled twice keeps the first time.
UPDATE sts.account SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END WHERE id = $1

-- name: clear_teams
-- All teams but these.
DELETE FROM sts.account_team WHERE account_id = $1 AND team_id <> ALL ($2::uuid[])

-- name: add_teams
-- A team that the account has already keeps its time.
INSERT INTO sts.account_team (account_id, team_id, club_id)
SELECT $1, team_id, $3 FROM unnest($2::uuid[]) AS team_id
ON CONFLICT DO NOTHING

-- name: admins
-- How many other admins of the club can sign in.
SELECT count(*) FROM sts.account WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1

-- name: club
-- By the owner, from the command line: the club of this name, made if it is new.
WITH added AS (INSERT INTO sts.club (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING id)
SELECT id FROM added UNION ALL SELECT id FROM sts.club WHERE name = $1 LIMIT 1

-- name: recovery_begin
SELECT sts.recovery_begin($1, $2, $3)

-- name: recovery_ask
SELECT sts.recovery_ask($1, $2, $3, $4)

-- name: take_tries
SELECT sts.tries_take($1, $2, $3)

-- name: forgive_tries
SELECT sts.tries_forgive($1)
