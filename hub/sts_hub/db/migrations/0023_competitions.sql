-- Competitions: what result files, uploads and programs say, as facts with versions.
--
-- A fact is an event, a round, a heat, an entry or a result, by the key that its source gives it. Nothing of it is ever
-- overwritten: another file that says something else makes a version, and so does a later version of the same file that
-- says it no more. Names stand apart from facts, so that they can go without them.

CREATE TABLE sts.competition (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id   uuid NOT NULL REFERENCES sts.club,
    key       text NOT NULL CHECK (length(key) BETWEEN 1 AND 400),   -- what files call it; one made by hand has its own id
    name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    city      text NOT NULL DEFAULT '',
    nation    text NOT NULL DEFAULT '',
    first_day date,
    last_day  date,
    zone      text NOT NULL DEFAULT 'UTC',               -- of times of day that its files tell without one
    salt      uuid NOT NULL DEFAULT gen_random_uuid(),   -- keys of people without an id are hashes with it
    added_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT competition_key UNIQUE (club_id, key),
    UNIQUE (id, club_id)
);

-- A file that was taken in. `line`: of which file it is a version (the way it came, whose it is, and its name).
CREATE TABLE sts.result_file (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    line           text NOT NULL,
    way            text NOT NULL CHECK (way IN ('gateway', 'upload')),
    name           text NOT NULL,
    sha256         bytea NOT NULL CHECK (octet_length(sha256) = 32),
    document_id    bigint REFERENCES sts.document,
    told_by        text NOT NULL,
    told_at        timestamptz NOT NULL DEFAULT now(),
    format         text NOT NULL,
    pieces         int NOT NULL,                         -- how many of its pieces could be read
    refused        jsonb NOT NULL DEFAULT '[]',
    notes          jsonb NOT NULL DEFAULT '[]',
    whole          boolean NOT NULL,
    added          int NOT NULL DEFAULT 0,
    corrected      int NOT NULL DEFAULT 0,
    withdrawn      int NOT NULL DEFAULT 0,
    unchanged      int NOT NULL DEFAULT 0,
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE
);
CREATE INDEX result_file_competition_idx ON sts.result_file (competition_id, id);
CREATE INDEX result_file_line_idx ON sts.result_file (club_id, line, id);

-- Who competes: of the own club's people the athlete, of all others the name until it goes.
CREATE TABLE sts.competitor (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    key            text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('person', 'relay', 'team')),
    name           text,                                 -- null: it has gone
    licence        text,
    birth          text,
    gender         text NOT NULL DEFAULT '',
    nation         text NOT NULL DEFAULT '',
    club           text NOT NULL DEFAULT '',
    athlete_id     uuid,
    matched        text NOT NULL DEFAULT 'none' CHECK (matched IN ('none', 'ambiguous', 'licence', 'name', 'person')),
    candidates     uuid[] NOT NULL DEFAULT '{}',
    told_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT competitor_key UNIQUE (competition_id, key),
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE,
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE SET NULL (athlete_id)
);
CREATE INDEX competitor_athlete_idx ON sts.competitor (athlete_id);
CREATE INDEX competitor_name_idx ON sts.competitor (told_at) WHERE name IS NOT NULL AND athlete_id IS NULL;

CREATE TABLE sts.result_fact (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('event', 'round', 'heat', 'entry', 'result')),
    key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 1000),
    parent         text NOT NULL,                        -- key of what it stands in; empty for an event
    competitor_id  bigint REFERENCES sts.competitor,
    version        int NOT NULL,
    state          text NOT NULL CHECK (state IN ('official', 'corrected', 'withdrawn')),
    content        jsonb NOT NULL,
    file_id        bigint NOT NULL REFERENCES sts.result_file,
    CONSTRAINT result_fact_key UNIQUE (competition_id, kind, key),
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE
);
CREATE INDEX result_fact_competitor_idx ON sts.result_fact (competitor_id);

-- What a fact was, each time that it changed; the last one is what stands in the fact.
CREATE TABLE sts.result_version (
    fact_id bigint NOT NULL REFERENCES sts.result_fact ON DELETE CASCADE,
    version int NOT NULL,
    state   text NOT NULL,
    content jsonb NOT NULL,
    file_id bigint NOT NULL REFERENCES sts.result_file,
    PRIMARY KEY (fact_id, version)
);
CREATE INDEX result_version_file_idx ON sts.result_version (file_id);

CREATE FUNCTION sts.keep_result_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    INSERT INTO sts.result_version (fact_id, version, state, content, file_id)
    VALUES (NEW.id, NEW.version, NEW.state, NEW.content, NEW.file_id);
    RETURN NULL;
END $$;
CREATE TRIGGER result_fact_kept AFTER INSERT OR UPDATE OF version ON sts.result_fact
    FOR EACH ROW EXECUTE FUNCTION sts.keep_result_version();
