-- name: keep_state
-- The beat of an earlier start of the agent, or an earlier beat of this one, changes nothing; what a copy said gives way.
INSERT INTO sts.gateway_state AS s (gateway, epoch, number, beat, beat_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (gateway) DO UPDATE SET epoch = excluded.epoch, number = excluded.number, beat = excluded.beat,
    beat_at = excluded.beat_at
WHERE (SELECT copy_since FROM sts.epoch WHERE epoch = s.epoch) IS NOT NULL
   OR CASE WHEN s.epoch = excluded.epoch THEN s.number < excluded.number
      ELSE (SELECT spoke_first_at FROM sts.epoch WHERE epoch = s.epoch)
        <= (SELECT spoke_first_at FROM sts.epoch WHERE epoch = excluded.epoch) END
RETURNING true

-- name: keep_names
-- The first word on which device a name means stays; one that contradicts it is kept beside it, and returned.
INSERT INTO sts.local_name AS n (gateway, name, address, kind)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) AS told (name, address, kind) ORDER BY name
ON CONFLICT (gateway, name) DO UPDATE SET other_address = excluded.address, other_told_at = now()
WHERE n.address <> excluded.address
RETURNING name, address, other_address

-- name: names_unknown
-- Names of this beat that are new, or told with another address: mostly none, and then nothing is written.
SELECT told.name
FROM unnest($2::text[], $3::text[]) AS told (name, address)
LEFT JOIN sts.local_name n ON n.gateway = $1 AND n.name = told.name
WHERE n.name IS NULL OR n.address <> told.address

-- name: keep_epochs
-- Heads only rise, an ended epoch never reopens, a pin once told stays. In order of epoch, as all who lock several.
INSERT INTO sts.epoch AS e (epoch, gateway, boot_id, running, first, head, confirmed, pin_offset_us, pin_error_us,
    pin_source, starts_after, ends_before, first_beat_at, last_beat_at)
SELECT epoch, $1, boot_id, running, first, head, confirmed::int8multirange, pin_offset_us, pin_error_us,
    pin_source, starts_after, ends_before, $2, $2
