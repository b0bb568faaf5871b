-- name: mappings
SELECT name, mapping::text AS mapping, saved_by, saved_at FROM sts.history_mapping
WHERE club_id = $1 AND ($2::text IS NULL OR name > $2) ORDER BY name LIMIT $3

-- name: mapping
SELECT mapping::text AS mapping FROM sts.history_mapping WHERE club_id = $1 AND name = $2

-- name: save_mapping
INSERT INTO sts.history_mapping (club_id, name, mapping, saved_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (club_id, name) DO UPDATE SET mapping = excluded.mapping, saved_by = excluded.saved_by, saved_at = now()
RETURNING name, mapping::text AS mapping, saved_by, saved_at

-- name: one_at_a_time
-- Two tables of one team that come at once would not see each other.
SELECT pg_advisory_xact_lock(hashtext('sts.history'), hashtext($1::uuid::text))

-- name: there
-- Who was in which ended session of the team in a time, and what is known of it; $2 to $3: when sessions began.
SELECT s.id, s.started_at AS begin, s.ended_at AS "end", s.name, a.athlete_id, r.rating,
       (SELECT jsonb_object_agg(t.name, t.value)::text FROM sts.session_told t
        WHERE t.session_id = s.id AND t.athlete_id = a.athlete_id) AS numbers
FROM sts.session s
LEFT JOIN sts.session_athlete a ON a.session_id = s.id
LEFT JOIN sts.session_rating r ON r.session_id = s.id AND r.athlete_id = a.athlete_id
WHERE s.team_id = $1 AND s.started_at BETWEEN $2 AND $3 AND s.ended_at IS NOT NULL

-- name: consented
-- Which of these athletes agreed to be monitored at which of these times.
SELECT u.athlete_id, u.at FROM (SELECT unnest($1::uuid[]) AS athlete_id, unnest($2::timestamptz[]) AS at) u
WHERE EXISTS (SELECT FROM sts.consent c WHERE c.athlete_id = u.athlete_id AND c.purpose = 'monitoring' AND c.during @> u.at)

-- name: add_sessions
INSERT INTO sts.session (id, club_id, team_id, kind, name, planned_from, planned_to, started_at, ended_at, live_data)
SELECT u.id, $1, $2, 'training', u.name, u.begin, u.until, u.begin, u.until, false
FROM (SELECT unnest($3::uuid[]) AS id, unnest($4::text[]) AS name, unnest($5::timestamptz[]) AS begin,
             unnest($6::timestamptz[]) AS until) u

-- name: add_athletes
INSERT INTO sts.session_athlete (session_id, athlete_id, club_id) SELECT unnest($2::uuid[]), unnest($3::uuid[]), $1

-- name: rate
INSERT INTO sts.session_rating (session_id, athlete_id, rating, rated_at, rated_by)
SELECT unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::float8[]), now(), $1
ON CONFLICT (session_id, athlete_id) DO UPDATE SET rating = excluded.rating, rated_at = excluded.rated_at, rated_by = excluded.rated_by

-- name: tell
INSERT INTO sts.session_told (session_id, athlete_id, name, unit, value)
SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::text[]), unnest($5::float8[])
ON CONFLICT (session_id, athlete_id, name) DO UPDATE SET unit = excluded.unit, value = excluded.value

-- name: told
SELECT athlete_id, name, unit, value FROM sts.session_told WHERE session_id = $1 ORDER BY athlete_id, name
