-- name: worn
SELECT club_id, address, lower(during) AS since, upper(during) AS until FROM sts.erasing_worn($1)

-- name: parked
SELECT id, raw, pin_us, delta_us, names, sinces, untils FROM sts.erasing_parked($1)

-- name: person
SELECT a.club_id, a.name, extract(year FROM a.birth_date)::int AS birth_year, coalesce(l.licences, '{}') AS licences
FROM sts.athlete a LEFT JOIN sts.athlete_listing l ON l.athlete_id = a.id WHERE a.id = $1

-- name: unmatched
SELECT id, name, coalesce(birth, '') AS birth FROM sts.competitor
WHERE club_id = $1 AND kind = 'person' AND athlete_id IS NULL AND name IS NOT NULL

-- name: erase_named
SELECT sts.erasing_named($1, $2, $3)

-- name: erase_named_again
SELECT sts.erase_named($1, $2, $3)

-- name: erase
SELECT sts.erase_athlete($1, $2)

-- name: parked_again
SELECT id, raw, pin_us, delta_us, names, sinces, untils FROM sts.parked_beside($1)

-- name: erase_again
SELECT sts.erase_person($1, $2)

-- name: erase_worn_again
SELECT coalesce(sum(sts.erase_worn(s.id, tstzrange($3, $4))), 0) FROM sts.sensor s WHERE s.club_id = $1 AND s.address = $2

-- name: withdraw_again
-- A consent that has not begun by then never counts: it ends with its beginning's first microsecond.
UPDATE sts.consent SET during = tstzrange(lower(during), greatest($2, lower(during) + interval '1 microsecond'))
WHERE id = $1 AND (upper(during) IS NULL OR upper(during) > $2)

-- name: revoke_again
UPDATE sts.athlete_grant SET ends_at = least(ends_at, $2) WHERE id = $1

-- name: delete_withheld
SELECT sts.delete_withheld(a.sensor_id) FROM (SELECT DISTINCT sensor_id FROM sts.assignment WHERE athlete_id = $1) a

-- name: club_values
SELECT sts.erase_values(ARRAY(SELECT id FROM sts.series WHERE {mine}), tstzrange(NULL, NULL))

-- name: let_go
-- The audit is only added to, as long as its club is there.
ALTER TABLE sts.{table} DISABLE TRIGGER USER

-- name: hold_again
ALTER TABLE sts.{table} ENABLE TRIGGER USER

-- name: erase_rows
DELETE FROM sts.{table} WHERE {mine}
