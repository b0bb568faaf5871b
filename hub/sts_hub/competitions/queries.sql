-- name: lock
-- Two files of one club are taken in one after the other, whichever way they come.
SELECT pg_advisory_xact_lock(hashtextextended('results of ' || $1::uuid, 0))

-- name: page
-- The club's competitions, the one added last first.
SELECT c.id, c.club_id, c.name, c.city, c.nation, c.first_day, c.last_day, c.zone, c.added_at,
       (SELECT count(*) FROM sts.result_file f WHERE f.competition_id = c.id) AS files,
       (SELECT count(*) FROM sts.competitor p WHERE p.competition_id = c.id AND p.matched = 'ambiguous') AS ambiguous
FROM sts.competition c
WHERE $1::timestamptz IS NULL OR (c.added_at, c.id) < ($1, $2::uuid)
ORDER BY c.added_at DESC, c.id DESC
LIMIT $3

-- name: by_id
SELECT c.id, c.club_id, c.name, c.city, c.nation, c.first_day, c.last_day, c.zone, c.added_at,
       (SELECT count(*) FROM sts.result_file f WHERE f.competition_id = c.id) AS files,
       (SELECT count(*) FROM sts.competitor p WHERE p.competition_id = c.id AND p.matched = 'ambiguous') AS ambiguous
FROM sts.competition c WHERE c.id = $1

-- name: add
INSERT INTO sts.competition (club_id, key, name, city, nation, first_day, last_day, zone)
VALUES ($1, coalesce($2, 'by hand ' || gen_random_uuid()), $3, $4, $5, $6, $7, $8)
RETURNING id

-- name: change
UPDATE sts.competition SET name = $2, city = $3, nation = $4, first_day = $5, last_day = $6, zone = $7
WHERE id = $1

-- name: by_key
SELECT id FROM sts.competition WHERE club_id = $1 AND key = $2

-- name: of_line
-- The competition of the last file of this line, if that is not too long ago.
SELECT competition_id FROM sts.result_file
WHERE club_id = $1 AND line = $2 AND told_at > $3 ORDER BY id DESC LIMIT 1

-- name: salt
SELECT salt FROM sts.competition WHERE id = $1

-- name: last_of_line
SELECT id, sha256 FROM sts.result_file WHERE competition_id = $1 AND line = $2 ORDER BY id DESC LIMIT 1

-- name: add_file
INSERT INTO sts.result_file (competition_id, club_id, line, way, name, sha256, document_id, told_by, told_at, format, pieces,
                             refused, notes, whole, added, corrected, withdrawn, unchanged)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
RETURNING id

-- name: known_people
SELECT key, id FROM sts.competitor WHERE competition_id = $1

-- name: own_athletes
SELECT id, name, coalesce(birth_year::text, '') AS birth_year, licences FROM sts.own_athletes()

-- name: add_people
INSERT INTO sts.competitor (competition_id, club_id, key, kind, name, licence, birth, gender, nation, club, athlete_id, matched,
                            candidates, told_at)
SELECT $1, $2, p.key, p.kind, p.name, nullif(p.licence, ''), nullif(p.birth, ''), p.gender, p.nation, p.club, p.athlete_id,
       p.matched, string_to_array(p.candidates, ',')::uuid[], $3
FROM (SELECT unnest($4::text[]) AS key, unnest($5::text[]) AS kind, unnest($6::text[]) AS name, unnest($7::text[]) AS licence,
             unnest($8::text[]) AS birth, unnest($9::text[]) AS gender, unnest($10::text[]) AS nation, unnest($11::text[]) AS club,
             unnest($12::uuid[]) AS athlete_id, unnest($13::text[]) AS matched, unnest($14::text[]) AS candidates) p
RETURNING key, id

-- name: known_facts
SELECT f.id, f.kind, f.key, f.version, f.state, f.content::text AS content, r.line
FROM sts.result_fact f JOIN sts.result_file r ON r.id = f.file_id
WHERE f.competition_id = $1

-- name: add_facts
INSERT INTO sts.result_fact (competition_id, club_id, kind, key, parent, competitor_id, version, state, content, file_id)
SELECT $1, $2, unnest($4::text[]), unnest($5::text[]), unnest($6::text[]), unnest($7::bigint[]), 1, 'official',
       unnest($8::text[])::jsonb, $3

