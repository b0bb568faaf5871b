-- Result files of the competitions in which the athlete stands: the bytes that gateways sent of them, and the text of lines that
-- were refused. What was read of them stays, without the name.
CREATE FUNCTION sts.erase_files(p_athlete uuid) RETURNS void
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_competitions uuid[] := ARRAY(SELECT competition_id FROM sts.competitor
                                   WHERE athlete_id = p_athlete OR p_athlete = ANY (candidates));
    v_documents bigint[] := ARRAY(SELECT document_id FROM sts.result_file
                                  WHERE competition_id = ANY (v_competitions) AND document_id IS NOT NULL);
BEGIN
    DELETE FROM sts.document_part WHERE document_id = ANY (v_documents);
    UPDATE sts.document SET whole_at = NULL, held = 0 WHERE id = ANY (v_documents);
    UPDATE sts.result_file
    SET refused = (SELECT coalesce(jsonb_agg(one - 'text'), '[]') FROM jsonb_array_elements(refused) one)
    WHERE competition_id = ANY (v_competitions) AND jsonb_path_exists(refused, '$[*].text');
END $$;

-- All of it: values, parked records, the name in result lists and their files, the account, and with the athlete every table that hangs on it.
CREATE OR REPLACE FUNCTION sts.erase_person(p_athlete uuid, p_parked bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_gone    bigint := 0;
    v_worn    record;
    v_account uuid := (SELECT account_id FROM sts.athlete WHERE id = p_athlete);
BEGIN
    PERFORM sts.erase_parked(p_parked);
    FOR v_worn IN SELECT * FROM sts.worn_by(p_athlete) LOOP
        v_gone := v_gone + sts.erase_worn(v_worn.sensor_id, v_worn.during);
    END LOOP;
    FOR v_worn IN SELECT array_agg(r.id) AS series, a.during FROM sts.activity a JOIN sts.series r ON r.epoch = a.id
                  WHERE a.athlete_id = p_athlete GROUP BY a.id, a.during LOOP
        v_gone := v_gone + sts.erase_values(v_worn.series, tstzrange(NULL, NULL));
    END LOOP;
    PERFORM sts.erase_files(p_athlete);
    UPDATE sts.competitor SET name = NULL, licence = NULL, birth = NULL, athlete_id = NULL, matched = 'none', candidates = '{}'
    WHERE athlete_id = p_athlete;
    UPDATE sts.competitor SET candidates = array_remove(candidates, p_athlete) WHERE p_athlete = ANY (candidates);
    DELETE FROM sts.athlete WHERE id = p_athlete;
    UPDATE sts.account SET email = 'erased-' || id, name = 'Erased', password_hash = '', disabled_at = coalesce(disabled_at, now())
    WHERE id = v_account;
    RETURN v_gone;
END $$;

REVOKE EXECUTE ON FUNCTION sts.erase_files FROM PUBLIC;
