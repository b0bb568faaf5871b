-- The levels of time (1 s, 1 min, 1 h), kept by TimescaleDB itself where its community edition runs: continuous aggregates
-- of the same names and columns as the tables, of which each is made from the one below. They show only what was filled, as
-- the tables do, and `sts-hub maintain` fills them, because it alone knows which windows were touched. Old days lie in
-- columns: by series, in order of time.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')
       OR current_setting('timescaledb.license', true) IS DISTINCT FROM 'timescale' THEN
        RETURN;
    END IF;
    DROP TABLE sts.sample_1s, sts.sample_1m, sts.sample_1h;
    CREATE MATERIALIZED VIEW sts.sample_1s
        -- A day to a chunk, as the samples: days expire together.
        WITH (timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.chunk_interval = '1 day') AS
        SELECT time_bucket('1 second', t) AS t, series, count(*)::int4 AS n,
               (count(*) FILTER (WHERE quality IN (0, 5, 6)))::int4 AS ok, max(quality) AS worst,
               sum(value) FILTER (WHERE quality IN (0, 5, 6)) AS total,
               min(value) FILTER (WHERE quality IN (0, 5, 6)) AS low,
               max(value) FILTER (WHERE quality IN (0, 5, 6)) AS high
        FROM sts.sample GROUP BY 1, 2 WITH NO DATA;
    CREATE MATERIALIZED VIEW sts.sample_1m WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
        SELECT time_bucket('1 minute', t) AS t, series, sum(n)::int4 AS n, sum(ok)::int4 AS ok, max(worst) AS worst,
               sum(total) AS total, min(low) AS low, max(high) AS high
        FROM sts.sample_1s GROUP BY 1, 2 WITH NO DATA;
    CREATE MATERIALIZED VIEW sts.sample_1h WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
        SELECT time_bucket('1 hour', t) AS t, series, sum(n)::int4 AS n, sum(ok)::int4 AS ok, max(worst) AS worst,
               sum(total) AS total, min(low) AS low, max(high) AS high
        FROM sts.sample_1m GROUP BY 1, 2 WITH NO DATA;
    ALTER TABLE sts.sample SET (timescaledb.compress, timescaledb.compress_segmentby = 'series', timescaledb.compress_orderby = 't');
    -- A person's values are deleted wherever they lie; by default a statement may take 100,000 of them out of columns.
    ALTER FUNCTION sts.delete_withheld SET timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
    -- What the tables held is filled again from the samples.
    INSERT INTO sts.touched (epoch, first_t, last_t)
    SELECT epoch, min(first_t), max(last_t) FROM sts.received_span WHERE first_t IS NOT NULL GROUP BY epoch;
END $$;
