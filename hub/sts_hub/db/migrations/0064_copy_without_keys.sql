-- A copy of everything leaves the sealed key of an athlete's pushes out: it opens for nobody who gets the copy.

CREATE OR REPLACE FUNCTION sts.everything_of(p_athlete uuid) RETURNS TABLE (part text, body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_table text;
BEGIN
    IF NOT sts.may_copy(p_athlete) THEN
        RETURN;
    END IF;
    FOR v_table IN
        SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'athlete_id' AND NOT a.attisdropped
          AND c.relname <> 'audit'
        ORDER BY 1
    LOOP
        RETURN QUERY EXECUTE format('SELECT %L, (to_jsonb(x) - ''hash'' - ''sealed_key'')::text FROM sts.%I x WHERE x.athlete_id = $1 ORDER BY 2', v_table, v_table)
        USING p_athlete;
    END LOOP;
    RETURN QUERY
    SELECT 'athlete', (to_jsonb(a) || jsonb_build_object('team', t.name, 'club', c.name))::text
    FROM sts.athlete a JOIN sts.team t ON t.id = a.team_id JOIN sts.club c ON c.id = a.club_id WHERE a.id = p_athlete
    UNION ALL
    SELECT 'account', jsonb_build_object('id', c.id, 'email', c.email, 'name', c.name, 'role', c.role, 'created_at', c.created_at)::text
    FROM sts.account c JOIN sts.athlete a ON a.account_id = c.id WHERE a.id = p_athlete
    UNION ALL
    SELECT 'login', jsonb_build_object('created_at', l.created_at, 'last_seen_at', l.last_seen_at, 'agent', l.agent)::text
    FROM sts.login l JOIN sts.athlete a ON a.account_id = l.account_id WHERE a.id = p_athlete
    UNION ALL
    SELECT 'sensor', to_jsonb(s)::text FROM sts.sensor s
    WHERE s.id IN (SELECT w.sensor_id FROM sts.assignment w WHERE w.athlete_id = p_athlete)
    UNION ALL
    SELECT 'session', (to_jsonb(s) - 'notes')::text FROM sts.session s
    WHERE s.id IN (SELECT p.session_id FROM sts.session_athlete p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'session_phase', to_jsonb(f)::text FROM sts.session_phase f
    WHERE f.id IN (SELECT p.phase_id FROM sts.phase_athlete p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'result_fact', to_jsonb(f)::text FROM sts.result_fact f
    WHERE f.competitor_id IN (SELECT p.id FROM sts.competitor p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'competition', jsonb_build_object('id', f.id, 'name', f.name, 'city', f.city, 'first_day', f.first_day)::text
    FROM sts.competition f WHERE f.id IN (SELECT p.competition_id FROM sts.competitor p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'audit', jsonb_build_object('at', a.at, 'account_id', a.account_id, 'name', c.name, 'role', c.role, 'club', l.name,
                                       'act', a.act, 'things', a.things)::text
    FROM sts.audit a LEFT JOIN sts.account c ON c.id = a.account_id LEFT JOIN sts.club l ON l.id = a.club_id
    WHERE a.athlete_id = p_athlete;
END $$;
