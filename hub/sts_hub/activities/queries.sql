-- name: page
-- $1: of this athlete; behind ($2, $3): newest first.
SELECT id, club_id, athlete_id, form, lower(during) AS since, upper(during) AS until, said, told, stored, withheld, expired,
       same_as, difference, beside, added_by, added_at
FROM sts.activity
WHERE athlete_id = $1 AND ($2::timestamptz IS NULL OR (lower(during), id) < ($2, $3::uuid))
ORDER BY lower(during) DESC, id DESC
LIMIT $4

-- name: by_id
SELECT id, club_id, athlete_id, form, lower(during) AS since, upper(during) AS until, said, told, stored, withheld, expired,
       same_as, difference, beside, added_by, added_at
FROM sts.activity WHERE athlete_id = $1 AND id = $2

-- name: by_content
SELECT id, club_id, athlete_id, form, lower(during) AS since, upper(during) AS until, said, told, stored, withheld, expired,
       same_as, difference, beside, added_by, added_at
FROM sts.activity WHERE athlete_id = $1 AND sha256 = $2

-- name: open_days
SELECT sts.open_activity_days($1, $2)

-- name: one_at_a_time
-- Two files of one workout that come at once would not see each other.
SELECT pg_advisory_xact_lock(hashtext('sts.activity'), hashtext($1::text))

-- name: add
INSERT INTO sts.activity (club_id, athlete_id, form, sha256, file_key, during, said, told, beside, added_by)
VALUES ($1, $2, $3, $4, $5, tstzrange($6, $7), $8, $9, $10, $11)
RETURNING id

-- name: add_values
SELECT stored, withheld, expired FROM sts.add_activity_values($1, $2, $3::bigint[], $4::float8[], $5::int2[])

-- name: count
UPDATE sts.activity SET stored = $2, withheld = $3, expired = $4 WHERE id = $1

-- name: in_the_same_time
-- The athlete's activities that count and share this time.
SELECT id, file_key, lower(during) AS since, upper(during) AS until, stored
FROM sts.activity
WHERE athlete_id = $1 AND same_as IS NULL AND during && tstzrange($2, $3)
ORDER BY added_at, id

-- name: make_same
-- $1 and whatever was the same as $1 is the same as $2 from now on.
UPDATE sts.activity SET same_as = $2, difference = CASE WHEN id = $1 THEN $3 ELSE difference END
WHERE id = $1 OR same_as = $1

-- name: remove
DELETE FROM sts.activity WHERE id = $1