FROM unnest($3::uuid[], $4::text[], $5::boolean[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[], $10::bigint[],
    $11::int2[], $12::timestamptz[], $13::timestamptz[])
    AS told (epoch, boot_id, running, first, head, confirmed, pin_offset_us, pin_error_us, pin_source,
        starts_after, ends_before)
ORDER BY epoch
ON CONFLICT (epoch) DO UPDATE SET
    boot_id = coalesce(e.boot_id, excluded.boot_id),
    running = coalesce(e.running, true) AND excluded.running,
    first = greatest(e.first, excluded.first),
    head = greatest(e.head, excluded.head),
    confirmed = excluded.confirmed,
    pin_offset_us = coalesce(e.pin_offset_us, excluded.pin_offset_us),
    pin_error_us = CASE WHEN e.pin_offset_us IS NULL THEN excluded.pin_error_us ELSE e.pin_error_us END,
    pin_source = CASE WHEN e.pin_offset_us IS NULL THEN excluded.pin_source ELSE e.pin_source END,
    starts_after = coalesce(excluded.starts_after, e.starts_after),
    ends_before = coalesce(excluded.ends_before, e.ends_before),
    first_beat_at = coalesce(e.first_beat_at, excluded.first_beat_at),
    last_beat_at = greatest(e.last_beat_at, excluded.last_beat_at)
WHERE e.gateway = excluded.gateway

-- name: spoke
-- The epoch that speaks, as distinct from those it tells of.
UPDATE sts.epoch SET spoke_first_at = coalesce(spoke_first_at, $3), spoke_last_at = greatest(spoke_last_at, $3)
WHERE epoch = $1 AND gateway = $2

-- name: close_epochs
-- Ended, and every record up to the head is here, parked here, or declared lost.
UPDATE sts.epoch SET closed = true
WHERE epoch = ANY ($1) AND gateway = $2 AND running IS FALSE AND NOT closed
  AND int8multirange(int8range(0, head + 1)) <@ (received + parked + declared)

-- name: standing
-- What the hub has of each epoch, and what of the told confirmed records it has not.
SELECT e.epoch, e.closed, e.received, e.pin_offset_us IS NOT NULL AS pinned, e.backlog_head,
       told.confirmed::int8multirange - (e.received + e.parked + e.declared) AS missing
FROM sts.epoch e JOIN unnest($1::uuid[], $2::text[]) AS told (epoch, confirmed) USING (epoch)
WHERE e.gateway = $3

-- name: later_backlog
-- Which of these epochs have a later one of the same gateway whose backlog has been stored.
SELECT e.epoch FROM sts.epoch e
WHERE e.epoch = ANY ($1) AND EXISTS (
    SELECT FROM sts.epoch o WHERE o.gateway = e.gateway AND o.added_at > e.added_at AND o.backlog_head >= 0)

-- name: wants
SELECT epoch, span, extract(epoch FROM noticed_at)::float8 AS noticed_at, extract(epoch FROM asked_at)::float8 AS asked_at
FROM sts.want WHERE epoch = ANY ($1)

-- name: drop_wants
DELETE FROM sts.want WHERE epoch = ANY ($1)

-- name: add_want
INSERT INTO sts.want (epoch, span, noticed_at, asked_at) VALUES ($1, $2, to_timestamp($3), to_timestamp($4))

-- name: copied
-- Another start of this gateway speaks at the same time: their beats overlap by more than one can lag behind.
SELECT o.epoch FROM sts.epoch s JOIN sts.epoch o ON o.gateway = s.gateway AND o.epoch <> s.epoch
WHERE s.epoch = $1 AND s.gateway = $2
  AND least(s.spoke_last_at, o.spoke_last_at) - greatest(s.spoke_first_at, o.spoke_first_at) > interval '5 s'
  AND o.spoke_last_at > s.spoke_last_at - interval '60 s'

-- name: find_copy
-- Of two that speak at the same time the one that began later is the copy; one already known does not make another.
UPDATE sts.epoch c SET copy_since = $3 FROM sts.epoch o
WHERE c.gateway = $2 AND o.gateway = $2 AND $1 IN (c.epoch, o.epoch) AND c.copy_since IS NULL AND o.copy_since IS NULL
  AND (c.spoke_first_at, c.epoch) > (o.spoke_first_at, o.epoch)
  AND least(c.spoke_last_at, o.spoke_last_at) - c.spoke_first_at > interval '5 s'
  AND o.spoke_last_at > c.spoke_last_at - interval '60 s' AND c.spoke_last_at > o.spoke_last_at - interval '60 s'

-- name: is_copy
-- A start is a copy's that was found to be one, or that holds what such a start has stored: then it is one itself.
UPDATE sts.epoch SET copy_since = coalesce(copy_since, $4)
WHERE epoch = $1 AND gateway = $3
  AND EXISTS (SELECT FROM sts.epoch WHERE epoch = ANY ($2) AND gateway = $3 AND copy_since IS NOT NULL)
RETURNING true

-- name: keep_copied
UPDATE sts.gateway_state SET copied_at = $2 WHERE gateway = $1

-- name: settings_refused
-- Why a change is not in force; told with every beat, kept once.
UPDATE sts.settings_version SET state = 'refused', faults = $3, state_at = now()
WHERE gateway = $1 AND id = $2 AND asked_by IS NOT NULL AND state IN ('waiting', 'in_force')
RETURNING id

-- name: settings_of_version
-- What the hub knows of a version: its own change by its number, one made on the gateway by its hash.
SELECT id, state, hash, tables FROM sts.settings_version
WHERE gateway = $1 AND (id = $2 OR version = $3 AND hash = $4)
ORDER BY id = $2 DESC NULLS LAST, made_at DESC LIMIT 1

-- name: settings_waiting
SELECT id, version, based_on, tables FROM sts.settings_version WHERE gateway = $1 AND state = 'waiting'

-- name: settings_overtaken
UPDATE sts.settings_version SET state = 'overtaken', state_at = now() WHERE id = $1

-- name: settings_tables
UPDATE sts.settings_version SET tables = $2 WHERE id = $1

-- name: settings_past
UPDATE sts.settings_version SET state = 'past', state_at = now() WHERE gateway = $1 AND state = 'in_force'

-- name: settings_made
INSERT INTO sts.settings_version (gateway, version, state, tables, hash) VALUES ($1, $2, 'in_force', $3, $4)

-- name: settings_in_force
UPDATE sts.settings_version SET state = 'in_force', hash = $2, tables = coalesce($3, tables), faults = '{}', state_at = now()
WHERE id = $1

-- name: roster
-- Who wears the sensors of a gateway now and consents to be measured.
SELECT told.name AS sensor, a.number, a.name, round(sts.parameter_at(a.id, 'hr_max', $4))::int AS hr_max
FROM unnest($2::text[], $3::text[]) AS told (name, address)
JOIN sts.gateway g ON g.name = $1
JOIN sts.sensor s ON s.club_id = g.club_id AND s.address = told.address AND s.retired_at IS NULL
JOIN sts.assignment w ON w.sensor_id = s.id AND w.during @> $4::timestamptz
JOIN sts.athlete a ON a.id = w.athlete_id
WHERE EXISTS (SELECT FROM sts.consent c WHERE c.athlete_id = a.id AND c.purpose = 'monitoring' AND c.during @> $4::timestamptz)
ORDER BY told.name

-- name: orders_told
-- The first word on what became of an order stays.
UPDATE sts.gateway_order o SET state = told.state, words = told.words, told_at = $5
FROM unnest($2::bigint[], $3::text[], $4::text[]) AS told (id, state, words)
WHERE o.gateway = $1 AND o.id = told.id AND o.state = 'waiting'
RETURNING o.id, o.act, o.state, o.words

-- name: orders_waiting
SELECT id, act, expires_at FROM sts.gateway_order
WHERE gateway = $1 AND state = 'waiting' AND expires_at > $2 ORDER BY asked_at LIMIT 20

-- name: wanted_version
SELECT v.version, v.percent FROM sts.wanted_version v JOIN sts.gateway g ON g.club_id = v.club_id WHERE g.name = $1
