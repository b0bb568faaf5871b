-- Numbers of sessions, as they were worked out: by which formula, of what, with which revision; and what an athlete says of a
-- session and of a day.

-- Whose factors a formula takes is a word, not a number.
ALTER TABLE sts.athlete_parameter ALTER value DROP NOT NULL;
ALTER TABLE sts.athlete_parameter ADD word text CHECK (word IN ('female', 'male'));
ALTER TABLE sts.athlete_parameter DROP CONSTRAINT athlete_parameter_name_check;
ALTER TABLE sts.athlete_parameter ADD CONSTRAINT athlete_parameter_name_check CHECK (
    name IN ('hr_max', 'hr_rest', 'lthr', 'vt1', 'vt2', 'ftp', 'cp', 'w_prime', 'mass', 'sex'));
ALTER TABLE sts.athlete_parameter ADD CONSTRAINT athlete_parameter_told CHECK (
    (name = 'sex') = (word IS NOT NULL) AND (word IS NULL) = (value IS NOT NULL));

-- What the numbers of an athlete in a session were worked out from: when these marks are others, so may be the numbers.
CREATE TABLE sts.session_summary (
    session_id  uuid NOT NULL,
    athlete_id  uuid NOT NULL,
    revision    int NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    since       timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    parameters  jsonb NOT NULL,
    rating      float8,
    marks       text NOT NULL,                            -- of the ledger and of what was worn
    because     text[] NOT NULL DEFAULT '{}',             -- why the last revision was made
    verdict     jsonb NOT NULL,                           -- completeness: words and stretches
    complete_at timestamptz,                              -- since when all that was recorded is here
    PRIMARY KEY (session_id, athlete_id),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE
);

CREATE TABLE sts.session_number (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    formula    text NOT NULL,
    variant    text NOT NULL,
    revision   int NOT NULL,                              -- of the summary, when it last changed
    body       jsonb NOT NULL,                            -- the result: values, coverage, parameters, settings, window
    was        jsonb,                                     -- its values before
    CONSTRAINT session_number_once UNIQUE (session_id, athlete_id, formula, variant),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_summary ON DELETE CASCADE
);

-- How hard the athlete found a session: Borg's CR-10, 0 to 10.
CREATE TABLE sts.session_rating (
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    rating     float8 NOT NULL CHECK (rating BETWEEN 0 AND 10),
    rated_at   timestamptz NOT NULL DEFAULT now(),
    rated_by   uuid REFERENCES sts.account ON DELETE SET NULL,
    PRIMARY KEY (session_id, athlete_id),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE
);

-- For each of these athletes whom the caller sees, a digest of all that decides which values a time has and how complete
-- they are: what was worn with consent, files of watches, and what the ledger holds of the sensors worn. Cut to the time, so
-- that it stays as it is while the gateways go on afterwards.
CREATE FUNCTION sts.session_marks(p_athletes uuid[], p_from timestamptz, p_to timestamptz)
RETURNS TABLE (athlete uuid, marks text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, md5(concat_ws('|',
        (SELECT string_agg(concat_ws(',', w.sensor, w.since, w.until), ';' ORDER BY w.since, w.sensor)
         FROM sts.worn(a.id, p_from, p_to) w),
        (SELECT string_agg(concat_ws(',', r.activity, r.since, r.until), ';' ORDER BY r.since, r.activity)
         FROM sts.recorded(a.id, p_from, p_to) r),
        (SELECT string_agg(concat_ws(',', e.epoch, e.corrections, e.parked, e.pin_offset_us,
                                     least(e.spoke_last_at, p_to), least(e.spoke_first_at, p_to), d.drops, s.spans), ';'
                           ORDER BY e.epoch)
         FROM sts.epoch e
         CROSS JOIN LATERAL (SELECT count(*) AS drops FROM sts.drop d WHERE d.epoch = e.epoch) d
         CROSS JOIN LATERAL (
            SELECT string_agg(concat_ws('-', s.from_seq, greatest(s.first_t, p_from), least(s.last_t, p_to)), '+'
                              ORDER BY s.from_seq) AS spans
            FROM sts.received_span s WHERE s.epoch = e.epoch AND s.first_t < p_to AND s.last_t >= p_from) s
         WHERE e.gateway IN (
            SELECT l.gateway FROM sts.assignment g JOIN sts.sensor n ON n.id = g.sensor_id
            JOIN sts.local_name l ON l.address = n.address
            WHERE g.athlete_id = a.id AND g.during && tstzrange(p_from, p_to))
           AND (s.spans IS NOT NULL OR (e.spoke_first_at < p_to AND e.spoke_last_at >= p_from)))))
    FROM sts.athlete a WHERE a.id = ANY (p_athletes) AND sts.may_see_athlete(a.id)
$$;

-- The gateways of the club that know a sensor which one of these athletes wore in a time.
CREATE FUNCTION sts.gateways_heard(p_athletes uuid[], p_from timestamptz, p_to timestamptz) RETURNS TABLE (gateway text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT DISTINCT l.gateway
    FROM sts.assignment g JOIN sts.sensor n ON n.id = g.sensor_id
    JOIN sts.gateway w ON w.club_id = n.club_id
    JOIN sts.local_name l ON l.address = n.address AND l.gateway = w.name
    WHERE g.athlete_id = ANY (p_athletes) AND g.during && tstzrange(p_from, p_to) AND sts.may_see_athlete(g.athlete_id)
    ORDER BY 1
$$;

REVOKE EXECUTE ON FUNCTION sts.session_marks, sts.gateways_heard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.session_marks, sts.gateways_heard TO sts_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON sts.session_summary, sts.session_number TO sts_api;
GRANT SELECT, INSERT, UPDATE (rating, rated_at, rated_by), DELETE ON sts.session_rating TO sts_api;

-- Whoever sees an athlete may have the numbers worked out, and sees them; how hard it was is said by the athlete or by those
-- who train the team.
ALTER TABLE sts.session_summary ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_number ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_rating ENABLE ROW LEVEL SECURITY;
CREATE POLICY keeps ON sts.session_summary TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY keeps ON sts.session_number TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY says ON sts.session_rating TO sts_api USING (sts.may_see_athlete(athlete_id));
