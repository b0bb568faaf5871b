-- What a gateway shows that comes over HTTPS. The secret is 256 random bits, so a plain hash gives nothing away; the api
-- role learns it for one gateway at a time, whose name it must know.

CREATE TABLE sts.gateway_secret (
    gateway  text PRIMARY KEY REFERENCES sts.gateway ON DELETE CASCADE,
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    given_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE sts.gateway_secret ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION sts.gateway_secret_of(p_gateway text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT hash FROM sts.gateway_secret WHERE gateway = p_gateway
$$;

REVOKE EXECUTE ON FUNCTION sts.gateway_secret_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.gateway_secret_of TO sts_api;
