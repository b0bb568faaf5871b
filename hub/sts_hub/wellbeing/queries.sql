-- name: consents
SELECT EXISTS (SELECT FROM sts.consent WHERE athlete_id = $1 AND purpose = 'monitoring' AND during @> $2::timestamptz)

-- name: session_ratings
SELECT athlete_id, rating FROM sts.session_rating WHERE session_id = $1

-- name: ratings
SELECT session_id, athlete_id, rating, rated_at FROM sts.session_rating
WHERE athlete_id = $1 AND ($2::timestamptz IS NULL OR (rated_at, session_id) < ($2, $3::uuid))
ORDER BY rated_at DESC, session_id DESC LIMIT $4

-- name: rate
INSERT INTO sts.session_rating (session_id, athlete_id, rating, rated_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (session_id, athlete_id) DO UPDATE SET rating = $3, rated_at = now(), rated_by = $4
RETURNING session_id, athlete_id, rating, rated_at

-- name: wellness
SELECT id, athlete_id, day, sleep_h, sleep, fatigue, soreness, stress, mood, notes, said_at
FROM sts.wellness WHERE athlete_id = $1 AND ($2::date IS NULL OR day < $2) ORDER BY day DESC LIMIT $3

-- name: say
INSERT INTO sts.wellness (athlete_id, day, sleep_h, sleep, fatigue, soreness, stress, mood, notes, said_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (athlete_id, day) DO UPDATE SET
    sleep_h = $3, sleep = $4, fatigue = $5, soreness = $6, stress = $7, mood = $8, notes = $9, said_at = now(), said_by = $10
RETURNING id, athlete_id, day, sleep_h, sleep, fatigue, soreness, stress, mood, notes, said_at

-- name: absences
-- Newest first, as far as row-level security shows them; of one athlete or team, or those that hold on a day, when named.
SELECT b.id, b.athlete_id, b.first_day, b.last_day, b.reason, b.training, b.place, b.notes,
       a.club_id, a.team_id, a.account_id
FROM sts.absence b JOIN sts.athlete a ON a.id = b.athlete_id
WHERE ($1::uuid IS NULL OR b.athlete_id = $1) AND ($2::uuid IS NULL OR a.team_id = $2)
  AND ($3::date IS NULL OR (b.first_day <= $3 AND coalesce(b.last_day >= $3, true)))
  AND ($4::date IS NULL OR (b.first_day, b.id) < ($4, $5::uuid))
ORDER BY b.first_day DESC, b.id DESC LIMIT $6

-- name: absence_by_id
SELECT b.id, b.athlete_id, b.first_day, b.last_day, b.reason, b.training, b.place, b.notes,
       a.club_id, a.team_id, a.account_id
FROM sts.absence b JOIN sts.athlete a ON a.id = b.athlete_id
WHERE b.id = $1 AND b.athlete_id = $2

-- name: add_absence
INSERT INTO sts.absence (athlete_id, first_day, last_day, reason, training, place, notes, said_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id

-- name: change_absence
UPDATE sts.absence SET first_day = $2, last_day = $3, reason = $4, training = $5, place = $6, notes = $7
WHERE id = $1 RETURNING id

-- name: remove_absence
DELETE FROM sts.absence WHERE id = $1
