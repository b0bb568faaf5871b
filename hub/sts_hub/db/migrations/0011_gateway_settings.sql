-- Settings of gateways that the hub may change as well: versions that were in force, and changes on their way there.

CREATE TABLE sts.settings_version (
    -- Random, so that a hub restored from a backup never gives a number that a gateway knows as another change.
    id       bigint PRIMARY KEY DEFAULT (random() * 9007199254740991)::bigint,
    gateway  text NOT NULL REFERENCES sts.gateway ON DELETE CASCADE,
    version  bigint NOT NULL CHECK (version >= 0),
    state    text NOT NULL CHECK (state IN ('waiting', 'in_force', 'past', 'refused', 'overtaken', 'withdrawn')),
    tables   text NOT NULL CHECK (length(tables) <= 65536),   -- JSON, as its hash was made of it
    hash     text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),   -- as the gateway tells it
    based_on text CHECK (based_on ~ '^[0-9a-f]{64}$'),
    asked_by text,                                            -- null: made on the gateway
    faults   text[] NOT NULL DEFAULT '{}',
    made_at  timestamptz NOT NULL DEFAULT now(),
    state_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((asked_by IS NULL) = (based_on IS NULL))
);
CREATE UNIQUE INDEX settings_waiting_idx ON sts.settings_version (gateway) WHERE state = 'waiting';
CREATE UNIQUE INDEX settings_in_force_idx ON sts.settings_version (gateway) WHERE state = 'in_force';
CREATE INDEX settings_version_idx ON sts.settings_version (gateway, made_at);

ALTER TABLE sts.settings_version ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON sts.settings_version TO sts_ingest;
CREATE POLICY ingest_keeps ON sts.settings_version TO sts_ingest USING (true) WITH CHECK (true);
GRANT SELECT, INSERT (gateway, version, state, tables, hash, based_on, asked_by), UPDATE (state, state_at)
    ON sts.settings_version TO sts_api;
CREATE POLICY sees ON sts.settings_version FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY adds ON sts.settings_version FOR INSERT TO sts_api WITH CHECK (
    (SELECT sts.asking_role()) IN ('admin', 'technician') AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY withdraws ON sts.settings_version FOR UPDATE TO sts_api USING (
    (SELECT sts.asking_role()) IN ('admin', 'technician') AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
