-- Numbers of each phase of a session stand beside those of the whole.

ALTER TABLE sts.session_summary ADD COLUMN phases jsonb NOT NULL DEFAULT '[]';
ALTER TABLE sts.session_number ADD COLUMN phase_id uuid REFERENCES sts.session_phase ON DELETE CASCADE;
ALTER TABLE sts.session_number DROP CONSTRAINT session_number_once;
ALTER TABLE sts.session_number
    ADD CONSTRAINT session_number_once UNIQUE NULLS NOT DISTINCT (session_id, athlete_id, phase_id, formula, variant);
CREATE INDEX session_number_phase_idx ON sts.session_number (phase_id);
