-- What is erased goes from the levels of time in the same act on every kind of database: where samples have expired nobody
-- fills a level any more, so what is left there would stay for ever.

-- The table behind a level: the level itself, or what TimescaleDB keeps its rows in.
CREATE FUNCTION sts.rows_of_level(p_level text) RETURNS regclass
LANGUAGE plpgsql STABLE SET search_path = sts, pg_temp AS $$
DECLARE
    v_rows regclass := format('sts.%I', p_level)::regclass;
BEGIN
    IF (SELECT relkind = 'v' FROM pg_class WHERE oid = v_rows) THEN
        EXECUTE 'SELECT format(''%I.%I'', materialization_hypertable_schema, materialization_hypertable_name)::regclass
                 FROM timescaledb_information.continuous_aggregates WHERE view_schema = ''sts'' AND view_name = $1'
        INTO v_rows USING p_level;
    END IF;
    RETURN v_rows;
END $$;
REVOKE EXECUTE ON FUNCTION sts.rows_of_level FROM PUBLIC;

CREATE OR REPLACE FUNCTION sts.erase_values(p_series int[], p_during tstzrange) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_from  timestamptz := coalesce(lower(p_during), '-infinity');
    v_to    timestamptz := coalesce(upper(p_during), 'infinity');
    v_gone  bigint;
    v_level text;
BEGIN
    WITH gone AS (
        DELETE FROM sts.sample WHERE series = ANY (p_series) AND t >= v_from AND t < v_to RETURNING series, t
    ), touching AS (
        INSERT INTO sts.touched (epoch, first_t, last_t)
        SELECT r.epoch, min(gone.t), max(gone.t) FROM gone JOIN sts.series r ON r.id = gone.series GROUP BY r.epoch
    )
    SELECT count(*) INTO v_gone FROM gone;
    FOREACH v_level IN ARRAY '{second,minute,hour}'::text[] LOOP
        EXECUTE format('DELETE FROM %s WHERE series = ANY ($1) AND t >= date_trunc(%L, $2) AND t < $3',
                       sts.rows_of_level('sample_1' || left(v_level, 1)), v_level) USING p_series, v_from, v_to;
    END LOOP;
    RETURN v_gone;
END $$;

-- By default a statement may take 100,000 values out of columns.
DO $$
BEGIN
    IF (SELECT relkind = 'v' FROM pg_class WHERE oid = 'sts.sample_1s'::regclass) THEN
        ALTER FUNCTION sts.erase_values SET timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
    END IF;
END $$;
