-- Who gets a letter of what a rule says: when it speaks up, or when nobody has acknowledged it in time; never in quiet hours,
-- which are times of day in the person's own time zone.
CREATE TABLE sts.alert_recipient (
    rule_id    uuid NOT NULL REFERENCES sts.alert_rule ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    told       text NOT NULL CHECK (told IN ('raised', 'escalated')),
    quiet_from time,
    quiet_to   time,
    time_zone  text NOT NULL CHECK (length(time_zone) <= 64),
    PRIMARY KEY (rule_id, account_id),
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);
GRANT SELECT, INSERT, DELETE, UPDATE (told, quiet_from, quiet_to, time_zone) ON sts.alert_recipient TO sts_api;
ALTER TABLE sts.alert_recipient ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.alert_recipient FOR SELECT TO sts_api USING (
    sts.asking_role() = 'admin' AND EXISTS (SELECT FROM sts.alert_rule r WHERE r.id = rule_id));
CREATE POLICY keeps ON sts.alert_recipient TO sts_api USING (
    account_id = sts.asking_account() AND EXISTS (SELECT FROM sts.alert_rule r WHERE r.id = rule_id));
