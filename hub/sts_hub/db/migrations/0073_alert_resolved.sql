-- An alert is resolved when what it is about no longer holds: over_at, when that was measured; resolved_at, when the hub told it.

ALTER TABLE sts.alert ADD COLUMN over_at timestamptz;
ALTER TABLE sts.alert ADD COLUMN resolved_at timestamptz;
ALTER TABLE sts.alert ADD CONSTRAINT alert_resolved_check CHECK ((over_at IS NULL) = (resolved_at IS NULL));
CREATE INDEX alert_unresolved_idx ON sts.alert (club_id, raised_at) WHERE resolved_at IS NULL;
ALTER TABLE sts.alert_recipient ADD COLUMN resolved boolean NOT NULL DEFAULT false;
GRANT UPDATE (over_at, resolved_at) ON sts.alert TO sts_api;
GRANT UPDATE (resolved) ON sts.alert_recipient TO sts_api;
