-- An answer kept for a change that may be sent again goes with the athlete whom it is about: an erasure leaves no copy.
CREATE FUNCTION sts.athlete_answers_go() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.kept_answer k USING sts.account a
    WHERE a.id = k.account_id AND a.club_id = OLD.club_id
      AND (position(convert_to(OLD.id::text, 'UTF8') IN k.body) > 0 OR position(convert_to(OLD.name, 'UTF8') IN k.body) > 0);
    RETURN NULL;
END $$;
CREATE TRIGGER athlete_answers_go AFTER DELETE ON sts.athlete FOR EACH ROW EXECUTE FUNCTION sts.athlete_answers_go();
REVOKE EXECUTE ON FUNCTION sts.athlete_answers_go FROM PUBLIC;
