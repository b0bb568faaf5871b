"""The ingest worker: everything that `sts-hub ingest` runs. Any number of them share the work."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError

from sts_hub import logs
from sts_hub.beats.clerk import Clerk
from sts_hub.beats.desk import BeatDesk
from sts_hub.broker import cancellation, topology
from sts_hub.broker.management import Management, user_of, vhost_of
from sts_hub.broker.teller import Teller
from sts_hub.db import pools
from sts_hub.ingest import lanes, outage, results, upkeep
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.intake import Entry
from sts_hub.ingest.lanes import Lane
from sts_hub.ingest.outage import Outage, State
from sts_hub.ingest.register import Register
from sts_hub.ingest.store import Checkpoint, Store, no_checkpoint
from sts_hub.ingest.wall import frame_of
from sts_hub.live import frames
from sts_hub.live.frames import Notice

CONNECT_S = 10.0
RECONNECT_S = 2.0
"""A broker needs seconds to start; a worker that asks more often learns nothing sooner."""

HEARTBEAT_S = 10
"""A broker that hangs is left after two missed heartbeats."""

_log = logs.get("sts.ingest")


@dataclass(frozen=True)
class WorkerSettings:
    """Where to work. Without a management URL the foreign bindings of the exchanges cannot be seen."""

    db_dsn: str
    amqp_url: str
    management_url: str = ""
    hold_s: float = outage.HOLD_S


class Worker:
    """One worker. `run` until cancelled; what it had in hand then is given back to the queues."""

    def __init__(
        self,
        settings: WorkerSettings,
        counters: Counters | None = None,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        """`checkpoint` is awaited at the steps of each transaction (see Store)."""
        self.counters = counters or Counters()
        self.outage: Outage | None = None
        self.name = f"{socket.gethostname()}-{os.getpid()}-{id(self):x}"
        self._settings = settings
        self._checkpoint = checkpoint

    async def run(self) -> None:
        """Work until cancelled. Raises MigrationError or BrokerError when a part is not as it must be."""
        settings = self._settings
        failure: Exception | None = None
        pool = await pools.open_pool(settings.db_dsn, f"sts-hub ingest {self.name}"[:63], resets=False)
        try:
            await upkeep.look_at(pool)
            self._register = Register()
            self._store = Store(pool, self._register, self.counters, checkpoint=self._checkpoint)
            self._teller = Teller(settings.amqp_url)
            self._outage = self.outage = Outage(self._probe, self.counters, hold_s=settings.hold_s)
            self._outage.listen(self._notice)
            clerk = Clerk(pool, self._tell, self.counters.registry)
            self._beats = BeatDesk(clerk, self._teller, user_of(settings.amqp_url))
            beside = (
                upkeep.refresh(self._register, pool),
                upkeep.retry(self._store, pool),
                results.take(pool),
            )
            async with asyncio.TaskGroup() as group:
                for duty in (self._teller.run(), self._outage.run(), *beside):
                    group.create_task(duty)
                await self._take()
        except* Exception as failures:
            failure = failures.exceptions[0]
        finally:
            pool.terminate()
        if failure is not None:  # raised above, Python 3.11.2 would wrap it in a group
            raise failure

    async def _probe(self, filler: bytes) -> None:
        await self._store.probe(self.name, filler)

    def _notice(self, before: State, after: State) -> None:
        """Told when frames stop, and when they can come again."""
        if after is State.OFF:
            self._tell(Notice("database_away", _now_us()))
        elif before is State.OFF:
            self._tell(Notice("database_back", _now_us()))

    def _tell(self, message: frames.Message) -> None:
        self._teller.live(frames.routing_key(message), frames.encode(message))

    def _show(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            frame = frame_of(entry, self._register, _now_us())
            if frame is not None:
                self._tell(frame)
                self.counters.frames.inc()

    async def _take(self) -> None:
        while True:
            try:
                connection = await aio_pika.connect(
                    self._settings.amqp_url, timeout=CONNECT_S, heartbeat=HEARTBEAT_S
                )
                async with connection:
                    await self._prepare(connection)
                    await self._work(connection)
            except (AMQPError, OSError, TimeoutError, RuntimeError) as error:
                _log.warning("broker away", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RECONNECT_S)

    async def _prepare(self, connection: AbstractConnection) -> None:
        await topology.declare(connection)
        if self._settings.management_url:
            async with Management(
                self._settings.management_url, vhost_of(self._settings.amqp_url)
            ) as management:
                await topology.inspect(management)
        _log.info("taking", worker=self.name)

    async def _work(self, connection: AbstractConnection) -> None:
        """All queues of one connection; ends when the connection does."""
        shared = (self._store, self._outage, self.counters, user_of(self._settings.amqp_url))
        duties = (
            Lane(lanes.LIVE, *shared, show=self._show).run(connection),
            Lane(lanes.BACKLOG, *shared).run(connection),
            Lane(lanes.DOCUMENT, *shared).run(connection),
            Lane(lanes.DEAD, *shared).run(connection),
            self._beats.run(connection),
        )
        tasks = [asyncio.create_task(duty) for duty in duties]
        try:
            cancellation.heed()
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _now_us() -> int:
    return time.time_ns() // 1000
