-- name: page
-- The club's gateways with their last beat.
SELECT g.name, g.club_id, g.site, s.beat, s.beat_at
FROM sts.gateway g LEFT JOIN sts.gateway_state s ON s.gateway = g.name
WHERE $1::text IS NULL OR g.name > $1
ORDER BY g.name
LIMIT $2

-- name: by_name
SELECT g.name, g.club_id, g.site, s.beat, s.beat_at
FROM sts.gateway g LEFT JOIN sts.gateway_state s ON s.gateway = g.name
WHERE g.name = $1

-- name: change_site
UPDATE sts.gateway SET site = $2 WHERE name = $1 RETURNING name

-- name: club_of_gateway
-- By the owner, from the command line.
SELECT club_id FROM sts.gateway WHERE name = $1

-- name: club_by_name
SELECT id FROM sts.club WHERE name = $1

-- name: add
-- By the owner, from the command line. Adding it again only moves it to another site of the same club.
INSERT INTO sts.gateway (name, club_id, site) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET site = excluded.site WHERE sts.gateway.club_id = excluded.club_id
RETURNING name

-- name: give_secret
-- By the owner, from the command line: what lets the gateway in over HTTPS, as its hash.
INSERT INTO sts.gateway_secret (gateway, hash) VALUES ($1, $2)
ON CONFLICT (gateway) DO UPDATE SET hash = excluded.hash, given_at = now()
