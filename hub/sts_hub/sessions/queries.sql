-- name: page
-- The sessions of a time, by when they begin, as far as row-level security shows them; of one team when $1 names it. What
-- was begun goes on until somebody ends it.
SELECT s.id, s.club_id, s.team_id, s.kind, s.name, s.planned_from, s.planned_to, s.started_at, s.ended_at,
       s.live_data, s.notes, s.plan::text AS plan
FROM sts.session s
WHERE ($1::uuid IS NULL OR s.team_id = $1)
  AND ($2::timestamptz IS NULL OR $2 <= CASE WHEN s.started_at IS NULL THEN coalesce(s.planned_to, s.planned_from)
                                             ELSE coalesce(s.ended_at, 'infinity') END)
  AND ($3::timestamptz IS NULL OR coalesce(s.started_at, s.planned_from) < $3)
  AND ($4::timestamptz IS NULL OR (coalesce(s.started_at, s.planned_from), s.id) > ($4, $5::uuid))
ORDER BY coalesce(s.started_at, s.planned_from), s.id
LIMIT $6

-- name: by_id
SELECT s.id, s.club_id, s.team_id, s.kind, s.name, s.planned_from, s.planned_to, s.started_at, s.ended_at,
       s.live_data, s.notes, s.plan::text AS plan
FROM sts.session s WHERE s.id = $1

-- name: held
-- Writes to one session go one after the other: two taps at once are two taps.
SELECT s.id FROM sts.session s WHERE s.id = $1 FOR UPDATE

-- name: add
INSERT INTO sts.session (club_id, team_id, kind, name, planned_from, planned_to, live_data, notes, plan)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
RETURNING id

-- name: change
UPDATE sts.session SET kind = $2, name = $3, planned_from = $4, planned_to = $5, started_at = $6, ended_at = $7,
       live_data = $8, notes = $9, plan = $10::jsonb
WHERE id = $1 RETURNING id

-- name: remove
DELETE FROM sts.session WHERE id = $1

-- name: roster
SELECT r.athlete_id, r.squad, a.club_id, a.team_id, a.account_id
FROM sts.session_athlete r JOIN sts.athlete a ON a.id = r.athlete_id
WHERE r.session_id = $1 ORDER BY coalesce(a.number, 10000), a.id

-- name: join_team
INSERT INTO sts.session_athlete (session_id, athlete_id, club_id)
SELECT $1, id, club_id FROM sts.athlete WHERE team_id = $2

-- name: join
INSERT INTO sts.session_athlete (session_id, athlete_id, club_id, squad)
SELECT $1, w.athlete_id, $2, w.squad FROM unnest($3::uuid[], $4::text[]) AS w (athlete_id, squad)
ON CONFLICT (session_id, athlete_id) DO UPDATE SET squad = excluded.squad

-- name: leave
DELETE FROM sts.session_athlete WHERE session_id = $1 AND athlete_id <> ALL ($2::uuid[])

-- name: copy_week
-- Times of day stay as they are on the clocks of the time zone, also over a change to summer time.
WITH week AS MATERIALIZED (
    SELECT gen_random_uuid() AS copy, s.* FROM sts.session s
    WHERE s.team_id = $1 AND s.planned_from >= $2::timestamptz
      AND s.planned_from < ($2::timestamptz AT TIME ZONE $4 + interval '7 days') AT TIME ZONE $4
), made AS (
    INSERT INTO sts.session (id, club_id, team_id, kind, name, planned_from, planned_to, live_data, plan)
    SELECT copy, club_id, team_id, kind, name,
           (planned_from AT TIME ZONE $4 + make_interval(days => $3)) AT TIME ZONE $4,
           (planned_to AT TIME ZONE $4 + make_interval(days => $3)) AT TIME ZONE $4, live_data, plan
    FROM week
)
SELECT id, copy FROM week

-- name: copy_rosters
INSERT INTO sts.session_athlete (session_id, athlete_id, club_id, squad)
SELECT c.copy, r.athlete_id, r.club_id, r.squad
FROM unnest($1::uuid[], $2::uuid[]) AS c (id, copy) JOIN sts.session_athlete r ON r.session_id = c.id

-- name: of_ids
SELECT s.id, s.club_id, s.team_id, s.kind, s.name, s.planned_from, s.planned_to, s.started_at, s.ended_at,
       s.live_data, s.notes, s.plan::text AS plan
FROM sts.session s WHERE s.id = ANY ($1::uuid[]) ORDER BY s.planned_from, s.id

-- name: phases
SELECT p.id, p.name, a.athlete_id, lower(a.during) AS since, upper(a.during) AS until
FROM sts.session_phase p JOIN sts.phase_athlete a ON a.phase_id = p.id
WHERE p.session_id = $1 AND ($2::uuid IS NULL OR p.id = $2)
ORDER BY lower(a.during), p.id, a.athlete_id

-- name: add_phase
INSERT INTO sts.session_phase (session_id, name) VALUES ($1, $2) RETURNING id

-- name: cut_phases
-- The phases in which these athletes are at $3 end there; what was left of each is told.
UPDATE sts.phase_athlete p SET during = tstzrange(lower(p.during), $3), ended_by = $4
FROM sts.phase_athlete old
WHERE old.session_id = $1 AND old.athlete_id = ANY ($2::uuid[]) AND old.during @> $3::timestamptz
  AND p.phase_id = old.phase_id AND p.athlete_id = old.athlete_id
