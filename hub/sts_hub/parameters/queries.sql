-- name: page
-- An athlete's parameters, newest first; of one name when $2 names it, those in force at $3 when it is given.
SELECT p.id, p.athlete_id, p.name, p.value AS number, p.word, p.since, p.source, p.formula, p.entered_at
FROM sts.athlete_parameter p
WHERE p.athlete_id = $1 AND ($2::text IS NULL OR p.name = $2)
  AND ($3::timestamptz IS NULL OR (p.since <= $3 AND NOT EXISTS (
        SELECT FROM sts.athlete_parameter later
        WHERE later.athlete_id = p.athlete_id AND later.name = p.name AND later.since <= $3 AND later.since > p.since)))
  AND ($4::timestamptz IS NULL OR (p.since, p.id) < ($4, $5::uuid))
ORDER BY p.since DESC, p.id DESC
LIMIT $6

-- name: in_force
-- The parameters of many athletes in force at a time.
SELECT DISTINCT ON (athlete_id, name) id, athlete_id, name, value AS number, word, since, source, formula, entered_at
FROM sts.athlete_parameter WHERE athlete_id = ANY ($1::uuid[]) AND since <= $2
ORDER BY athlete_id, name, since DESC

-- name: add
INSERT INTO sts.athlete_parameter (athlete_id, name, value, word, since, source, formula, entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id, athlete_id, name, value AS number, word, since, source, formula, entered_at

-- name: remove
DELETE FROM sts.athlete_parameter WHERE athlete_id = $1 AND id = $2 RETURNING id

-- name: proposals
-- Newest first, as far as row-level security shows them; of one athlete or state when named.
SELECT p.id, p.athlete_id, a.club_id, a.team_id, a.account_id, p.name, p.value, p.in_force, p.seen_at, p.state
FROM sts.parameter_proposal p JOIN sts.athlete a ON a.id = p.athlete_id
WHERE ($1::uuid IS NULL OR p.athlete_id = $1) AND ($2::text IS NULL OR p.state = $2)
  AND ($3::timestamptz IS NULL OR (p.seen_at, p.id) < ($3, $4::uuid))
ORDER BY p.seen_at DESC, p.id DESC
LIMIT $5

-- name: proposal_by_id
SELECT p.id, p.athlete_id, a.club_id, a.team_id, a.account_id, p.name, p.value, p.in_force, p.seen_at, p.state
FROM sts.parameter_proposal p JOIN sts.athlete a ON a.id = p.athlete_id
WHERE p.id = $1

-- name: propose
-- One open proposal per athlete and name, the highest; what was declined is not proposed again until it is exceeded.
INSERT INTO sts.parameter_proposal AS p (athlete_id, name, value, in_force, seen_at)
SELECT $1, $2, $3, $4, $5
WHERE NOT EXISTS (SELECT FROM sts.parameter_proposal d
                  WHERE d.athlete_id = $1 AND d.name = $2 AND d.state <> 'open' AND d.value >= $3)
ON CONFLICT (athlete_id, name) WHERE state = 'open'
DO UPDATE SET value = excluded.value, in_force = excluded.in_force, seen_at = excluded.seen_at
WHERE p.value < excluded.value

-- name: decide
UPDATE sts.parameter_proposal SET state = $2, decided_at = now(), decided_by = $3
WHERE id = $1 AND state = 'open' RETURNING id
