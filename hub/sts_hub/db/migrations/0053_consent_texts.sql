-- What athletes are asked to agree to: the text of a purpose in its languages, by version. A version whose meaning is another
-- asks again: consents to older ones end at the time that its publisher sets.
CREATE TABLE sts.consent_text (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id      uuid NOT NULL REFERENCES sts.club,
    purpose      text NOT NULL CHECK (purpose ~ '^[a-z][a-z_]{2,39}$'),
    version      text NOT NULL CHECK (length(version) BETWEEN 1 AND 40),
    texts        jsonb NOT NULL,                          -- by language (BCP 47)
    older_end_at timestamptz,                             -- null: older versions mean the same and hold on
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by uuid NOT NULL,
    CONSTRAINT consent_text_once UNIQUE (club_id, purpose, version)
);
GRANT SELECT, INSERT ON sts.consent_text TO sts_api;
ALTER TABLE sts.consent_text ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.consent_text FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY adds ON sts.consent_text FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');