RETURNING p.athlete_id, upper(old.during) AS until

-- name: join_phase
-- Each athlete is in it until $5's time, else until the next phase that is known already, else until the session's end.
INSERT INTO sts.phase_athlete (phase_id, session_id, athlete_id, during)
SELECT $1, $2, w.athlete_id, tstzrange($3, coalesce(w.until, (
    SELECT min(lower(n.during)) FROM sts.phase_athlete n
    WHERE n.session_id = $2 AND n.athlete_id = w.athlete_id AND lower(n.during) > $3), $6))
FROM unnest($4::uuid[], $5::timestamptz[]) AS w (athlete_id, until)

-- name: change_phase
UPDATE sts.phase_athlete SET during = tstzrange(
    CASE WHEN $3 THEN $4 ELSE lower(during) END, CASE WHEN $5 THEN $6 ELSE upper(during) END)
WHERE session_id = $1 AND phase_id = $2

-- name: rename_phase
UPDATE sts.session_phase SET name = $2 WHERE id = $1

-- name: end_phases
-- What runs in a session ends with it, or with a phase of it.
UPDATE sts.phase_athlete SET during = tstzrange(lower(during), $3)
WHERE session_id = $1 AND ($2::uuid IS NULL OR phase_id = $2) AND upper(during) IS NULL AND lower(during) < $3
RETURNING athlete_id

-- name: cut_by
-- Whose earlier phase a phase cut short, and until when that one would go on.
SELECT c.phase_id, c.athlete_id, upper(a.during) AS until
FROM sts.phase_athlete a JOIN sts.phase_athlete c ON c.ended_by = a.phase_id AND c.athlete_id = a.athlete_id
WHERE a.phase_id = $1 AND upper(c.during) = lower(a.during)

-- name: remove_phase
DELETE FROM sts.session_phase WHERE session_id = $1 AND id = $2 RETURNING id

-- name: go_on
UPDATE sts.phase_athlete p SET during = tstzrange(lower(p.during), c.until), ended_by = NULL
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS c (phase_id, athlete_id, until)
WHERE p.phase_id = c.phase_id AND p.athlete_id = c.athlete_id

-- name: markers
SELECT id, at, name, athlete_id FROM sts.session_marker WHERE session_id = $1 ORDER BY at, id

-- name: add_marker
INSERT INTO sts.session_marker (session_id, athlete_id, at, name) VALUES ($1, $2, $3, $4)
RETURNING id, at, name, athlete_id

-- name: remove_marker
DELETE FROM sts.session_marker WHERE session_id = $1 AND id = $2 RETURNING id

-- name: play
SELECT id, athlete_id, at, state FROM sts.session_play WHERE session_id = $1 ORDER BY at, athlete_id

-- name: add_play
INSERT INTO sts.session_play (session_id, athlete_id, at, state)
SELECT $1, athlete_id, $3, $4 FROM unnest($2::uuid[]) AS w (athlete_id)
RETURNING id, athlete_id, at, state

-- name: remove_play
DELETE FROM sts.session_play WHERE session_id = $1 AND id = $2 RETURNING id

-- name: templates
SELECT id, club_id, team_id, kind, name, plan::text AS plan FROM sts.session_template
WHERE ($1::uuid IS NULL OR team_id = $1) AND ($2::text IS NULL OR (name, id) > ($2, $3::uuid))
ORDER BY name, id LIMIT $4

-- name: template_by_id
SELECT id, club_id, team_id, kind, name, plan::text AS plan FROM sts.session_template WHERE id = $1

-- name: add_template
INSERT INTO sts.session_template (club_id, team_id, kind, name, plan) VALUES ($1, $2, $3, $4, $5::jsonb)
RETURNING id, club_id, team_id, kind, name, plan::text AS plan

-- name: change_template
UPDATE sts.session_template SET kind = $2, name = $3, plan = $4::jsonb WHERE id = $1
RETURNING id, club_id, team_id, kind, name, plan::text AS plan

-- name: remove_template
DELETE FROM sts.session_template WHERE id = $1

-- name: present
-- Who was on the roster of which session with live data in a time; one that began more than a day before is left out.
SELECT s.id AS session_id, s.team_id, r.athlete_id, s.kind, s.started_at, s.ended_at
FROM sts.session s JOIN sts.session_athlete r ON r.session_id = s.id
WHERE s.started_at <= $2 AND s.started_at > $1::timestamptz - interval '1 day'
  AND (s.ended_at IS NULL OR s.ended_at > $1) AND s.live_data AND ($3::uuid IS NULL OR s.team_id = $3)
ORDER BY s.started_at, s.id, r.athlete_id

-- name: phases_of
SELECT p.session_id, a.athlete_id, p.name, lower(a.during) AS since, upper(a.during) AS until
FROM sts.session_phase p JOIN sts.phase_athlete a ON a.phase_id = p.id
WHERE p.session_id = ANY ($1::uuid[]) ORDER BY lower(a.during), p.id

-- name: play_of
SELECT session_id, athlete_id, at, state FROM sts.session_play WHERE session_id = ANY ($1::uuid[]) ORDER BY at
