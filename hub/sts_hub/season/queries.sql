-- name: club
-- The club of this name, made if it is new.
WITH made AS (
    INSERT INTO sts.club (name) SELECT $1 WHERE NOT EXISTS (SELECT FROM sts.club WHERE name = $1) RETURNING id
)
SELECT id FROM made UNION ALL SELECT id FROM sts.club WHERE name = $1

-- name: team
INSERT INTO sts.team (club_id, name) VALUES ($1, $2) RETURNING id

-- name: has_team
SELECT true FROM sts.team WHERE club_id = $1 AND name = ANY ($2)

-- name: gateway
INSERT INTO sts.gateway (name, club_id, site) VALUES ($1, $2, $3)

-- name: athlete
-- With consent to monitoring, what formulas want to know, and the licence by which officials know the athlete.
WITH athlete AS (
    INSERT INTO sts.athlete (club_id, team_id, number, name) VALUES ($1, $2, $3, $4) RETURNING id
), consent AS (
    INSERT INTO sts.consent (athlete_id, purpose, version, during) SELECT id, 'monitoring', 'season', tstzrange($5, NULL) FROM athlete
), parameters AS (
    INSERT INTO sts.athlete_parameter (athlete_id, name, value, since, source)
    SELECT id, p.name, p.value, $5, p.source FROM athlete, unnest($6::text[], $7::float8[], $8::text[]) AS p (name, value, source)
), sex AS (
    INSERT INTO sts.athlete_parameter (athlete_id, name, word, since, source) SELECT id, 'sex', $9, $5, 'coach' FROM athlete
), listing AS (
    INSERT INTO sts.athlete_listing (athlete_id, club_id, licences) SELECT id, $1, ARRAY[$10::text] FROM athlete
)
SELECT id FROM athlete

-- name: strap
-- A strap with the athlete who wears it, and the name by which the gateway knows it.
WITH strap AS (
    INSERT INTO sts.sensor (club_id, address, kind, label) VALUES ($1, $2, 'heart_rate', $3) RETURNING id
), name AS (
    INSERT INTO sts.local_name (gateway, name, address, kind) VALUES ($4, $3, $2, 'heart_rate')
)
INSERT INTO sts.assignment (club_id, sensor_id, athlete_id, during) SELECT $1, id, $5, tstzrange($6, $7) FROM strap

-- name: open_day
SELECT sts.open_day($1)

-- name: epoch
-- One start of the gateway's agent, all of whose records were received: one for each second.
INSERT INTO sts.epoch (epoch, gateway, running, closed, head, received, spoke_first_at, spoke_last_at, first_beat_at, last_beat_at)
VALUES ($1, $2, false, true, $3, int8multirange(int8range(0, $3, '[]')), $4, $5, $4, $5)

-- name: span
INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) VALUES ($1, 0, $2, $3, $4)

-- name: series
INSERT INTO sts.series (epoch, name, metric) SELECT $1, n, $3 FROM unnest($2::text[]) WITH ORDINALITY AS u (n, place)
ORDER BY place RETURNING id

-- name: touch
INSERT INTO sts.touched (epoch, first_t, last_t) VALUES ($1, $2, $3)

-- name: session
-- An outing with its plan, and a phase for each part of it.
WITH made AS (
    INSERT INTO sts.session (club_id, team_id, kind, name, planned_from, planned_to, started_at, ended_at, plan)
    VALUES ($1, $2, $3, $4, $5, $6, $5, $6, $7::jsonb) RETURNING id
), roster AS (
    INSERT INTO sts.session_athlete (session_id, athlete_id, club_id)
    SELECT made.id, a, $1 FROM made, unnest($8::uuid[]) AS a
)
SELECT id FROM made

-- name: phase
WITH made AS (INSERT INTO sts.session_phase (session_id, name) VALUES ($1, $2) RETURNING id)
INSERT INTO sts.phase_athlete (phase_id, session_id, athlete_id, during)
SELECT made.id, $1, a, tstzrange($3, $4) FROM made, unnest($5::uuid[]) AS a

-- name: marker
INSERT INTO sts.session_marker (session_id, at, name) VALUES ($1, $2, $3)

-- name: absence
INSERT INTO sts.absence (athlete_id, first_day, last_day, reason, training) VALUES ($1, $2, $3, 'illness', 'none')
