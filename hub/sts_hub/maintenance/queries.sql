-- name: one_at_a_time
-- Two keepers would do the same work twice; the second one waits for its next turn.
SELECT pg_try_advisory_lock(hashtext('sts-hub maintain'))

-- name: open_day
SELECT sts.open_day((now() AT TIME ZONE 'UTC')::date + $1::int)

-- name: touched
-- The oldest windows in which samples were added since the roll-ups were last filled.
SELECT id, epoch, first_t, last_t FROM sts.touched ORDER BY id LIMIT $1

-- name: untouch
DELETE FROM sts.touched WHERE id = ANY ($1)

-- name: series_of
SELECT id FROM sts.series WHERE epoch = $1

-- name: kept_by_timescaledb
-- Whether the levels are continuous aggregates.
SELECT relkind = 'v' FROM pg_class WHERE oid = 'sts.sample_1s'::regclass

-- name: refresh
-- By force: what was touched is told by sts.touched, which also knows what an aggregate's own notes do not (a day to be
-- filled anew).
CALL refresh_continuous_aggregate($1::text::regclass, $2::timestamptz, $3::timestamptz, force => true)

-- name: clear_1s
DELETE FROM sts.sample_1s WHERE series = ANY ($1) AND t >= $2 AND t < $3

-- name: fill_1s
-- Fit to be summed are the qualities ok (0), clock unsynced (5) and estimated (6).
INSERT INTO sts.sample_1s (t, series, n, ok, worst, total, low, high)
SELECT date_trunc('second', t), series, count(*), count(*) FILTER (WHERE quality IN (0, 5, 6)), max(quality),
       sum(value) FILTER (WHERE quality IN (0, 5, 6)),
       min(value) FILTER (WHERE quality IN (0, 5, 6)),
       max(value) FILTER (WHERE quality IN (0, 5, 6))
FROM sts.sample WHERE series = ANY ($1) AND t >= $2 AND t < $3
GROUP BY 1, 2

-- name: clear_1m
DELETE FROM sts.sample_1m WHERE series = ANY ($1) AND t >= $2 AND t < $3

-- name: fill_1m
INSERT INTO sts.sample_1m (t, series, n, ok, worst, total, low, high)
SELECT date_trunc('minute', t), series, sum(n), sum(ok), max(worst), sum(total), min(low), max(high)
FROM sts.sample_1s WHERE series = ANY ($1) AND t >= $2 AND t < $3
GROUP BY 1, 2

-- name: clear_1h
DELETE FROM sts.sample_1h WHERE series = ANY ($1) AND t >= $2 AND t < $3

-- name: fill_1h
INSERT INTO sts.sample_1h (t, series, n, ok, worst, total, low, high)
SELECT date_trunc('hour', t), series, sum(n), sum(ok), max(worst), sum(total), min(low), max(high)
FROM sts.sample_1m WHERE series = ANY ($1) AND t >= $2 AND t < $3
GROUP BY 1, 2

-- name: days_before
-- Partitions whose whole day lies before a time; none where days are a hypertable's chunks.
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'sts.sample'::regclass AND c.relname ~ '^sample_\d{8}$'
  AND to_date(right(c.relname, 8), 'YYYYMMDD') < ($1::timestamptz AT TIME ZONE 'UTC')::date
ORDER BY 1

-- name: is_hypertable
SELECT relkind <> 'p' FROM pg_class WHERE oid = 'sts.sample'::regclass

-- name: drop_chunks
SELECT drop_chunks('sts.sample', $1::timestamptz)

-- name: drop_chunks_1s
SELECT drop_chunks('sts.sample_1s', $1::timestamptz)

-- name: expired_before
SELECT expired_before FROM sts.retention

-- name: rows_before
-- Days that still lie in rows, or have got rows again, whole before a time.
SELECT c::text AS day FROM show_chunks('sts.sample', older_than => $1::timestamptz) c

-- name: to_columns
SELECT compress_chunk($1::text::regclass, if_not_compressed => true)

-- name: expire_1s
DELETE FROM sts.sample_1s WHERE t < $1

-- name: expired
UPDATE sts.retention SET expired_before = greatest(expired_before, $1)

-- name: swept_before
SELECT unworn_before FROM sts.retention

-- name: unworn_before
SELECT unworn_before FROM sts.retention FOR UPDATE

