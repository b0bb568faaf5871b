-- An erasure reaches those in result lists whom nobody matched and who may be the athlete, files that name the athlete, and the files
-- of watches that the athlete's activities were read from.

CREATE OR REPLACE FUNCTION sts.erase_files(p_athlete uuid) RETURNS void
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_competitions uuid[] := ARRAY(SELECT competition_id FROM sts.competitor
                                   WHERE athlete_id = p_athlete OR p_athlete = ANY (candidates));
BEGIN
    PERFORM sts.forget_documents(ARRAY(
        SELECT document_id FROM sts.result_file WHERE competition_id = ANY (v_competitions) AND document_id IS NOT NULL
        UNION
        SELECT d.id FROM sts.activity a JOIN sts.document d ON d.sha256 = a.sha256
        JOIN sts.gateway g ON g.name = d.gateway AND g.club_id = a.club_id WHERE a.athlete_id = p_athlete));
    UPDATE sts.result_file
    SET refused = (SELECT coalesce(jsonb_agg(one - 'text'), '[]') FROM jsonb_array_elements(refused) one)
    WHERE competition_id = ANY (v_competitions) AND jsonb_path_exists(refused, '$[*].text');
END $$;

-- The bytes of documents; that they were told stays.
CREATE FUNCTION sts.forget_documents(p_documents bigint[]) RETURNS void
LANGUAGE sql SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.document_part WHERE document_id = ANY (p_documents);
    UPDATE sts.document SET whole_at = NULL, held = 0 WHERE id = ANY (p_documents);
$$;

-- These, of the athlete's club, are or may be the athlete: sts.erase_person then forgets them with all others.
CREATE FUNCTION sts.erase_named(p_athlete uuid, p_competitors bigint[], p_documents bigint[]) RETURNS void
LANGUAGE sql SET search_path = sts, pg_temp AS $$
    UPDATE sts.competitor c SET athlete_id = p_athlete, matched = 'name'
    FROM sts.athlete a WHERE a.id = p_athlete AND c.club_id = a.club_id AND c.athlete_id IS NULL AND c.id = ANY (p_competitors);
    SELECT sts.forget_documents(ARRAY(
        SELECT d.id FROM sts.document d JOIN sts.gateway g ON g.name = d.gateway
        JOIN sts.athlete a ON a.club_id = g.club_id WHERE a.id = p_athlete AND d.id = ANY (p_documents)));
$$;

CREATE FUNCTION sts.erasing_named(p_athlete uuid, p_competitors bigint[], p_documents bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.erase_named(p_athlete, p_competitors, p_documents) WHERE sts.may_erase(p_athlete)
$$;

REVOKE EXECUTE ON FUNCTION sts.forget_documents, sts.erase_named, sts.erasing_named FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.erasing_named TO sts_api;
