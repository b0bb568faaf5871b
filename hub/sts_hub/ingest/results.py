"""Result documents of gateways, taken in as competitions once they are whole, in the order in which they were told.

What a document says is stored in the transaction that marks it as taken, so a worker that ends in between leaves it to
the next. A document that cannot be read stays one, with the reason beside it.
"""

from __future__ import annotations

import asyncio

import asyncpg
from asyncpg import Pool

from sts_hub import logs
from sts_hub.competitions import intake
from sts_hub.db import pools, queries
from sts_hub.db.pools import Connection
from sts_hub.ingest.documents import content
from sts_hub.kit.database import WriteSession
from sts_protocols.errors import ResultFileError
from sts_protocols.results import reading
from sts_protocols.results.model import Reading

LOOK_EVERY_S = 2.0
"""Soon enough for a coach who waits for a heat, and one query that finds nothing."""

_QUERIES = queries.load("sts_hub.ingest")
_log = logs.get("sts.ingest.results")


async def take(pool: Pool) -> None:
    """Take in what is whole, until cancelled."""
    while True:
        try:
            while await take_one(pool):
                pass
        except pools.AWAY_ERRORS as error:
            _log.warning("results not taken in", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(LOOK_EVERY_S)


async def take_one(pool: Pool) -> bool:
    """Take in the document that was told first; False if none waits."""
    async with pool.acquire() as connection, connection.transaction():
        waiting = await connection.fetchrow(_QUERIES.next_result)
        if waiting is None:
            return False
        fault = await _taken(connection, waiting)
        await connection.execute(_QUERIES.result_taken, waiting["id"], fault)
        return True


async def _taken(connection: Connection, document: asyncpg.Record) -> str | None:
    """What stands in the way; None when it is stored. Whatever the data, it never stands in the way of the next."""
    data = b"".join([piece async for piece in content(connection, document["id"])])
    try:
        told = await asyncio.to_thread(reading.read, data, document["name"])
        async with connection.transaction():
            await _store(connection, document, told)
    except ResultFileError as error:
        fault = str(error)
    except (
        asyncpg.DataError,
        asyncpg.IntegrityConstraintViolationError,
        asyncpg.ProgramLimitExceededError,
    ) as error:
        fault = f"The database refuses it: {error}".replace("\0", "")
    except pools.AWAY_ERRORS:
        raise
    except Exception as error:  # a fault of ours: told, and no document behind it waits
        fault = f"The hub failed over it: {type(error).__name__}: {error}".replace("\0", "")
        _log.error(
            "result file not taken in", exc_info=error, gateway=document["gateway"], file=document["name"]
        )
    else:
        return None
    _log.warning("result file refused", gateway=document["gateway"], file=document["name"], reason=fault)
    return fault[:1000]


async def _store(connection: Connection, document: asyncpg.Record, told: Reading) -> None:
    """In the name of the gateway's club, whose athletes are looked up."""
    await connection.execute(_QUERIES.in_the_name_of, str(document["club_id"]))
    file = intake.Incoming(
        club_id=document["club_id"],
        way="gateway",
        line=f"gateway {document['gateway']} {document['source']} {document['name']}",
        name=document["name"],
        sha256=document["sha256"],
        told_by=document["gateway"],
        told_at=document["told"],
        reading=told,
        document_id=document["id"],
        place=f"{document['gateway']}/{document['source']}",
    )
    outcome = await intake.take_in(WriteSession(connection), file)
    _log.info(
        "result file taken in",
        gateway=document["gateway"],
        file=document["name"],
        format=told.format,
        read=told.n_of_m,
        new=outcome.new,
    )
