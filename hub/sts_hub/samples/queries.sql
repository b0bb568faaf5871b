-- name: worn
-- When the athlete wore which sensor with consent to monitoring; nothing for an athlete that the caller does not see.
SELECT sensor, since, until FROM sts.worn($1, $2, $3)

-- name: buckets
-- The athlete's values of one metric in buckets of time, one row per reception, bucket and quality.
SELECT series, bucket_us, quality, first_us, last_us, low, high, total, n, covered_us
FROM sts.read_buckets($1, $2, $3, $4, $5, $6, $7)
