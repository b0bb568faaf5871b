"""Ingest: takes what gateways send from the broker and stores each record exactly once.

The way of a message: `lanes` takes it from its queue, `intake` reads its records, `frames` shows the live
ones at once, `store` writes records and ledger in one transaction (`plans` decides what, `rows` builds the
COPY buffer), and only then it is acknowledged. `outage` is what happens while the database is away;
`parking` keeps what could not be stored.
"""
