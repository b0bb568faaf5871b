-- Clocks of competitions against the gateways' time, and whose the impulses of timers are. Nothing is overwritten: what was said
-- last holds, and what was said before stays.

-- What is to be added to what a clock of a competition shows, to have the time of the gateways.
CREATE TABLE sts.race_clock (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    name           text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]{0,39}$'),   -- main, or the format of the files that it times
    offset_us      bigint NOT NULL,
    error_us       bigint NOT NULL CHECK (error_us >= 0),
    how            text NOT NULL CHECK (how IN ('hand', 'impulse')),
    set_by         text NOT NULL,
    set_at         timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE
);
CREATE INDEX race_clock_idx ON sts.race_clock (competition_id, name, id);

-- Whose an impulse is: a bib, an own athlete, or (all null) nobody's any more.
CREATE TABLE sts.impulse_assignment (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    club_id     uuid NOT NULL,
    epoch       uuid NOT NULL,
    seq         bigint NOT NULL,
    place       int NOT NULL,
    bib         text CHECK (length(bib) BETWEEN 1 AND 40),
    athlete_id  uuid,
    assigned_by text NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX impulse_assignment_idx ON sts.impulse_assignment (epoch, seq, place, id);

GRANT SELECT, INSERT (competition_id, club_id, name, offset_us, error_us, how, set_by) ON sts.race_clock TO sts_api;
GRANT SELECT, INSERT (club_id, epoch, seq, place, bib, athlete_id, assigned_by) ON sts.impulse_assignment TO sts_api;
ALTER TABLE sts.race_clock ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.impulse_assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.race_clock FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY adds ON sts.race_clock FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY sees ON sts.impulse_assignment FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) <> 'athlete');
CREATE POLICY adds ON sts.impulse_assignment FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
