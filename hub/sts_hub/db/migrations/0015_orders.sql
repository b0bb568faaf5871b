-- Orders to gateways: each is done once or not at all, and its outcome comes back in a beat.

CREATE TABLE sts.gateway_order (
    -- Random, so that a hub restored from a backup never gives a number that a gateway has done already.
    id         bigint PRIMARY KEY DEFAULT (random() * 9007199254740991)::bigint,
    gateway    text NOT NULL,
    act        text NOT NULL CHECK (act IN ('identify', 'diagnostics')),
    asked_by   text NOT NULL,
    asked_at   timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL CHECK (expires_at > asked_at AND expires_at <= asked_at + interval '7 days'),
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'expired')),
    words      text NOT NULL DEFAULT '',
    told_at    timestamptz
);
CREATE INDEX gateway_order_idx ON sts.gateway_order (gateway, asked_at);
CREATE INDEX gateway_order_waiting_idx ON sts.gateway_order (gateway) WHERE state = 'waiting';

ALTER TABLE sts.gateway_order ENABLE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE (state, words, told_at) ON sts.gateway_order TO sts_ingest;
CREATE POLICY ingest_keeps ON sts.gateway_order TO sts_ingest USING (true) WITH CHECK (true);
GRANT SELECT, INSERT (gateway, act, asked_by, expires_at) ON sts.gateway_order TO sts_api;
CREATE POLICY sees ON sts.gateway_order FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY adds ON sts.gateway_order FOR INSERT TO sts_api WITH CHECK (
    (SELECT sts.asking_role()) IN ('admin', 'technician') AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
