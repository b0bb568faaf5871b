-- name: page
SELECT id, club_id, name, url, events, old_until, made_at, failing_since, disabled_at, disabled_why
FROM sts.webhook
WHERE $1::timestamptz IS NULL OR (made_at, id) > ($1, $2::uuid)
ORDER BY made_at, id
LIMIT $3

-- name: by_id
SELECT id, club_id, name, url, events, old_until, made_at, failing_since, disabled_at, disabled_why
FROM sts.webhook WHERE id = $1

-- name: add
INSERT INTO sts.webhook (id, club_id, name, url, events, secret) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, club_id, name, url, events, old_until, made_at, failing_since, disabled_at, disabled_why

-- name: change
-- Enabled again, it has the whole patience anew.
UPDATE sts.webhook
SET name = $2, url = $3, events = $4,
    failing_since = CASE WHEN $5 AND disabled_at IS NULL THEN failing_since END,
    disabled_at = CASE WHEN NOT $5 THEN coalesce(disabled_at, now()) END,
    disabled_why = CASE WHEN NOT $5 THEN coalesce(disabled_why, 'An admin disabled it.') END
WHERE id = $1
RETURNING id, club_id, name, url, events, old_until, made_at, failing_since, disabled_at, disabled_why

-- name: rotate
SELECT sts.webhook_rotate($1, $2, $3)

-- name: remove
DELETE FROM sts.webhook WHERE id = $1

-- name: settle
SELECT name, admins FROM sts.webhook_settle($1, $2, $3, $4)

-- name: lying_open
SELECT id, secret, old_secret FROM sts.webhooks_open()

-- name: seal
SELECT sts.webhook_seal($1, $2, $3)
