-- name: wearers
SELECT sensor_id, athlete_id, number, name, since, club_id, team_id, account_id
FROM sts.wearers_now()

-- name: heard
SELECT gateway, metric, heard, good, last_at, value FROM sts.sensor_heard($1, $2, $3)

-- name: replace
SELECT sts.replace_sensor($1, $2, $3)
