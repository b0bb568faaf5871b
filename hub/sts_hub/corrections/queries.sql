-- name: epoch_for_update
SELECT gateway, delta_us, corrections, pin_offset_us FROM sts.epoch WHERE epoch = $1 FOR UPDATE

-- name: begin
INSERT INTO sts.correction (epoch, number, delta_us, reason) VALUES ($1, $2, $3, $4)

-- name: correct_epoch
UPDATE sts.epoch SET delta_us = delta_us + $2, corrections = corrections + 1 WHERE epoch = $1

-- name: retire_series
UPDATE sts.series SET retired = $2 WHERE epoch = $1 AND retired = 0

-- name: move_spans
UPDATE sts.received_span SET first_t = first_t + $2, last_t = last_t + $2 WHERE epoch = $1

-- name: move_drops
UPDATE sts.drop SET first_t = first_t + $2, last_t = last_t + $2 WHERE epoch = $1

-- name: move_logs
UPDATE sts.gateway_log SET t = t + $2 WHERE epoch = $1

-- name: unfinished
SELECT epoch FROM sts.correction WHERE done_at IS NULL ORDER BY started_at

-- name: next_step
-- The correction with the time up to which it has moved samples; locked, so that two who resume it take turns.
SELECT number, delta_us, cursor FROM sts.correction WHERE epoch = $1 AND done_at IS NULL FOR UPDATE

-- name: retired_series
SELECT coalesce(array_agg(id), '{}') FROM sts.series WHERE epoch = $1 AND retired > 0

-- name: first_behind
SELECT min(t) FROM sts.sample WHERE series = ANY ($1) AND ($2::timestamptz IS NULL OR t >= $2)

-- name: last_before
SELECT max(t) FROM sts.sample WHERE series = ANY ($1) AND ($2::timestamptz IS NULL OR t < $2)

-- name: open_day
SELECT sts.open_day($1::date)

-- name: move
-- Out of one place in time and into another: the rows may change their day's table.
WITH taken AS (
    DELETE FROM sts.sample WHERE series = ANY ($1) AND t >= $2 AND t < $3 RETURNING t, series, quality, value
)
INSERT INTO sts.sample (t, series, quality, value) SELECT t + $4, series, quality, value FROM taken

-- name: touch
INSERT INTO sts.touched (epoch, first_t, last_t) VALUES ($1, $2, $3)

-- name: moved_up_to
UPDATE sts.correction SET cursor = $2 WHERE epoch = $1 AND done_at IS NULL

-- name: done
UPDATE sts.correction SET done_at = now() WHERE epoch = $1 AND done_at IS NULL

-- name: listed
SELECT c.epoch, e.gateway, c.number, c.delta_us, c.reason, c.started_at, c.done_at
FROM sts.correction c JOIN sts.epoch e USING (epoch) ORDER BY c.started_at

-- name: first_waiting
-- The first record of an epoch that waits for its place in time.
SELECT raw FROM sts.parked WHERE epoch = $1 AND reason = 'unpinned' ORDER BY seq LIMIT 1

-- name: place
UPDATE sts.epoch SET pin_offset_us = $2, pin_error_us = $3, pin_source = 0 WHERE epoch = $1 AND pin_offset_us IS NULL
RETURNING gateway

-- name: note_place
INSERT INTO sts.correction (epoch, number, delta_us, reason, done_at) VALUES ($1, 0, 0, $2, now())

-- name: unplaced
SELECT epoch, running, starts_after, ends_before, records, waits_since, first_raw FROM sts.unplaced($1)
WHERE $2::uuid IS NULL OR epoch > $2
ORDER BY epoch LIMIT $3

-- name: waiting
SELECT epoch, running, starts_after, ends_before, records, waits_since, first_raw FROM sts.unplaced($1)
WHERE epoch = $2

-- name: place_epoch
SELECT sts.place_epoch($1, $2, $3, $4, $5)
