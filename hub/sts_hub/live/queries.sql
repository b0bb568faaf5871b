-- name: roster
-- Who may be seen on the wall, and what they wear now.
SELECT athlete, club_id, team_id, account_id, number, name, hr_max, sensor, label, kind,
       sts.us(since) AS since_us, sts.us(until) AS until_us, consents, NULL::int2[] AS metrics
FROM sts.live_roster()
WHERE $1::uuid IS NULL OR team_id = $1

-- name: given
-- Whom a grant lets the caller see now, and what they wear.
SELECT athlete, club_id, NULL::uuid AS team_id, account_id, NULL::int AS number, name, NULL::int AS hr_max, sensor, label, kind,
       sts.us(since) AS since_us, sts.us(until) AS until_us, consents, metrics
FROM sts.live_given()

-- name: past
SELECT gateway, sensor, t_us, value, quality FROM sts.live_past($1, $2, $3)
