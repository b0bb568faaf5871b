-- Clubs that have a rule to watch, or a session that runs: the process that watches then asks in each one's name.
CREATE OR REPLACE FUNCTION sts.watched_clubs() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT club_id FROM sts.alert_rule WHERE enabled
    UNION
    SELECT club_id FROM sts.session WHERE ended_at IS NULL AND started_at > now() - interval '1 day' AND live_data
$$;
CREATE INDEX session_running_idx ON sts.session (started_at) WHERE ended_at IS NULL;
