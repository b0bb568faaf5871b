-- Result and activity files that gateways sent in parts. A document is what one source of one gateway told: the same bytes
-- again are the same document, told once more; other bytes under the same name are another version, and both stay.
CREATE TABLE sts.document (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway    text NOT NULL,
    source     text NOT NULL,                            -- local name of the folder that it lay in
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size       bigint NOT NULL CHECK (size > 0),
    name       text NOT NULL,                            -- as it was called when it was first told
    form       text NOT NULL,
    first_told timestamptz NOT NULL,
    last_told  timestamptz NOT NULL,                     -- of the versions of a name, the one told last is in force
    held       bigint NOT NULL DEFAULT 0,                -- bytes in the parts, those that came twice counted twice
    whole_at   timestamptz,                              -- null: not all of it is here
    UNIQUE (gateway, source, sha256, size)
);
CREATE INDEX document_name_idx ON sts.document (gateway, source, name);

-- The records that a document came in, as they came: its bytes lie in them, packed by the gateway.
CREATE TABLE sts.document_part (
    document_id bigint NOT NULL REFERENCES sts.document,
    epoch       uuid NOT NULL,
    seq         bigint NOT NULL,
    start       bigint NOT NULL,
    length      int NOT NULL,
    raw         bytea NOT NULL,
    PRIMARY KEY (epoch, seq)
);
ALTER TABLE sts.document_part ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX document_part_document_idx ON sts.document_part (document_id, start, epoch, seq);

-- Parks every record of a document whose bytes are all there and whose hash is wrong. They leave what was received.
CREATE FUNCTION sts.park_document(p_document bigint, p_detail text) RETURNS int
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_epoch record;
    v_count int := 0;
BEGIN
    FOR v_epoch IN
        SELECT p.epoch, range_agg(int8range(p.seq, p.seq, '[]')) AS numbers, count(*) AS records
        FROM sts.document_part p WHERE p.document_id = p_document GROUP BY p.epoch ORDER BY p.epoch
    LOOP
        UPDATE sts.epoch SET received = received - v_epoch.numbers, parked = parked + v_epoch.numbers
        WHERE epoch = v_epoch.epoch;
        WITH cut AS (
            DELETE FROM sts.received_span WHERE epoch = v_epoch.epoch AND span && ANY (
                SELECT unnest(v_epoch.numbers))
            RETURNING epoch, span, first_t, last_t
        )
        INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t)
        SELECT cut.epoch, lower(piece), upper(piece) - 1, cut.first_t, cut.last_t
        FROM cut, unnest(int8multirange(cut.span) - v_epoch.numbers) AS piece;
        v_count := v_count + v_epoch.records;
    END LOOP;
    INSERT INTO sts.parked (gateway, epoch, seq, reason, detail, raw)
    SELECT d.gateway, p.epoch, p.seq, 'hash', p_detail, p.raw
    FROM sts.document_part p JOIN sts.document d ON d.id = p.document_id WHERE d.id = p_document;
    DELETE FROM sts.document_part WHERE document_id = p_document;
    DELETE FROM sts.document WHERE id = p_document;
    RETURN v_count;
END $$;

REVOKE EXECUTE ON FUNCTION sts.park_document FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.park_document TO sts_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON sts.document, sts.document_part TO sts_ingest;
GRANT SELECT ON sts.document, sts.document_part TO sts_api;

ALTER TABLE sts.document ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.document_part ENABLE ROW LEVEL SECURITY;
CREATE POLICY ingest_writes ON sts.document TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.document_part TO sts_ingest USING (true) WITH CHECK (true);

-- Whole documents belong to the club of their gateway; whoever sees the gateway sees them.
CREATE POLICY sees ON sts.document FOR SELECT TO sts_api USING (
    whole_at IS NOT NULL AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY sees ON sts.document_part FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.document d WHERE d.id = document_id));
