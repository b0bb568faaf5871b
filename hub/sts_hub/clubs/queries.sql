-- name: acting
-- Tables of which a trigger of ours acts on new rows.
SELECT DISTINCT c.relname AS name
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgtype & 4 <> 0 AND c.relnamespace = 'sts'::regnamespace AND p.pronamespace = 'sts'::regnamespace

-- name: schema
SELECT max(number) FROM sts.migration

-- name: by_name
SELECT id, name FROM sts.club WHERE name = $1

-- name: same
SELECT name FROM sts.club WHERE id = $1 OR name = $2

-- name: days
SELECT DISTINCT (v.t AT TIME ZONE 'UTC')::date AS day
FROM sts.sample v WHERE {mine} ORDER BY 1

-- name: rows
SELECT {columns} FROM sts.{table} WHERE ({mine}) {also}

-- name: expired
-- Of a level, what no samples are there for any more.
AND t < (SELECT expired_before FROM sts.retention)

-- name: numbers
SELECT range_agg(int8range({number}, {number}, '[]'))::text FROM sts.{table} WHERE {mine}

-- name: open_day
SELECT sts.open_day($1)

-- name: hold
-- Nobody is given a number while some are taken.
LOCK TABLE sts.{table} IN SHARE ROW EXCLUSIVE MODE

-- name: taken
SELECT EXISTS (SELECT FROM sts.{table} WHERE {number}::bigint <@ $1::text::int8multirange)

-- name: borders
SELECT lower(r) AS least, upper(r) - 1 AS most FROM (SELECT $1::text::int8multirange AS r) told

-- name: last_number
SELECT greatest(
    (SELECT coalesce(max({number}), 0) FROM sts.{table}),
    (SELECT coalesce(s.last_value, 0) FROM pg_sequences s
     WHERE format('%I.%I', s.schemaname, s.sequencename)::regclass = pg_get_serial_sequence('sts.{table}', '{bare}')::regclass))

-- name: go_on_behind
SELECT setval(pg_get_serial_sequence('sts.{table}', '{bare}')::regclass, $1)

-- name: rest
ALTER TABLE sts.{table} DISABLE TRIGGER USER

-- name: act_again
ALTER TABLE sts.{table} ENABLE TRIGGER USER

-- name: place
-- Where the rows of a level lie.
SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = sts.rows_of_level($1)

-- name: beside
CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {columns} FROM sts.{table} WHERE false

-- name: moved
INSERT INTO {place} ({columns}) OVERRIDING SYSTEM VALUE SELECT {moved} FROM pg_temp.incoming

-- name: not_beside
DROP TABLE pg_temp.incoming

-- name: count
SELECT count(*) FROM sts.{table} WHERE ({mine}) {also}

-- name: touch
-- Levels of time are filled from the samples that came.
INSERT INTO sts.touched (epoch, first_t, last_t)
SELECT r.epoch, min(v.t), max(v.t) FROM sts.sample v JOIN sts.series r ON r.id = v.series WHERE {mine} GROUP BY r.epoch

-- name: athletes
SELECT id FROM sts.athlete WHERE club_id = $1

-- name: gateways
SELECT name FROM sts.gateway WHERE club_id = $1 ORDER BY name
