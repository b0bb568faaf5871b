-- What somebody chose for herself or himself, and what an invited person is asked to agree to, word by word.

CREATE TABLE sts.preference (
    account_id       uuid PRIMARY KEY REFERENCES sts.account ON DELETE CASCADE,
    language         text CHECK (length(language) <= 8),
    theme            text CHECK (theme IN ('light', 'dark')),
    units            text NOT NULL CHECK (units IN ('metric', 'imperial')),
    temperature      text NOT NULL CHECK (temperature IN ('celsius', 'fahrenheit')),
    week_start       text NOT NULL CHECK (week_start IN ('monday', 'saturday', 'sunday')),
    first_steps_done boolean NOT NULL
);
GRANT SELECT, INSERT, UPDATE (language, theme, units, temperature, week_start, first_steps_done) ON sts.preference TO sts_api;
ALTER TABLE sts.preference ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sts.preference TO sts_api USING (account_id = (SELECT sts.asking_account()));

-- The texts of what an invitation asks for, where the club has published them.
CREATE FUNCTION sts.invitation_texts(p_hash bytea) RETURNS TABLE (purpose text, version text, texts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT t.purpose, t.version, t.texts
    FROM sts.invitation i CROSS JOIN jsonb_to_recordset(i.asks) AS a (purpose text, version text)
    JOIN sts.consent_text t ON t.club_id = i.club_id AND t.purpose = a.purpose AND t.version = a.version
    WHERE i.hash = p_hash
$$;
REVOKE EXECUTE ON FUNCTION sts.invitation_texts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.invitation_texts TO sts_api;