-- name: change_facts
UPDATE sts.result_fact f
SET version = u.version, state = u.state, content = u.content::jsonb, file_id = $1,
    parent = coalesce(u.parent, f.parent), competitor_id = coalesce(u.competitor_id, f.competitor_id)
FROM (SELECT unnest($2::bigint[]) AS id, unnest($3::int[]) AS version, unnest($4::text[]) AS state, unnest($5::text[]) AS content,
             unnest($6::text[]) AS parent, unnest($7::bigint[]) AS competitor_id) u
WHERE f.id = u.id

-- name: files
SELECT id, competition_id, way, name, told_by, told_at, format, pieces, refused::text AS refused, notes::text AS notes, whole,
       added, corrected, withdrawn, unchanged
FROM sts.result_file
WHERE competition_id = $1 AND ($2::bigint IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3

-- name: file
SELECT id, competition_id, way, name, told_by, told_at, format, pieces, refused::text AS refused, notes::text AS notes, whole,
       added, corrected, withdrawn, unchanged
FROM sts.result_file WHERE id = $1

-- name: changed_by
-- What a file changed, and what stood there before; new facts have nothing before, and are left out when $4 says so.
SELECT f.id AS fact_id, f.kind, f.key, v.version, v.state, before.content::text AS before, v.content::text AS after
FROM sts.result_version v
JOIN sts.result_fact f ON f.id = v.fact_id
LEFT JOIN sts.result_version before ON before.fact_id = v.fact_id AND before.version = v.version - 1
WHERE v.file_id = $1 AND ($2::bigint IS NULL OR f.id > $2) AND (NOT $4 OR v.version > 1)
ORDER BY f.id
LIMIT $3

-- name: facts
-- Facts of a competition in the order in which they were first told, of one kind, one parent or one file's change.
SELECT f.id, f.kind, f.key, f.parent, f.version, f.state, f.content::text AS content, r.name AS file, r.told_by, r.told_at,
       p.key AS competitor, p.kind AS competitor_kind, p.name, p.club,
       p.athlete_id
FROM sts.result_fact f
JOIN sts.result_file r ON r.id = f.file_id
LEFT JOIN sts.competitor p ON p.id = f.competitor_id
WHERE f.competition_id = $1 AND ($2::text IS NULL OR f.kind = $2) AND ($3::text IS NULL OR f.parent = $3)
  AND ($4::bigint IS NULL OR f.id > $4)
ORDER BY f.id
LIMIT $5

-- name: fact
-- A fact with what stands around it: of a result its entry, heat and round; of each what is said now.
SELECT f.id, f.kind, f.version, f.content::text AS content, p.athlete_id, e.content::text AS entry, h.content::text AS heat,
       r.content::text AS round, file.format
FROM sts.result_fact f
JOIN sts.result_file file ON file.id = f.file_id
LEFT JOIN sts.competitor p ON p.id = f.competitor_id
LEFT JOIN sts.result_fact e ON e.competition_id = f.competition_id AND e.kind = 'entry' AND e.key = f.key
LEFT JOIN sts.result_fact h ON h.competition_id = f.competition_id AND h.kind = 'heat' AND h.key = e.parent
LEFT JOIN sts.result_fact r ON r.competition_id = f.competition_id AND r.kind = 'round' AND r.key = h.parent
WHERE f.id = $1 AND f.competition_id = $2

-- name: own_by_key
SELECT key, athlete_id FROM sts.competitor WHERE competition_id = $1 AND key = ANY ($2) AND athlete_id IS NOT NULL

-- name: versions
SELECT v.version, v.state, v.content::text AS content, r.name AS file, r.way, r.told_by, r.told_at
FROM sts.result_version v JOIN sts.result_file r ON r.id = v.file_id
WHERE v.fact_id = $1 ORDER BY v.version

-- name: competitors
SELECT p.id, p.key, p.kind, p.name, p.birth, p.gender, p.nation, p.club, p.matched,
       p.athlete_id, p.candidates
FROM sts.competitor p
WHERE p.competition_id = $1 AND ($2::text IS NULL OR p.matched = $2) AND ($3::bigint IS NULL OR p.id > $3)
ORDER BY p.id
LIMIT $4

-- name: competitors_of_ids
SELECT p.id, p.key, p.kind, p.name, p.birth, p.gender, p.nation, p.club, p.matched,
       p.athlete_id, p.candidates
FROM sts.competitor p
WHERE p.id = ANY ($1::bigint[])
ORDER BY array_position('{ambiguous,licence,name,person,none}', p.matched), p.id
LIMIT $2

-- name: competitor
SELECT p.id, p.key, p.kind, p.name, p.birth, p.gender, p.nation, p.club, p.matched, p.licence,
       p.athlete_id, p.candidates
FROM sts.competitor p WHERE p.id = $1 AND p.competition_id = $2

-- name: say_who
UPDATE sts.competitor SET athlete_id = $2, matched = 'person', candidates = '{}' WHERE id = $1

-- name: know_by_licence
-- Those whom earlier files told by one of these licences, and whom nobody has known so far.
UPDATE sts.competitor SET athlete_id = $2, matched = 'licence', candidates = '{}'
WHERE club_id = $1 AND licence = ANY ($3) AND kind = 'person' AND matched IN ('none', 'ambiguous')

-- name: listing
SELECT licences FROM sts.athlete_listing WHERE athlete_id = $1

-- name: list_athlete
INSERT INTO sts.athlete_listing (athlete_id, club_id, licences) VALUES ($1, $2, $3)
ON CONFLICT (athlete_id) DO UPDATE SET licences = excluded.licences

-- name: results_of
-- Results of these athletes, and of a side of a match that is called $2, the one told last first, each with where it was
-- reached and against whom; of competitions of a time when $4 and $5 name one.
SELECT f.id, f.kind, f.key, f.parent, f.version, f.state, f.content::text AS content, r.name AS file, r.told_by, r.told_at,
       p.key AS competitor, p.kind AS competitor_kind, p.name, p.club, p.athlete_id, f.competition_id, c.name AS competition,
       c.first_day, coalesce(o.content ->> 'date', '') AS day, coalesce(v.content ->> 'name', '') AS event,
       coalesce(o.content ->> 'name', '') AS round, coalesce(a.sides, '[]')::text AS against
FROM sts.competitor p
JOIN sts.result_fact f ON f.competitor_id = p.id AND f.kind = 'result'
JOIN sts.result_file r ON r.id = f.file_id
JOIN sts.competition c ON c.id = f.competition_id
LEFT JOIN sts.result_fact e ON e.competition_id = c.id AND e.kind = 'entry' AND e.key = f.key
LEFT JOIN sts.result_fact h ON h.competition_id = c.id AND h.kind = 'heat' AND h.key = e.parent
LEFT JOIN sts.result_fact o ON o.competition_id = c.id AND o.kind = 'round' AND o.key = h.parent
LEFT JOIN sts.result_fact v ON v.competition_id = c.id AND v.kind = 'event' AND v.key = o.parent
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('name', q.name, 'content', s.content) ORDER BY s.id) AS sides
    FROM sts.result_fact t
    JOIN sts.competitor q ON q.id = t.competitor_id
    JOIN sts.result_fact s ON s.competition_id = c.id AND s.kind = 'result' AND s.key = t.key AND s.state <> 'withdrawn'
    WHERE p.kind = 'team' AND t.competition_id = c.id AND t.kind = 'entry' AND t.parent = h.key AND t.id <> e.id
) a ON true
WHERE (p.athlete_id = ANY ($1::uuid[]) OR p.kind = 'team' AND lower(p.name) = lower($2))
  AND ($3::bigint IS NULL OR f.id < $3)
  AND ($4::date IS NULL OR coalesce(c.last_day, c.first_day, c.added_at::date) >= $4)
  AND ($5::date IS NULL OR coalesce(c.first_day, c.added_at::date) <= $5)
ORDER BY f.id DESC
LIMIT $6

-- name: columns_page
SELECT name, columns::text AS columns, saved_by, saved_at FROM sts.result_columns
WHERE club_id = $1 AND ($2::text IS NULL OR name > $2) ORDER BY name LIMIT $3

-- name: columns_named
SELECT name, columns::text AS columns, saved_by, saved_at FROM sts.result_columns WHERE club_id = $1 AND name = $2

-- name: save_columns
INSERT INTO sts.result_columns (club_id, name, columns, saved_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (club_id, name) DO UPDATE SET columns = excluded.columns, saved_by = excluded.saved_by, saved_at = now()
RETURNING name, columns::text AS columns, saved_by, saved_at
