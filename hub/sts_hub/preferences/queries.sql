-- name: of
SELECT language, theme, units, temperature, week_start, first_steps_done FROM sts.preference WHERE account_id = $1

-- name: keep
INSERT INTO sts.preference (account_id, language, theme, units, temperature, week_start, first_steps_done)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (account_id) DO UPDATE SET
    language = excluded.language, theme = excluded.theme, units = excluded.units, temperature = excluded.temperature,
    week_start = excluded.week_start, first_steps_done = excluded.first_steps_done
