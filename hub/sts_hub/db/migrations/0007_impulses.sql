-- Impulses: what timers told, line by line, each stored once with the ledger and never changed.
--
-- t and moment are wall time without the correction of their epoch, which is added when they are read: a correction then
-- needs to move nothing here.

CREATE TABLE sts.impulse (
    epoch           uuid NOT NULL REFERENCES sts.epoch,
    seq             bigint NOT NULL,
    place           int2 NOT NULL,                        -- within its record
    gateway         text NOT NULL,
    timer           text NOT NULL,                        -- the gateway's own name for it
    t               timestamptz NOT NULL,                 -- when its line arrived at the gateway
    clock_error_us  bigint,                               -- of the gateway's clock then; null: that of the epoch's pin
    ticks           bigint,                               -- the timer's own time in 1/10,000 s, truncated
    channel         text NOT NULL,
    bib             text,
    marks           text[] NOT NULL,
    line            bytea NOT NULL,
    moment          timestamptz,                          -- when it was, mapped from the timer's clock
    moment_error_us bigint,
    PRIMARY KEY (epoch, seq, place)
);
CREATE INDEX impulse_gateway_idx ON sts.impulse (gateway, t, epoch, seq, place);
CREATE INDEX impulse_deleted_idx ON sts.impulse (gateway, timer, ticks) WHERE 'deleted' = ANY (marks);

ALTER TABLE sts.impulse ENABLE ROW LEVEL SECURITY;
CREATE POLICY ingest_writes ON sts.impulse TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY sees ON sts.impulse FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = impulse.gateway));

-- What must be known of an epoch to tell the time of its impulses.
CREATE VIEW sts.epoch_clock WITH (security_barrier) AS SELECT epoch, delta_us, pin_error_us FROM sts.epoch;

GRANT INSERT ON sts.impulse TO sts_ingest;
GRANT SELECT ON sts.impulse, sts.epoch_clock TO sts_api;
