-- name: wearers
-- Every sensor that a gateway has named and the club has registered: when it may be shown (worn by somebody who
-- consents; only around now, that is all the live picture needs) and when nothing of it may be stored (worn by
-- somebody who did not consent at that time, or erased).
WITH allowed AS (
    SELECT athlete_id, range_agg(during) AS during
    FROM sts.consent WHERE purpose = 'monitoring' GROUP BY athlete_id
), worn AS (
    SELECT a.sensor_id,
           range_agg(tstzmultirange(a.during) * c.during) FILTER (
               WHERE a.during && tstzrange(now() - interval '1 hour', now() + interval '1 hour')) AS shown,
           range_agg(tstzmultirange(a.during) - coalesce(c.during, '{}')) AS withheld
    FROM sts.assignment a LEFT JOIN allowed c USING (athlete_id)
    GROUP BY a.sensor_id
), gone AS (
    SELECT sensor_id, range_agg(during) AS during FROM sts.erased GROUP BY sensor_id
)
SELECT l.gateway, l.name, s.id AS sensor_id,
       coalesce(w.shown, '{}') AS shown, coalesce(w.withheld, '{}') + coalesce(e.during, '{}') AS withheld
FROM sts.local_name l
JOIN sts.gateway g ON g.name = l.gateway
JOIN sts.sensor s ON s.club_id = g.club_id AND s.address = l.address
LEFT JOIN worn w ON w.sensor_id = s.id
LEFT JOIN gone e ON e.sensor_id = s.id

-- name: clocks
-- Epochs whose live records need more than the clock that they carry, and those of copied cards.
SELECT epoch, pin_offset_us, delta_us, copy_since IS NOT NULL AS is_copy FROM sts.epoch
WHERE delta_us <> 0 OR copy_since IS NOT NULL OR (pin_offset_us IS NOT NULL AND NOT closed)

-- name: add_epochs
INSERT INTO sts.epoch (epoch, gateway)
SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING

-- name: epochs
SELECT epoch, gateway, pin_offset_us, delta_us, corrections, '{}'::int8multirange AS known
FROM sts.epoch WHERE epoch = ANY ($1)

-- name: epochs_with_known
-- What the ledger already has of the records in hand: $2 holds their numbers, epoch by epoch, each a multirange's text.
-- $3: the records come from parked, so being parked is not being known.
SELECT e.epoch, e.gateway, e.pin_offset_us, e.delta_us, e.corrections,
       (CASE WHEN $3 THEN e.received ELSE e.received + e.parked END) * m.numbers::int8multirange AS known
FROM sts.epoch e JOIN unnest($1::uuid[], $2::text[]) AS m (epoch, numbers) USING (epoch)

-- name: series
SELECT s.epoch, s.name, s.metric, s.id
FROM sts.series s JOIN unnest($1::uuid[], $2::text[], $3::int2[]) AS k (epoch, name, metric) USING (epoch, name, metric)
WHERE s.retired = 0

-- name: add_series
-- In a transaction of its own: a number that rolled back with the samples must never have been seen by anyone.
INSERT INTO sts.series (epoch, name, metric)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::int2[]) ON CONFLICT DO NOTHING

-- name: open_days
SELECT sts.open_day(day) FROM unnest($1::date[]) AS day

-- name: enter
SELECT sts.enter($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: declare
UPDATE sts.epoch SET declared = declared + $2 WHERE epoch = $1

-- name: add_drop
INSERT INTO sts.drop (epoch, span, reason, first_t, last_t, first_us, last_us)
SELECT $1, span, $3, $4, $5, $6, $7 FROM unnest($2::int8range[]) AS span

-- name: pin
-- The first word stays: rows of unknown clock are stored once, at one time.
UPDATE sts.epoch SET pin_offset_us = $2, pin_error_us = $3, pin_source = $4
WHERE epoch = $1 AND pin_offset_us IS NULL

-- name: add_anchor
INSERT INTO sts.anchor (epoch, boot_us, offset_us, error_us, source) VALUES ($1, $2, $3, $4, $5)

-- name: add_log
INSERT INTO sts.gateway_log (gateway, epoch, t, level, event, fields) VALUES ($1, $2, $3, $4, $5, $6)

-- name: add_impulse
INSERT INTO sts.impulse (epoch, seq, place, gateway, timer, t, clock_error_us, ticks, channel, bib, marks, line, moment,
                         moment_error_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: park
INSERT INTO sts.parked (gateway, epoch, seq, reason, detail, raw) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING

-- name: release
-- Takes a parked record back, with the right to enter it; no row: somebody else has it.
DELETE FROM sts.parked WHERE id = $1 RETURNING id

-- name: unpark
UPDATE sts.epoch SET parked = parked - $2::int8multirange WHERE epoch = $1

-- name: probe
-- 64 KB that are not compressed: on a full disk this fails as a batch of samples would.
INSERT INTO sts.probe (worker, at, filler) VALUES ($1, now(), $2)
ON CONFLICT (worker) DO UPDATE SET at = excluded.at, filler = excluded.filler


-- name: hold_document
-- The document's row, made or told once more, and locked: whoever brings parts of it waits here for the others to commit.
INSERT INTO sts.document (gateway, source, sha256, size, name, form, first_told, last_told, held)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (gateway, source, sha256, size) DO UPDATE SET
    first_told = least(sts.document.first_told, excluded.first_told),
    last_told = greatest(sts.document.last_told, excluded.last_told),
    held = CASE WHEN sts.document.whole_at IS NULL THEN sts.document.held + excluded.held ELSE sts.document.held END
RETURNING id, held, whole_at

-- name: add_part
INSERT INTO sts.document_part (document_id, epoch, seq, start, length, raw) VALUES ($1, $2, $3, $4, $5, $6)

-- name: parts_from
SELECT raw FROM sts.document_part WHERE document_id = $1 AND start + length > $2
ORDER BY start, epoch, seq LIMIT $3

-- name: whole_document
UPDATE sts.document SET whole_at = now() WHERE id = $1

-- name: await_results
-- A result document is whole, or was told once more: its results are taken in after this.
INSERT INTO sts.document_result (document_id, told)
SELECT id, last_told FROM sts.document WHERE id = $1 AND form = 'result'
ON CONFLICT (document_id) DO UPDATE SET told = excluded.told, taken_at = NULL, fault = NULL
WHERE excluded.told > sts.document_result.told

-- name: next_result
-- The whole document that was told first and is not taken in; one that another worker has in hand is passed over.
SELECT d.id, d.gateway, d.source, d.name, d.sha256, r.told, g.club_id
FROM sts.document_result r JOIN sts.document d ON d.id = r.document_id JOIN sts.gateway g ON g.name = d.gateway
WHERE r.taken_at IS NULL
ORDER BY r.told, r.document_id
LIMIT 1
FOR UPDATE OF r SKIP LOCKED

-- name: result_taken
UPDATE sts.document_result SET taken_at = now(), fault = $2 WHERE document_id = $1

-- name: in_the_name_of
-- Takes results in as a technician of this club does, until the transaction ends.
SELECT set_config('sts.club_id', $1, true), set_config('sts.role', 'technician', true)

-- name: drop_doubles
-- Of parts that came twice the first in the order of reading stays.
DELETE FROM sts.document_part p USING sts.document_part o
WHERE p.document_id = $1 AND o.document_id = $1 AND o.start = p.start AND o.length = p.length
  AND (o.epoch, o.seq) < (p.epoch, p.seq)

-- name: park_document
SELECT sts.park_document($1, $2)
