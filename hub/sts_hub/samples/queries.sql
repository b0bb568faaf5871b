-- name: worn
-- When the athlete wore which sensor with consent to monitoring; nothing for an athlete that the caller does not see.
SELECT sensor, since, until FROM sts.worn($1, $2, $3)

-- name: series
-- The athlete's values of one metric as they are, a row per wearing and series.
SELECT sensor, gateway, t_us, value, quality FROM sts.read_series($1, $2, $3, $4)

-- name: recorded
-- Activities of the athlete with consent, of one workout told twice the one that counts.
SELECT activity, since, until FROM sts.recorded($1, $2, $3)

-- name: recording
SELECT t_us, value, quality FROM sts.read_activity($1, $2, $3, $4)

-- name: level
-- Straps and activities by a level of time.
SELECT gateway, activity, t_us, ok, worst, total, low, high FROM sts.read_level($1, $2, $3, $4, $5)

-- name: metrics_told
SELECT metric FROM sts.metrics_told($1, $2, $3) AS metric ORDER BY metric
