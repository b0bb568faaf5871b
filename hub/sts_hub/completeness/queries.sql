-- name: epochs
SELECT * FROM sts.ledger_epochs($1, $2)

-- name: spans
SELECT * FROM sts.ledger_spans($1, $2)

-- name: drops
SELECT * FROM sts.ledger_drops($1, $2)

-- name: wearings
SELECT * FROM sts.ledger_wearings($1, $2, $3)

-- name: heard
SELECT * FROM sts.ledger_heard($1, $2, $3, $4, $5, $6, $7, $8)

-- name: expired_before
SELECT expired_before FROM sts.retention
