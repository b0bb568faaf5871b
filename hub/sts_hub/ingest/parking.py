"""What could not be stored: look at it, try it again, or give it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from sts_hub import logs
from sts_hub.db import queries
from sts_hub.ingest.intake import read_message
from sts_hub.ingest.store import ParkedRow, RefusedError, ReleasedElsewhereError, Store

UPGRADABLE = ("kind", "version", "metric", "body")
"""Reasons that a newer version of the hub may have done away with."""

PAGE = 200
"""Records read at a time: 10 MB at the most."""

_QUERIES = queries.load("sts_hub.ingest", "parking.sql")
_log = logs.get("sts.ingest.parking")


@dataclass
class Tried:
    """How many parked pieces were stored, and how many stay parked."""

    stored: int = 0
    still: int = 0


async def listing(
    pool: asyncpg.Pool, gateway: str | None = None, reason: str | None = None, limit: int = 1000
) -> list[asyncpg.Record]:
    """Parked pieces without their bytes, oldest first."""
    found: list[asyncpg.Record] = await pool.fetch(_QUERIES.listing, gateway, reason, limit)
    return found


async def one(pool: asyncpg.Pool, number: int) -> asyncpg.Record | None:
    """A parked piece, with its bytes."""
    return await pool.fetchrow(_QUERIES.one, number)


async def retry(
    pool: asyncpg.Pool,
    store: Store,
    *,
    ids: Sequence[int] | None = None,
    reasons: Sequence[str] | None = None,
) -> Tried:
    """Store what can be stored by now; the rest stays, with the reason of today. Raises DatabaseAwayError.

    What is parked anew meanwhile, a document's parts of wrong hash, is not tried again in the same go.
    """
    tried = Tried()
    behind, last = 0, await pool.fetchval(_QUERIES.last)
    while rows := await pool.fetch(_QUERIES.to_try, ids, reasons, behind, PAGE, last):
        for row in rows:
            await _retry_one(pool, store, row, tried)
        behind = rows[-1]["id"]
    if tried.stored:
        _log.info("parked stored", stored=tried.stored, still_parked=tried.still)
    return tried


async def retry_due(pool: asyncpg.Pool, store: Store) -> Tried:
    """Store the records whose epoch has got its pin, and those that somebody wants tried again. Raises
    DatabaseAwayError."""
    due = await pool.fetch(_QUERIES.pinned, PAGE) + await pool.fetch(_QUERIES.asked, PAGE)
    ids = [row["id"] for row in due]
    return await retry(pool, store, ids=ids) if ids else Tried()


async def _retry_one(pool: asyncpg.Pool, store: Store, row: asyncpg.Record, tried: Tried) -> None:
    said = read_message(row["gateway"], None, row["raw"])
    faults = said.unusable or await store.foresee(said.entries)
    if faults:
        await pool.execute(_QUERIES.still_parked, row["id"], faults[0].reason, faults[0].detail)
        tried.still += 1
        return
    try:
        await store.store(said.entries, (), release=ParkedRow(row["id"], row["epoch"], row["seq"]))
        tried.stored += 1
    except ReleasedElsewhereError:
        return
    except RefusedError as error:
        await pool.execute(_QUERIES.still_parked, row["id"], "refused", str(error))
        tried.still += 1


async def discard(pool: asyncpg.Pool, ids: Sequence[int]) -> int:
    """Give these up for good: their records are told as lost, reason "discarded". Returns how many there
    were."""
    discarded: int = await pool.fetchval(_QUERIES.discard, ids)
    return discarded
