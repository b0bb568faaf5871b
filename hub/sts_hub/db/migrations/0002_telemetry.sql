-- What gateways say: the ledger of their records, the samples, what could not be stored, and the state of the fleet.
--
-- Nothing here refers to sts.gateway: what a gateway has sent is kept even by a hub whose register was lost.
-- Record numbers are ranges; the ledger keeps them as int8multirange, one row per epoch.

-- The word of a gateway on which device it calls by which name. A name is minted once and never moved to another device;
-- a later word that contradicts the first is kept beside it as a fault, never over it.
CREATE TABLE sts.local_name (
    gateway         text NOT NULL,
    name            text NOT NULL,
    address         text NOT NULL,
    kind            text NOT NULL,
    first_told_at   timestamptz NOT NULL DEFAULT now(),
    other_address   text,
    other_told_at   timestamptz,
    PRIMARY KEY (gateway, name)
);
CREATE INDEX local_name_address_idx ON sts.local_name (address);

-- One start of an agent process, and the ledger of its records. Rows are never deleted.
-- received, parked and declared may overlap: received wins over declared.
CREATE TABLE sts.epoch (
    epoch          uuid PRIMARY KEY,
    gateway        text NOT NULL,
    boot_id        text,
    running        boolean,                              -- null: no beat has spoken of it yet
    first          bigint NOT NULL DEFAULT 0,            -- lowest record number that the gateway still holds
    head           bigint NOT NULL DEFAULT -1,           -- last record number on the gateway's disk; only rises
    closed         boolean NOT NULL DEFAULT false,       -- ended, and nothing of it is expected any more
    received       int8multirange NOT NULL DEFAULT '{}',
    parked         int8multirange NOT NULL DEFAULT '{}',
    declared       int8multirange NOT NULL DEFAULT '{}',
    confirmed      int8multirange NOT NULL DEFAULT '{}', -- as the gateway last told
    backlog_head   bigint NOT NULL DEFAULT -1,           -- highest record number stored from the backlog lane
    pin_offset_us  bigint,                               -- wall time minus boot time, for records of unknown clock
    pin_error_us   bigint,
    pin_source     int2,
    starts_after   timestamptz,                          -- bounds of an epoch without a pin
    ends_before    timestamptz,
    delta_us       bigint NOT NULL DEFAULT 0,            -- correction, added to every time of this epoch
    corrections    int NOT NULL DEFAULT 0,               -- how many it has had; what was planned before one is planned anew
    added_at       timestamptz NOT NULL DEFAULT now(),
    first_beat_at  timestamptz,                          -- beats that told of it
    last_beat_at   timestamptz,
    spoke_first_at timestamptz,                          -- beats that it sent itself
    spoke_last_at  timestamptz
) WITH (fillfactor = 70);
CREATE INDEX epoch_gateway_idx ON sts.epoch (gateway, added_at);
CREATE INDEX epoch_open_idx ON sts.epoch (epoch) WHERE NOT closed;

-- First and last time of each unbroken run of received records. `span` follows from the two numbers; only from_seq is
-- indexed, so that a run that grows at its end is updated in place.
CREATE TABLE sts.received_span (
    epoch    uuid NOT NULL REFERENCES sts.epoch,
    from_seq bigint NOT NULL,
    to_seq   bigint NOT NULL CHECK (to_seq >= from_seq),
    span     int8range GENERATED ALWAYS AS (int8range(from_seq, to_seq, '[]')) STORED,
    first_t  timestamptz,                                -- null where no record of the run had a clock
    last_t   timestamptz,
    PRIMARY KEY (epoch, from_seq)
) WITH (fillfactor = 70);

