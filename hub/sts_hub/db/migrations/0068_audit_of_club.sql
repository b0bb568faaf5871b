-- Everything that people of a club read and changed, for its admins; the newest first, behind the number given.
CREATE FUNCTION sts.audit_of_club(
    p_account uuid, p_athlete uuid, p_act text, p_reads boolean, p_from timestamptz, p_to timestamptz, p_before bigint, p_limit int)
RETURNS TABLE (at timestamptz, number bigint, account_id uuid, name text, role text, club text, act text, things text,
               athlete_id uuid, athlete text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.at, a.number, a.account_id, c.name, c.role, l.name, a.act, a.things, a.athlete_id, t.name
    FROM sts.audit a
    JOIN sts.club l ON l.id = a.club_id
    LEFT JOIN sts.account c ON c.id = a.account_id
    LEFT JOIN sts.athlete t ON t.id = a.athlete_id AND t.club_id = a.club_id
    WHERE a.club_id = sts.asking_club() AND sts.asking_role() = 'admin'
      AND (p_account IS NULL OR a.account_id = p_account)
      AND (p_athlete IS NULL OR a.athlete_id = p_athlete)
      AND (p_act IS NULL OR a.act = p_act)
      AND (p_reads IS NULL OR (a.act ~ '^(get|list)_') = p_reads)
      AND (p_from IS NULL OR a.at >= p_from) AND (p_to IS NULL OR a.at < p_to)
      AND (p_before IS NULL OR a.number < p_before)
    ORDER BY a.number DESC
    LIMIT p_limit
$$;
REVOKE EXECUTE ON FUNCTION sts.audit_of_club FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.audit_of_club TO sts_api;
