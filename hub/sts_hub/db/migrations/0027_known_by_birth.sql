-- Own athletes have a date of birth by now: result lists are compared with its year.
CREATE OR REPLACE FUNCTION sts.own_athletes() RETURNS TABLE (id uuid, name text, birth_year int, licences text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.name, extract(year FROM a.birth_date)::int, coalesce(l.licences, '{}')
    FROM sts.athlete a LEFT JOIN sts.athlete_listing l ON l.athlete_id = a.id
    WHERE a.club_id = sts.asking_club() AND sts.keeps_results()
$$;
ALTER TABLE sts.athlete_listing DROP COLUMN birth_year;
GRANT UPDATE (licences) ON sts.athlete_listing TO sts_api;