REVOKE EXECUTE ON FUNCTION sts.keep_result_version FROM PUBLIC;

-- Who takes results in and says who is who.
CREATE FUNCTION sts.keeps_results() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN sts.asking_role() IN ('admin', 'director', 'coach', 'technician');

-- How result lists know an own athlete: year of birth and licences, told by a person or learnt when one says who somebody is.
CREATE TABLE sts.athlete_listing (
    athlete_id uuid PRIMARY KEY,
    club_id    uuid NOT NULL,
    birth_year int CHECK (birth_year BETWEEN 1900 AND 2200),
    licences   text[] NOT NULL DEFAULT '{}',
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);

-- All athletes of the asking club, to know them in a result list: whoever takes a file in may not see them all, and learns of
-- nobody but that a name is one of the club's.
CREATE FUNCTION sts.own_athletes() RETURNS TABLE (id uuid, name text, birth_year int, licences text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.name, l.birth_year, coalesce(l.licences, '{}')
    FROM sts.athlete a LEFT JOIN sts.athlete_listing l ON l.athlete_id = a.id
    WHERE a.club_id = sts.asking_club() AND sts.keeps_results()
$$;

-- Which column of a table is what: kept by name for the next file of the kind.
CREATE TABLE sts.result_columns (
    club_id  uuid NOT NULL REFERENCES sts.club,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    columns  jsonb NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (club_id, name)
);

-- Documents of gateways whose results are still to be taken in, and what stood in the way.
CREATE TABLE sts.document_result (
    document_id bigint PRIMARY KEY REFERENCES sts.document,
    told        timestamptz NOT NULL,
    taken_at    timestamptz,
    fault       text
);
CREATE INDEX document_result_open_idx ON sts.document_result (document_id) WHERE taken_at IS NULL;

GRANT SELECT, INSERT ON sts.competition, sts.result_file, sts.competitor, sts.result_fact TO sts_api, sts_ingest;
GRANT SELECT ON sts.result_version TO sts_api, sts_ingest;
GRANT UPDATE (name, city, nation, first_day, last_day, zone) ON sts.competition TO sts_api, sts_ingest;
GRANT UPDATE (added, corrected, withdrawn, unchanged) ON sts.result_file TO sts_api, sts_ingest;
GRANT UPDATE (name, licence, birth, gender, nation, club, athlete_id, matched, candidates, told_at) ON sts.competitor TO sts_api, sts_ingest;
GRANT UPDATE (version, state, content, file_id, parent, competitor_id) ON sts.result_fact TO sts_api, sts_ingest;
GRANT SELECT, INSERT, UPDATE (birth_year, licences) ON sts.athlete_listing TO sts_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON sts.result_columns TO sts_api;
GRANT SELECT, INSERT, UPDATE ON sts.document_result TO sts_ingest;
GRANT SELECT ON sts.document_result TO sts_api;

ALTER TABLE sts.competition ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.competitor ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_fact ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.athlete_listing ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_columns ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.document_result ENABLE ROW LEVEL SECURITY;

CREATE POLICY ingest_writes ON sts.competition TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.result_file TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.competitor TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.result_fact TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_reads ON sts.result_version FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_writes ON sts.document_result TO sts_ingest USING (true) WITH CHECK (true);

-- The results of a competition are seen by the club that has them, and by nobody else.
CREATE POLICY sees ON sts.competition FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.result_file FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.competitor FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.result_fact FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.result_version FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.result_fact f WHERE f.id = fact_id));
CREATE POLICY sees ON sts.document_result FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.document d WHERE d.id = document_id));
CREATE POLICY adds ON sts.competition FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY adds ON sts.result_file FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY adds ON sts.competitor FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY adds ON sts.result_fact FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.competition FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.result_file FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.competitor FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.result_fact FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY sees ON sts.athlete_listing FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.athlete_listing FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) <> 'athlete' AND sts.may_see_athlete(athlete_id));
CREATE POLICY changes ON sts.athlete_listing FOR UPDATE TO sts_api USING (
    (SELECT sts.asking_role()) <> 'athlete' AND sts.may_see_athlete(athlete_id));
CREATE POLICY keeps ON sts.result_columns TO sts_api
    USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results())) WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));

REVOKE EXECUTE ON FUNCTION sts.keeps_results, sts.own_athletes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.keeps_results, sts.own_athletes TO sts_api, sts_ingest;
GRANT EXECUTE ON FUNCTION sts.asking_club, sts.asking_role TO sts_ingest;

-- What gateways sent before results were taken in.
INSERT INTO sts.document_result (document_id, told)
SELECT id, last_told FROM sts.document WHERE form = 'result' AND whole_at IS NOT NULL;
