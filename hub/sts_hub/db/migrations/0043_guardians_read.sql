-- A guardian reads how an athlete feels, when he or she is away and how hard it was, and says none of it.
CREATE POLICY sees ON sts.session_rating FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
ALTER POLICY says ON sts.session_rating USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) <> 'guardian');
CREATE POLICY sees ON sts.wellness FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
ALTER POLICY says ON sts.wellness USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) <> 'guardian');
CREATE POLICY sees ON sts.absence FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
ALTER POLICY says ON sts.absence USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) <> 'guardian');
