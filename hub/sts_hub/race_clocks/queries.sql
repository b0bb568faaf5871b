-- name: clocks
-- What was said last of each clock of a competition.
SELECT DISTINCT ON (name) name, offset_us, error_us, how, set_by, set_at
FROM sts.race_clock WHERE competition_id = $1 ORDER BY name, id DESC

-- name: set
INSERT INTO sts.race_clock (competition_id, club_id, name, offset_us, error_us, how, set_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING name, offset_us, error_us, how, set_by, set_at