-- Why records will not come: told by the gateway in a drop record, or decided here (a parked record discarded).
CREATE TABLE sts.drop (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch       uuid NOT NULL REFERENCES sts.epoch,
    span        int8range NOT NULL CHECK (NOT isempty(span)),
    reason      text NOT NULL,
    first_t     timestamptz,
    last_t      timestamptz,
    declared_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX drop_epoch_idx ON sts.drop (epoch);

-- What the hub wants again: noticed missing at one beat, asked for at a later one, at most once in ten minutes.
CREATE TABLE sts.want (
    epoch      uuid NOT NULL REFERENCES sts.epoch,
    span       int8range NOT NULL CHECK (NOT isempty(span)),
    noticed_at timestamptz NOT NULL,
    asked_at   timestamptz,
    PRIMARY KEY (epoch, span)
);

-- One metric of one sensor in one epoch. A correction of the epoch's clock retires its series and moves their samples;
-- what comes later is stored at the right time from the beginning, in series of its own.
CREATE TABLE sts.series (
    id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch   uuid NOT NULL REFERENCES sts.epoch,
    name    text NOT NULL,
    metric  int2 NOT NULL,
    retired int NOT NULL DEFAULT 0,  -- 0: written to; else the epoch's correction that moves these samples
    UNIQUE (epoch, name, metric, retired)
);

-- The samples. Column order leaves no padding (24 bytes a row). Not unique: that nothing is stored twice is the ledger's
-- work, in the same transaction; a unique index would cost the writer twice as much.
-- quality: 0 ok, 1 no contact, 2 truncated, 3 implausible, 4 no fix, 5 clock unsynced, 6 estimated.
-- With TimescaleDB a hypertable of one day per chunk, else one partition per UTC day, made by sts.open_day before use.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        CREATE TABLE sts.sample (
            t       timestamptz NOT NULL,
            series  int4 NOT NULL,
            quality int2 NOT NULL,
            value   float8 NOT NULL
        );
        PERFORM create_hypertable('sts.sample', 't', chunk_time_interval => interval '1 day', create_default_indexes => false);
    ELSE
        CREATE TABLE sts.sample (
            t       timestamptz NOT NULL,
            series  int4 NOT NULL,
            quality int2 NOT NULL,
            value   float8 NOT NULL
        ) PARTITION BY RANGE (t);
    END IF;
END $$;
CREATE INDEX sample_series_t_idx ON sts.sample (series, t);

-- Makes the day's partition or chunk if it is not there, so that no transaction with samples in it has to: it would make
-- all others wait for its end. A partition is attached rather than created in place: that does not shut out those who read
-- and write the other days. A chunk comes with its first row, and stays when the row goes.
CREATE FUNCTION sts.open_day(p_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_name text := 'sample_' || to_char(p_day, 'YYYYMMDD');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sts.open_day'));
    IF EXISTS (SELECT FROM pg_class WHERE oid = 'sts.sample'::regclass AND relkind <> 'p') THEN
        INSERT INTO sts.sample (t, series, quality, value) VALUES (p_day::timestamptz, 0, 0, 0);
        DELETE FROM sts.sample WHERE series = 0 AND t = p_day::timestamptz;
    -- Not to_regclass: it would answer from a cache that has not heard of another's commit.
    ELSIF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'sts'::regnamespace AND relname = v_name) THEN
        EXECUTE format('CREATE TABLE sts.%I (LIKE sts.sample INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name);
        EXECUTE format('ALTER TABLE sts.sample ATTACH PARTITION sts.%I FOR VALUES FROM (%L) TO (%L)',
                       v_name, p_day::timestamptz, (p_day + 1)::timestamptz);
    END IF;
END $$;

-- Roll-ups of the samples, filled by `sts-hub maintain` from sts.touched. n counts all values of the bucket; ok, total, low
-- and high are over those fit to be summed (quality ok, clock unsynced, estimated); worst is the highest quality number seen.
CREATE TABLE sts.sample_1s (
    t      timestamptz NOT NULL,
    series int4 NOT NULL,
    n      int4 NOT NULL,
    ok     int4 NOT NULL,
    worst  int2 NOT NULL,
    total  float8,
    low    float8,
    high   float8,
    PRIMARY KEY (series, t)
);
CREATE TABLE sts.sample_1m (LIKE sts.sample_1s INCLUDING ALL);
CREATE TABLE sts.sample_1h (LIKE sts.sample_1s INCLUDING ALL);

-- Where samples were added since the roll-ups were last filled: one row per epoch and transaction, append-only, so that a
-- row written while an earlier one is being worked off is never mistaken for it.
CREATE TABLE sts.touched (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch   uuid NOT NULL,
    first_t timestamptz NOT NULL,
    last_t  timestamptz NOT NULL
);

-- What came and could not be stored, with its bytes, to be retried or discarded. Identity where it could be read: then one
-- row per record; else one row per different bytes, whatever number of times they come.
CREATE TABLE sts.parked (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway   text NOT NULL,
    epoch     uuid,
    seq       bigint,
    reason    text NOT NULL,
    detail    text NOT NULL DEFAULT '',
    raw       bytea NOT NULL,
    digest    bytea GENERATED ALWAYS AS (sha256(raw)) STORED,
    parked_at timestamptz NOT NULL DEFAULT now(),
    tried_at  timestamptz,
    CHECK ((epoch IS NULL) = (seq IS NULL)),
    UNIQUE (epoch, seq)
);
CREATE UNIQUE INDEX parked_bytes_key ON sts.parked (gateway, digest) WHERE epoch IS NULL;
CREATE INDEX parked_unpinned_idx ON sts.parked (epoch) WHERE reason = 'unpinned';

-- What gateways report in log records.
CREATE TABLE sts.gateway_log (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway text NOT NULL,
    epoch   uuid NOT NULL,
    t       timestamptz NOT NULL,
    level   text NOT NULL,
    event   text NOT NULL,
    fields  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX gateway_log_idx ON sts.gateway_log (gateway, t);

-- Ties of boot time to wall time that gateways told in anchor records.
CREATE TABLE sts.anchor (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch     uuid NOT NULL REFERENCES sts.epoch,
    boot_us   bigint NOT NULL,
    offset_us bigint NOT NULL,
    error_us  bigint NOT NULL,
    source    int2 NOT NULL
);
CREATE INDEX anchor_epoch_idx ON sts.anchor (epoch, boot_us);

-- The last beat of each gateway, as it came. number and epoch tell which of two beats is the newer.
CREATE TABLE sts.gateway_state (
    gateway   text PRIMARY KEY,
    epoch     uuid NOT NULL,
    number    bigint NOT NULL,
    beat      jsonb NOT NULL,
    beat_at   timestamptz NOT NULL,
    copied_at timestamptz                                 -- when two epochs of it were last seen running at once
);

-- A worker that lost the database stays away until a row here, big enough to need new pages, has been committed.
CREATE TABLE sts.probe (
    worker text PRIMARY KEY,
    at     timestamptz NOT NULL,
    filler bytea NOT NULL
);
ALTER TABLE sts.probe ALTER COLUMN filler SET STORAGE EXTERNAL;

-- Adds one unbroken run of records to an epoch's spans, joining it with the runs that it touches. The caller holds the
-- epoch's row.
CREATE FUNCTION sts.add_span(p_epoch uuid, p_from bigint, p_to bigint, p_first timestamptz, p_last timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_near  record;
BEGIN
    SELECT count(*) AS n, min(from_seq) AS from_seq, max(to_seq) AS to_seq, min(first_t) AS first_t, max(last_t) AS last_t
    INTO v_near FROM sts.received_span
    WHERE epoch = p_epoch AND to_seq >= p_from - 1 AND from_seq <= p_to + 1
      AND from_seq >= coalesce((SELECT max(s.from_seq) FROM sts.received_span s WHERE s.epoch = p_epoch AND s.from_seq <= p_from), p_from);
    IF v_near.n = 0 THEN
        INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) VALUES (p_epoch, p_from, p_to, p_first, p_last);
        RETURN;
    END IF;
    IF v_near.n > 1 THEN
        DELETE FROM sts.received_span WHERE epoch = p_epoch AND from_seq > v_near.from_seq AND from_seq <= v_near.to_seq;
    END IF;
    UPDATE sts.received_span
    SET from_seq = least(v_near.from_seq, p_from), to_seq = greatest(v_near.to_seq, p_to),
        first_t = least(v_near.first_t, p_first), last_t = greatest(v_near.last_t, p_last)
    WHERE epoch = p_epoch AND from_seq = v_near.from_seq;
END $$;

-- Enters records of one epoch into the ledger: true when none of them was known, false (and nothing changed) otherwise or
-- when the epoch's correction is no longer the one that the caller's times were made with. The row stays locked until the
-- caller commits, so callers take epochs in order. Unbroken runs come as four parallel arrays; p_touched_from and
-- p_touched_to bound the samples that come with them (null: none).
CREATE FUNCTION sts.enter(
    p_epoch uuid, p_corrections int, p_received int8multirange, p_parked int8multirange, p_backlog_head bigint,
    p_from bigint[], p_to bigint[], p_first timestamptz[], p_last timestamptz[],
    p_touched_from timestamptz, p_touched_to timestamptz
) RETURNS boolean
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.epoch
    SET received = received + p_received, parked = parked + p_parked, backlog_head = greatest(backlog_head, p_backlog_head)
    WHERE epoch = p_epoch AND corrections = p_corrections
      AND NOT received && (p_received + p_parked) AND NOT parked && (p_received + p_parked);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    FOR i IN 1 .. cardinality(p_from) LOOP
        PERFORM sts.add_span(p_epoch, p_from[i], p_to[i], p_first[i], p_last[i]);
    END LOOP;
    IF p_touched_from IS NOT NULL THEN
        INSERT INTO sts.touched (epoch, first_t, last_t) VALUES (p_epoch, p_touched_from, p_touched_to);
    END IF;
    RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION sts.open_day, sts.add_span, sts.enter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.open_day, sts.add_span, sts.enter TO sts_ingest;

-- The worker writes here and corrects nothing: samples it can only add.
GRANT INSERT ON sts.sample, sts.touched, sts.drop, sts.gateway_log, sts.anchor TO sts_ingest;
GRANT SELECT, INSERT ON sts.series TO sts_ingest;
GRANT SELECT, INSERT, UPDATE ON sts.epoch, sts.local_name, sts.gateway_state TO sts_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON sts.received_span, sts.want, sts.parked, sts.probe TO sts_ingest;
