-- name: page
-- Athletes by number (those without one last), then by id; of one team when $1 names it.
SELECT id, club_id, team_id, number, name, round(sts.parameter_at(id, 'hr_max', now()))::int AS hr_max, account_id,
       birth_date, contact
FROM sts.athlete
WHERE ($1::uuid IS NULL OR team_id = $1)
  AND ($2::int IS NULL OR (coalesce(number, 10000), id) > ($2, $3::uuid))
ORDER BY coalesce(number, 10000), id
LIMIT $4

-- name: by_id
SELECT id, club_id, team_id, number, name, round(sts.parameter_at(id, 'hr_max', now()))::int AS hr_max, account_id,
       birth_date, contact
FROM sts.athlete WHERE id = $1

-- name: by_ids
SELECT id, club_id, team_id, number, name, round(sts.parameter_at(id, 'hr_max', now()))::int AS hr_max, account_id,
       birth_date, contact
FROM sts.athlete WHERE id = ANY ($1::uuid[])

-- name: add
INSERT INTO sts.athlete (club_id, team_id, number, name, account_id, birth_date, contact)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id, club_id, team_id, number, name, round(sts.parameter_at(id, 'hr_max', now()))::int AS hr_max, account_id,
       birth_date, contact

-- name: change
UPDATE sts.athlete SET team_id = $2, number = $3, name = $4, account_id = $5, birth_date = $6, contact = $7
WHERE id = $1
RETURNING id, club_id, team_id, number, name, round(sts.parameter_at(id, 'hr_max', now()))::int AS hr_max, account_id,
       birth_date, contact

-- name: consents
SELECT id, athlete_id, purpose, version, lower(during) AS since, upper(during) AS until, given_by
FROM sts.consent
WHERE athlete_id = $1 AND ($2::timestamptz IS NULL OR (lower(during), id) > ($2, $3::uuid))
ORDER BY lower(during), id
LIMIT $4

-- name: consent_by_id
SELECT id, athlete_id, purpose, version, lower(during) AS since, upper(during) AS until, given_by
FROM sts.consent WHERE athlete_id = $1 AND id = $2

-- name: add_consent
INSERT INTO sts.consent (athlete_id, purpose, version, during, given_by, entered_by)
VALUES ($1, $2, $3, tstzrange($4, $5), $6, $7)
RETURNING id, athlete_id, purpose, version, lower(during) AS since, upper(during) AS until, given_by

-- name: consent_version
-- Whether the club has texts of a purpose, whether this version is one of them, and when consents to it end because a later one
-- means something else.
SELECT count(*) > 0 AS asked, coalesce(bool_or(t.version = $3), false) AS known,
       min(t.older_end_at) FILTER (WHERE t.published_at > v.published_at) AS ends_at
FROM sts.consent_text t
LEFT JOIN sts.consent_text v ON v.club_id = t.club_id AND v.purpose = t.purpose AND v.version = $3
WHERE t.club_id = $1 AND t.purpose = $2

-- name: end_replaced
-- Whoever agrees to another version agrees to the one before no longer.
UPDATE sts.consent SET during = tstzrange(lower(during), $4)
WHERE athlete_id = $1 AND purpose = $2 AND version <> $3 AND during @> $4::timestamptz AND lower(during) < $4

-- name: end_consent
UPDATE sts.consent SET during = tstzrange(lower(during), $2)
WHERE id = $1
RETURNING id, athlete_id, purpose, version, lower(during) AS since, upper(during) AS until, given_by

-- name: end_consents_of_a_minor
UPDATE sts.consent SET during = tstzrange(lower(during), $2)
WHERE athlete_id = $1 AND given_by <> 'athlete' AND lower(during) < $2 AND (upper(during) IS NULL OR upper(during) > $2)
