-- The athlete's values of one metric by a level of time (sts.sample_1m or sts.sample_1h), a row for each wearing or activity and
-- series (gateway '' and the activity where a watch recorded it): columns of equal length, rising in time, packed as
-- sts.read_series packs them. A bucket that a border of the wearing cuts is made from the samples themselves. ok, total, low and high are over the values fit to be summed; worst is the highest quality
-- number of all.
CREATE FUNCTION sts.read_level(p_athlete uuid, p_metric int2, p_from timestamptz, p_to timestamptz, p_level text)
RETURNS TABLE (gateway text, activity uuid, t_us bytea, ok bytea, worst bytea, total bytea, low bytea, high bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET work_mem = '32MB' AS $$
DECLARE
    v_bucket constant interval := CASE p_level WHEN 'sample_1m' THEN interval '1 minute' WHEN 'sample_1h' THEN interval '1 hour' END;
    v_zero constant timestamptz := 'epoch';
    v_told record;
    v_first timestamptz;
    v_last timestamptz;
BEGIN
    IF v_bucket IS NULL THEN
        RAISE EXCEPTION 'no level of time is called %', p_level;
    END IF;
    FOR v_told IN
        SELECT r.gateway, NULL::uuid AS activity, r.series, w.since, w.until
        FROM sts.worn(p_athlete, p_from, p_to) w, sts.receptions_of(w.sensor, p_metric) r
        UNION ALL
        SELECT '', a.activity, s.id, a.since, a.until
        FROM sts.recorded(p_athlete, p_from, p_to) a JOIN sts.series s ON s.epoch = a.activity AND s.metric = p_metric
    LOOP
        v_first := least(date_bin(v_bucket, v_told.since - interval '1 us', v_zero) + v_bucket, v_told.until);
        v_last := greatest(date_bin(v_bucket, v_told.until, v_zero), v_first);
        RETURN QUERY EXECUTE format($q$
            SELECT $1, $2, string_agg(int8send((date_part('epoch', b.t) * 1000000)::bigint), '' ORDER BY b.t),
                   string_agg(int4send(b.ok), '' ORDER BY b.t),
                   string_agg(int2send(b.worst), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.total, 0)), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.low, 'NaN')), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.high, 'NaN')), '' ORDER BY b.t)
            FROM (
                SELECT t, ok, worst, total, low, high FROM sts.%I WHERE series = $3 AND t >= $6 AND t < $7
                UNION ALL
                SELECT date_bin($8, s.t, 'epoch'), (count(*) FILTER (WHERE quality IN (0, 5, 6)))::int4, max(quality),
                       sum(value) FILTER (WHERE quality IN (0, 5, 6)), min(value) FILTER (WHERE quality IN (0, 5, 6)),
                       max(value) FILTER (WHERE quality IN (0, 5, 6))
                FROM sts.sample s WHERE series = $3 AND s.t >= $4 AND s.t < $5 AND (s.t < $6 OR s.t >= $7)
                GROUP BY 1
            ) b
            HAVING count(*) > 0
        $q$, p_level)
        USING v_told.gateway, v_told.activity, v_told.series, v_told.since, v_told.until, v_first, v_last, v_bucket;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION sts.read_level FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.read_level TO sts_api;
