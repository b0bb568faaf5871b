"""Without a broker: records are stored here and now, by the code of the workers, and the live picture goes straight
to the streams of this process, which is the only one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import asyncpg

from sts_hub import logs
from sts_hub.beats.clerk import Clerk
from sts_hub.db import pools
from sts_hub.door.intake import NotNow
from sts_hub.ingest import results, upkeep
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.intake import Entry, read_message
from sts_hub.ingest.register import Register
from sts_hub.ingest.store import DatabaseAwayError, Store
from sts_hub.ingest.wall import frame_of
from sts_hub.live import frames
from sts_protocols.beat import Beat, encode_answer
from sts_protocols.routing import Lane

Part = TypeVar("Part")

_log = logs.get("sts_hub.door")


class StoreIntake:
    """One worker's store behind the door: the ledger makes it exactly once, as with a broker."""

    def __init__(self, dsn: str, tell: Callable[[frames.Message], None]) -> None:
        """`dsn` is the ingest role's; `tell` gets live frames and the news of the fleet."""
        self._dsn = dsn
        self._tell = tell
        self._counters = Counters()
        self._register = Register()
        self._store: Store | None = None
        self._clerk: Clerk | None = None

    async def run(self) -> None:
        """Keep register and parked records in order until cancelled. Raises MigrationError."""
        pool = await pools.open_pool(self._dsn, "sts-hub door", resets=False)
        try:
            await upkeep.look_at(pool)
            self._take_up(pool)
            _log.warning("without a broker", note="gateways come over HTTPS only, to this process alone")
            async with asyncio.TaskGroup() as group:
                group.create_task(upkeep.refresh(self._register, pool))
                group.create_task(upkeep.retry(self._opened(self._store), pool))
                group.create_task(results.take(pool))
        finally:
            self._store = self._clerk = None
            pool.terminate()

    def ready(self) -> None:
        self._opened(self._store)

    async def take(self, gateway: str, lane: Lane, body: bytes) -> None:
        store = self._opened(self._store)
        said = read_message(gateway, lane, body)
        if lane == "live":
            self._show(said.entries)
        try:
            stored = await store.store(said.entries, said.unusable)
        except DatabaseAwayError as error:
            raise NotNow("The hub's database is away.") from error
        self._counters.records.labels(lane).inc(stored.records)

    async def beat(self, beat: Beat) -> bytes:
        clerk = self._opened(self._clerk)
        handled = await clerk.handle(beat)
        if handled is None:
            raise NotNow("The hub's database is away.")
        if handled.waiting:
            clerk.seen_empty(time.time())  # nothing waits anywhere: what was answered is stored
        return encode_answer(handled.answer)

    def _take_up(self, pool: asyncpg.Pool) -> None:
        self._store = Store(pool, self._register, self._counters)
        self._clerk = Clerk(pool, self._tell, self._counters.registry)

    def _show(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            frame = frame_of(entry, self._register, time.time_ns() // 1000)
            if frame is not None:
                self._tell(frame)

    def _opened(self, part: Part | None) -> Part:
        if part is None:
            raise NotNow("The hub is starting.")
        return part
