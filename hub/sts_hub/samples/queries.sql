-- name: worn
-- When these athletes wore which sensor with consent to monitoring; nothing where the caller may not read
-- the metric.
SELECT asked.athlete, since, until FROM unnest($1::uuid[]) AS asked (athlete), sts.worn(asked.athlete, $2, $3, $4)

-- name: series
-- These athletes' values of one metric as they are, a row per wearing and series.
SELECT asked.athlete, sensor, gateway, t_us, value, quality
FROM unnest($1::uuid[]) AS asked (athlete), sts.read_series(asked.athlete, $2, $3, $4)

-- name: recorded
-- Activities of these athletes with consent, of one workout told twice the one that counts.
SELECT asked.athlete, activity, since, until
FROM unnest($1::uuid[]) AS asked (athlete), sts.recorded(asked.athlete, $2, $3, $4)

-- name: recording
SELECT t_us, value, quality FROM sts.read_activity($1, $2, $3, $4)

-- name: level
-- Straps and activities by a level of time.
SELECT gateway, activity, t_us, ok, worst, total, low, high FROM sts.read_level($1, $2, $3, $4, $5)

-- name: metrics_told
SELECT metric FROM sts.metrics_told($1, $2, $3) AS metric ORDER BY metric
