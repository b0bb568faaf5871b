-- name: tables
-- Every table of ours, and the levels of time whether they are tables or not: the columns that are written, and the one that is numbered.
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
       max(a.attname::text) FILTER (WHERE a.attidentity <> '') AS number
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'sts'::regnamespace AND NOT c.relispartition
  AND (c.relkind IN ('r', 'p') OR c.relname IN ('sample_1s', 'sample_1m', 'sample_1h'))
GROUP BY c.relname

-- name: references
SELECT c.relname AS name, f.relname AS named,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place) AS its_columns,
       (SELECT bool_and(a.attnotnull) FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS required
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relnamespace = 'sts'::regnamespace AND NOT c.relispartition
ORDER BY k.oid