-- name: forget_unworn
-- Values of straps that nobody wore when they were measured, between two times. A sensor that the hub does not know by
-- its address was worn by nobody either. What a file told of an athlete is that athlete's.
DELETE FROM sts.sample v
USING sts.series s JOIN sts.epoch e USING (epoch)
WHERE v.series = s.id AND v.t >= $1 AND v.t < $2
  AND NOT EXISTS (SELECT FROM sts.activity a WHERE a.id = s.epoch)
  AND NOT EXISTS (
      SELECT FROM sts.local_name l
      JOIN sts.gateway g ON g.name = l.gateway
      JOIN sts.sensor n ON n.club_id = g.club_id AND n.address = l.address
      JOIN sts.assignment a ON a.sensor_id = n.id
      WHERE l.gateway = e.gateway AND l.name = s.name AND a.during @> v.t)
RETURNING s.epoch

-- name: unworn_forgotten
UPDATE sts.retention SET unworn_before = $1

-- name: touch
INSERT INTO sts.touched (epoch, first_t, last_t) VALUES ($1, $2, $3)

-- name: wrong_rollups
-- Seconds of a day that are not what the samples say, windows still waiting aside.
WITH raw AS (
    SELECT date_trunc('second', t) AS t, series, count(*) AS n, max(quality) AS worst,
           min(value) FILTER (WHERE quality IN (0, 5, 6)) AS low, max(value) FILTER (WHERE quality IN (0, 5, 6)) AS high
    FROM sts.sample WHERE t >= $1 AND t < $2 GROUP BY 1, 2
)
SELECT count(*) FROM raw r
FULL JOIN (SELECT * FROM sts.sample_1s WHERE t >= $1 AND t < $2) u USING (series, t)
WHERE (r.n, r.worst, r.low, r.high) IS DISTINCT FROM (u.n, u.worst, u.low, u.high)
  AND NOT EXISTS (
      SELECT FROM sts.touched w JOIN sts.series s ON s.epoch = w.epoch
      WHERE s.id = series AND t >= date_trunc('second', w.first_t) AND t <= w.last_t)

-- name: days_with_samples
SELECT DISTINCT date_trunc('day', t) AS day FROM sts.sample_1h
UNION SELECT DISTINCT date_trunc('day', first_t) FROM sts.received_span WHERE last_t >= (SELECT expired_before FROM sts.retention)
ORDER BY 1

-- name: wrong_ledgers
-- Epochs whose parts contradict each other.
SELECT e.epoch, e.gateway,
       e.received && e.parked AS both,
       e.received <> coalesce((SELECT range_agg(s.span) FROM sts.received_span s WHERE s.epoch = e.epoch), '{}') AS spans,
       e.parked <> coalesce((SELECT range_agg(int8range(p.seq, p.seq, '[]')) FROM sts.parked p WHERE p.epoch = e.epoch), '{}')
           AS parked
FROM sts.epoch e
WHERE e.received && e.parked
   OR e.received <> coalesce((SELECT range_agg(s.span) FROM sts.received_span s WHERE s.epoch = e.epoch), '{}')
   OR e.parked <> coalesce((SELECT range_agg(int8range(p.seq, p.seq, '[]')) FROM sts.parked p WHERE p.epoch = e.epoch), '{}')

-- name: outstanding
-- Records that are still expected: on a gateway's disk by its own word, not here, not parked, not declared.
SELECT gateway, sum(upper(part) - lower(part)) AS records
FROM sts.epoch, LATERAL unnest(
    int8multirange(int8range(0, head, '[]')) - received - parked - declared) AS part
WHERE head >= 0
GROUP BY gateway ORDER BY gateway

-- name: forget_outgoing
DELETE FROM sts.outgoing WHERE ended_at < now() - $1::interval RETURNING 1

-- name: forget_names
-- People of other clubs in result lists keep rank, time and club; their names go, and lines that were refused may hold some.
WITH gone AS (
    UPDATE sts.competitor SET name = NULL, licence = NULL, birth = NULL, candidates = '{}',
        matched = CASE matched WHEN 'ambiguous' THEN 'none' ELSE matched END
    WHERE kind = 'person' AND athlete_id IS NULL AND name IS NOT NULL AND told_at < $1
    RETURNING 1
), lines AS (
    UPDATE sts.result_file SET refused = (SELECT coalesce(jsonb_agg(one - 'text'), '[]') FROM jsonb_array_elements(refused) one)
    WHERE told_at < $1 AND jsonb_path_exists(refused, '$[*].text')
)
SELECT count(*) FROM gone

-- name: touch_day
INSERT INTO sts.touched (epoch, first_t, last_t) SELECT epoch, $1, $2 FROM sts.epoch

-- name: forget_answers
-- Of accounts that ask no more; those that do forget their own.
DELETE FROM sts.kept_answer WHERE made_at < now() - make_interval(hours => $1) RETURNING key
