-- name: sessions
-- The ended sessions of a team that began in a time, each with how many of these athletes were on its roster.
SELECT s.kind, s.started_at, count(r.athlete_id) AS there
FROM sts.session s LEFT JOIN sts.session_athlete r ON r.session_id = s.id AND r.athlete_id = ANY ($2::uuid[])
WHERE s.team_id = $1 AND s.ended_at IS NOT NULL AND s.started_at >= $3 AND s.started_at < $4
GROUP BY s.id ORDER BY s.started_at, s.id

-- name: coverages
-- How much of each session of a team had heart rates of each of these athletes.
SELECT n.athlete_id, s.started_at, (n.body ->> 'coverage_percent')::float8 AS percent
FROM sts.session s JOIN sts.session_number n ON n.session_id = s.id
WHERE s.team_id = $1 AND n.athlete_id = ANY ($2::uuid[]) AND n.formula = 'heart_rate' AND n.variant = 'time_weighted'
  AND s.started_at >= $3 AND s.started_at < $4

-- name: feelings
-- The mean of what was answered in each form; null for a form of notes alone.
SELECT w.athlete_id, w.day,
       (SELECT avg(one)::float8 FROM unnest(ARRAY[w.sleep, w.fatigue, w.soreness, w.stress, w.mood]) AS one) AS feeling
FROM sts.wellness w
WHERE w.athlete_id = ANY ($1::uuid[]) AND w.day BETWEEN $2 AND $3

-- name: absences
SELECT b.athlete_id, b.first_day, b.last_day, b.reason
FROM sts.absence b
WHERE b.athlete_id = ANY ($1::uuid[]) AND b.first_day <= $3 AND (b.last_day IS NULL OR b.last_day >= $2)
