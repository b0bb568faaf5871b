-- name: enter
SELECT sts.identity_enter($1, $2, $3)

-- name: join
SELECT sts.identity_join($1, $2, $3, $4, $5)

-- name: login_way
SELECT sts.login_way($1)

-- name: mine
SELECT id, issuer, linked_at, last_used_at FROM sts.identity ORDER BY linked_at, id

-- name: remove
DELETE FROM sts.identity WHERE id = $1 RETURNING id
