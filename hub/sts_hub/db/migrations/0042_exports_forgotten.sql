-- With an athlete every export that holds something of theirs goes: its row at once, its file within a minute.
CREATE FUNCTION sts.athlete_exports_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.export WHERE OLD.id = ANY (athlete_ids);
    RETURN NULL;
END $$;
CREATE TRIGGER athlete_exports_removed AFTER DELETE ON sts.athlete
    FOR EACH ROW EXECUTE FUNCTION sts.athlete_exports_removed();

-- Which exports there still are, for the process that keeps their files: ids only.
CREATE FUNCTION sts.exports_kept(p_ids uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT id FROM sts.export WHERE id = ANY (p_ids)
$$;
REVOKE EXECUTE ON FUNCTION sts.athlete_exports_removed, sts.exports_kept FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.exports_kept TO sts_api;
