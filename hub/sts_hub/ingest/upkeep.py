"""What whoever stores does beside: keep the register young, retry what is parked, say which database this is."""

from __future__ import annotations

import asyncio

import asyncpg

from sts_hub import logs
from sts_hub.db.migrate import found
from sts_hub.ingest import parking
from sts_hub.ingest.register import MAX_AGE_S, Register
from sts_hub.ingest.store import DatabaseAwayError, Store

RETRY_PARKED_S = 5.0
"""How soon records are stored that waited for the pin of their epoch, or that somebody wants tried again."""

_log = logs.get("sts.ingest")


async def look_at(pool: asyncpg.Pool) -> None:
    """Say which database this is. Raises MigrationError; one that is away is waited for later."""
    try:
        async with pool.acquire() as connection:
            outcome = await found(connection)
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        _log.warning("database away", error=f"{type(error).__name__}: {error}")
    else:
        _log.info("database", version=outcome.version, edition=outcome.edition)


async def refresh(register: Register, pool: asyncpg.Pool) -> None:
    """Keep the register's copy young for the wall, also when nothing is stored; until cancelled."""
    while True:
        try:
            async with pool.acquire(timeout=MAX_AGE_S) as connection:
                await register.refresh(connection, max_age_s=MAX_AGE_S / 2)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            _log.warning("register not read", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(MAX_AGE_S / 2)


async def retry(store: Store, pool: asyncpg.Pool) -> None:
    """Store parked records whose hindrance is gone: at the start after an upgrade, and as pins come; until
    cancelled."""
    reasons: tuple[str, ...] | None = parking.UPGRADABLE
    while True:
        try:
            if reasons is not None:
                await parking.retry(pool, store, reasons=reasons)
                reasons = None
            await parking.retry_due(pool, store)
        except (DatabaseAwayError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            _log.warning("parked not retried", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(RETRY_PARKED_S)
