-- Whose an impulse is, is for those who see the timers: no guardian, as no athlete.
ALTER POLICY sees ON sts.impulse_assignment USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) NOT IN ('athlete', 'guardian'));
