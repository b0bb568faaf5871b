-- name: page
-- $1: only of this gateway, $2: of this source, $3: of this name (null: all); $4: behind this id; newest first.
SELECT d.id, g.club_id, d.gateway, d.source, d.name, d.form, d.sha256, d.size, d.first_told, d.last_told,
       (SELECT count(*) FROM sts.document o
        WHERE (o.gateway, o.source, o.name) = (d.gateway, d.source, d.name) AND o.whole_at IS NOT NULL
          AND (o.first_told, o.id) <= (d.first_told, d.id)) AS version,
       NOT EXISTS (
           SELECT FROM sts.document o
           WHERE (o.gateway, o.source, o.name) = (d.gateway, d.source, d.name) AND o.whole_at IS NOT NULL
             AND (o.last_told, o.id) > (d.last_told, d.id)) AS in_force
FROM sts.document d JOIN sts.gateway g ON g.name = d.gateway
WHERE d.whole_at IS NOT NULL AND ($1::text IS NULL OR d.gateway = $1) AND ($2::text IS NULL OR d.source = $2)
  AND ($3::text IS NULL OR d.name = $3) AND ($4::bigint IS NULL OR d.id < $4)
ORDER BY d.id DESC
LIMIT $5

-- name: by_id
SELECT d.id, g.club_id, d.name, d.sha256, d.size
FROM sts.document d JOIN sts.gateway g ON g.name = d.gateway
WHERE d.id = $1 AND d.whole_at IS NOT NULL

-- name: of_club
-- But for files of watches that an activity was read from: whose these are is known.
SELECT d.id, g.club_id, d.name, d.sha256, d.size
FROM sts.document d JOIN sts.gateway g ON g.name = d.gateway
WHERE g.club_id = $1 AND d.whole_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM sts.activity a WHERE a.club_id = g.club_id AND a.sha256 = d.sha256)
ORDER BY d.id

-- name: parts_from
SELECT raw FROM sts.document_part WHERE document_id = $1 AND start + length > $2
ORDER BY start, epoch, seq LIMIT $3
