-- What athletes say of themselves, or staff for them: how they woke up, and when and why they could not train. Health data:
-- of those only who agreed to be monitored at that time.

CREATE TABLE sts.wellness (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    day        date NOT NULL,
    sleep_h    float8 CHECK (sleep_h BETWEEN 0 AND 24),
    sleep      int2 CHECK (sleep BETWEEN 1 AND 5),
    fatigue    int2 CHECK (fatigue BETWEEN 1 AND 5),
    soreness   int2 CHECK (soreness BETWEEN 1 AND 5),
    stress     int2 CHECK (stress BETWEEN 1 AND 5),
    mood       int2 CHECK (mood BETWEEN 1 AND 5),
    notes      text NOT NULL DEFAULT '' CHECK (length(notes) <= 4000),
    said_at    timestamptz NOT NULL DEFAULT now(),
    said_by    uuid REFERENCES sts.account ON DELETE SET NULL,
    CONSTRAINT wellness_once UNIQUE (athlete_id, day)
);

CREATE TABLE sts.absence (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    first_day  date NOT NULL,
    last_day   date CHECK (last_day >= first_day),        -- null while it lasts
    reason     text NOT NULL CHECK (reason IN ('injury', 'illness', 'other')),
    training   text NOT NULL CHECK (training IN ('none', 'limited')),
    place      text CHECK (length(place) BETWEEN 1 AND 40),
    notes      text NOT NULL DEFAULT '' CHECK (length(notes) <= 4000),
    said_at    timestamptz NOT NULL DEFAULT now(),
    said_by    uuid REFERENCES sts.account ON DELETE SET NULL
);
CREATE INDEX absence_athlete_idx ON sts.absence (athlete_id, first_day);

GRANT SELECT, INSERT, DELETE,
      UPDATE (sleep_h, sleep, fatigue, soreness, stress, mood, notes, said_at, said_by) ON sts.wellness TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (first_day, last_day, reason, training, place, notes) ON sts.absence TO sts_api;
ALTER TABLE sts.wellness ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.absence ENABLE ROW LEVEL SECURITY;
CREATE POLICY says ON sts.wellness TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY says ON sts.absence TO sts_api USING (sts.may_see_athlete(athlete_id));
