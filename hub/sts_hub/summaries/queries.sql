-- name: marks
SELECT athlete, marks FROM sts.session_marks($1, $2, $3)

-- name: gateways
SELECT gateway FROM sts.gateways_heard($1, $2, $3)

-- name: worn
-- What these athletes wore in a time, known to a gateway or not.
SELECT g.athlete_id, g.sensor_id, greatest(lower(g.during), $2) AS since,
       least(coalesce(upper(g.during), 'infinity'), $3) AS until
FROM sts.assignment g
WHERE g.athlete_id = ANY ($1::uuid[]) AND g.during && tstzrange($2, $3)
ORDER BY 3, 2

-- name: turn
-- Whoever works a session out is the only one to do so.
SELECT pg_advisory_xact_lock(hashtextextended('summary of ' || $1::uuid, 0))

-- name: kept
SELECT athlete_id, revision, computed_at, since, until, parameters::text AS parameters, rating, marks, because,
       verdict::text AS verdict, complete_at, phases::text AS phases
FROM sts.session_summary WHERE session_id = $1 AND athlete_id = ANY ($2::uuid[])

-- name: numbers
SELECT id, athlete_id, phase_id, formula, variant, revision, body::text AS body, was::text AS was
FROM sts.session_number WHERE session_id = $1 AND athlete_id = ANY ($2::uuid[])
ORDER BY athlete_id, formula, variant

-- name: keep
UPDATE sts.session_summary SET
    revision = $3, computed_at = now(), since = $4, until = $5, parameters = $6::jsonb, rating = $7, marks = $8,
    because = CASE WHEN revision = $3 THEN because ELSE $9 END, verdict = $10::jsonb,
    complete_at = CASE WHEN $11 THEN coalesce(complete_at, now()) END, phases = $12::jsonb
WHERE session_id = $1 AND athlete_id = $2

-- name: begin
INSERT INTO sts.session_summary (session_id, athlete_id, since, until, parameters, marks, verdict)
VALUES ($1, $2, $3, $4, '{}', '', 'null')

-- name: drop_numbers
DELETE FROM sts.session_number n USING unnest($3::uuid[], $4::text[], $5::text[]) AS gone (phase, formula, variant)
WHERE n.session_id = $1 AND n.athlete_id = $2 AND n.phase_id IS NOT DISTINCT FROM gone.phase
  AND n.formula = gone.formula AND n.variant = gone.variant

-- name: keep_number
INSERT INTO sts.session_number (session_id, athlete_id, phase_id, formula, variant, revision, body, was)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb)
ON CONFLICT ON CONSTRAINT session_number_once
DO UPDATE SET revision = $6, body = $7::jsonb, was = $8::jsonb

-- name: number_by_id
SELECT n.id, n.athlete_id, n.phase_id, n.formula, n.variant, n.revision, n.body::text AS body, n.was::text AS was,
       n.session_id, s.name AS session, p.name AS phase, r.rating, r.computed_at, r.since, r.until
FROM sts.session_number n
JOIN sts.session s ON s.id = n.session_id
JOIN sts.session_summary r ON r.session_id = n.session_id AND r.athlete_id = n.athlete_id
LEFT JOIN sts.session_phase p ON p.id = n.phase_id
WHERE n.id = $1

-- name: loads
-- One number of each session that these athletes were in and that has ended: null where there is none, or none yet.
SELECT r.athlete_id, s.started_at, (n.body -> 'values' ->> 'load')::float8 AS load, y.session_id IS NOT NULL AS worked_out
FROM sts.session s
JOIN sts.session_athlete r ON r.session_id = s.id
LEFT JOIN sts.session_summary y ON y.session_id = s.id AND y.athlete_id = r.athlete_id
LEFT JOIN sts.session_number n
    ON n.session_id = s.id AND n.athlete_id = r.athlete_id AND n.phase_id IS NULL AND n.formula = $2 AND n.variant = $3
WHERE r.athlete_id = ANY ($1::uuid[]) AND s.ended_at IS NOT NULL AND s.started_at >= $4 AND s.started_at < $5
ORDER BY s.started_at, s.id

-- name: due
-- Ended sessions without numbers of all their athletes, then those of the last two weeks, to which data may have come late.
SELECT s.id, s.club_id
FROM sts.session s
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM sts.session_athlete r
    LEFT JOIN sts.session_summary y ON y.session_id = r.session_id AND y.athlete_id = r.athlete_id
    WHERE r.session_id = s.id AND y.session_id IS NULL
)) AS numbers (missing)
WHERE s.ended_at IS NOT NULL AND s.ended_at - s.started_at <= interval '24 hours'
  AND (numbers.missing OR s.ended_at > now() - interval '14 days')
ORDER BY numbers.missing DESC, s.ended_at DESC LIMIT $1

-- name: matches
-- What athletes did in the matches of a year before a time, where their summaries have been worked out.
SELECT n.athlete_id, (n.body -> 'values')::text AS values
FROM sts.session s JOIN sts.session_number n ON n.session_id = s.id AND n.phase_id IS NULL AND n.formula = $3 AND n.variant = $4
WHERE s.team_id = $1 AND s.kind = 'match' AND s.ended_at <= $2 AND s.ended_at > $2::timestamptz - interval '1 year'
ORDER BY s.ended_at

-- name: club_of_number
SELECT s.club_id FROM sts.session_number n JOIN sts.session s ON s.id = n.session_id WHERE n.id = $1
