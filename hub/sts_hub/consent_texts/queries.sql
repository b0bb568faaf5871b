-- name: page
-- Texts of a club, the newest first; of one purpose when $2 names it.
SELECT id, club_id, purpose, version, texts, older_end_at, published_at
FROM sts.consent_text
WHERE club_id = $1 AND ($2::text IS NULL OR purpose = $2)
  AND ($3::timestamptz IS NULL OR (published_at, id) < ($3, $4::uuid))
ORDER BY published_at DESC, id DESC
LIMIT $5

-- name: add
INSERT INTO sts.consent_text (club_id, purpose, version, texts, older_end_at, published_by)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, club_id, purpose, version, texts, older_end_at, published_at

-- name: held_longer
-- Consents of the club's athletes to other versions of a purpose that hold beyond a time, with the end that is theirs then.
SELECT c.id, c.athlete_id, greatest($4::timestamptz, lower(c.during) + interval '1 microsecond') AS ends_at
FROM sts.consent c JOIN sts.athlete a ON a.id = c.athlete_id
WHERE a.club_id = $1 AND c.purpose = $2 AND c.version <> $3 AND (upper(c.during) IS NULL OR upper(c.during) > $4)
  AND lower(c.during) < $4
ORDER BY c.athlete_id, c.id
