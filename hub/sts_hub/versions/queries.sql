-- name: wanted
SELECT version, percent, asked_by, asked_at FROM sts.wanted_version WHERE club_id = $1

-- name: want
INSERT INTO sts.wanted_version (club_id, version, percent, asked_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (club_id) DO UPDATE SET version = excluded.version, percent = excluded.percent, asked_by = excluded.asked_by,
    asked_at = now()
RETURNING version, percent, asked_by, asked_at

-- name: running
-- What the gateways of a club tell that they run.
SELECT s.beat::jsonb -> 'versions' ->> 'sts-edge' AS version, count(*)::int AS gateways
FROM sts.gateway g JOIN sts.gateway_state s ON s.gateway = g.name WHERE g.club_id = $1
GROUP BY 1 ORDER BY 1 NULLS LAST
