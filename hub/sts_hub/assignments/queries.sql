-- name: page
-- Newest first, as far as row-level security shows them; of one sensor or athlete, or those at one time, when named.
SELECT s.id, s.club_id, s.sensor_id, s.athlete_id, lower(s.during) AS since, upper(s.during) AS until,
       a.team_id, a.account_id
FROM sts.assignment s LEFT JOIN sts.athlete a ON a.id = s.athlete_id
WHERE ($1::int IS NULL OR s.sensor_id = $1)
  AND ($2::uuid IS NULL OR s.athlete_id = $2)
  AND ($3::timestamptz IS NULL OR s.during @> $3)
  AND ($4::timestamptz IS NULL OR (lower(s.during), s.id) < ($4, $5::uuid))
ORDER BY lower(s.during) DESC, s.id DESC
LIMIT $6

-- name: by_id
SELECT s.id, s.club_id, s.sensor_id, s.athlete_id, lower(s.during) AS since, upper(s.during) AS until,
       a.team_id, a.account_id
FROM sts.assignment s LEFT JOIN sts.athlete a ON a.id = s.athlete_id
WHERE s.id = $1

-- name: add
INSERT INTO sts.assignment (club_id, sensor_id, athlete_id, during)
VALUES ($1, $2, $3, tstzrange($4, $5))
RETURNING id

-- name: change
UPDATE sts.assignment SET athlete_id = $2, during = tstzrange($3, $4) WHERE id = $1 RETURNING id

-- name: remove
DELETE FROM sts.assignment WHERE id = $1

-- name: overlapping
-- Who wears a sensor in a time: only those that the caller sees come back with their athlete.
SELECT s.id, s.club_id, s.sensor_id, s.athlete_id, lower(s.during) AS since, upper(s.during) AS until,
       a.team_id, a.account_id
FROM sts.assignment s LEFT JOIN sts.athlete a ON a.id = s.athlete_id
WHERE s.sensor_id = $1 AND s.during && tstzrange($2, $3) AND s.id IS DISTINCT FROM $4
ORDER BY lower(s.during)

-- name: of_kind
-- What an athlete wears of one kind at a time.
SELECT s.id, s.club_id, s.sensor_id, s.athlete_id, lower(s.during) AS since, upper(s.during) AS until,
       a.team_id, a.account_id
FROM sts.assignment s JOIN sts.athlete a ON a.id = s.athlete_id JOIN sts.sensor n ON n.id = s.sensor_id
WHERE s.athlete_id = $1 AND n.kind = $2 AND s.during @> $3::timestamptz
ORDER BY lower(s.during)

-- name: unworn
SELECT address, sensor_id, label, worn, last_athlete FROM sts.sensors_heard($1::text[])
