-- name: one_at_a_time
-- Two programs that migrate one database take turns.
SELECT pg_advisory_xact_lock(hashtext('sts.migration'))

-- name: set_password
-- Quoted by the server: a role statement takes no parameters.
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)

-- name: prepare_database
-- btree_gist serves the exclusion constraints (one sensor, one athlete at a time).
-- TimescaleDB is taken where the server has it loaded; CREATE EXTENSION without the preload would end the session.
DO $$
BEGIN
    IF NOT has_database_privilege('sts_owner', current_database(), 'CREATE') THEN
        EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO sts_owner', current_database());
    END IF;
    IF NOT (has_database_privilege('sts_ingest', current_database(), 'CONNECT')
            AND has_database_privilege('sts_api', current_database(), 'CONNECT')) THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO sts_ingest, sts_api', current_database());
    END IF;
    IF NOT pg_has_role('sts_owner', 'MEMBER') THEN
        EXECUTE format('GRANT sts_owner TO %I', current_user);
    END IF;
    CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
       AND current_setting('shared_preload_libraries') ~ 'timescaledb' THEN
        CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public;
    END IF;
    CREATE SCHEMA IF NOT EXISTS sts AUTHORIZATION sts_owner;
END
$$

-- name: create_register
-- Everything in the schema belongs to sts_owner and is closed to others until a migration opens it.
CREATE SCHEMA IF NOT EXISTS sts;
GRANT USAGE ON SCHEMA sts TO sts_ingest, sts_api;
CREATE TABLE IF NOT EXISTS sts.migration (
    number int PRIMARY KEY,
    name text NOT NULL,
    digest text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON sts.migration TO sts_ingest, sts_api;

-- name: register
INSERT INTO sts.migration (number, name, digest) VALUES ($1, $2, $3)

-- name: edition
-- The licence decides which edition of TimescaleDB runs; without the extension the server is plain.
SELECT CASE
    WHEN NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN 'plain'
    WHEN current_setting('timescaledb.license', true) = 'timescale' THEN 'community'
    ELSE 'apache'
END
