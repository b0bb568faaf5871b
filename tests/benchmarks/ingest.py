"""What storing costs: a real worker, broker and database, beside a bare COPY of the same rows.

Worker CPU is the whole process: consuming, decoding, building the COPY, ledger, acknowledging. Database CPU
is the whole server with its background processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg

from benchmarks import squad, yardsticks
from benchmarks.figures import Figure, as_they_come, median
from benchmarks.yardsticks import Cost
from demo.progress import step
from demo.system import VHOST, Options, System
from faults import meters
from faults.proof import pid_of
from sts_hub.broker import users
from sts_hub.broker.management import Management
from sts_protocols import routing
from sts_protocols.record import Kind, Record, encode_samples

ROUNDS = 3
# 370,000 values: below, the kernel's CPU clock of 10 ms would show.
BACKLOG_S = 4_000
LIVE_S = 12
LIVE_PER_S = 4
FLEET = 4
IDLE_S = 10
PATIENCE_S = 120

BACKLOG_US_PER_SAMPLE = 1.0
LIVE_MS_PER_MESSAGE = 1.5
DATABASE_RATIO = 4.5

_RECEIVED = (
    "SELECT coalesce(sum(upper(p) - lower(p)), 0)::int8 FROM sts.epoch, unnest(received) p WHERE epoch = $1"
)
_NAMES = """INSERT INTO sts.local_name (gateway, name, address, kind)
            SELECT $1, label, address, kind FROM sts.sensor ON CONFLICT DO NOTHING"""


@dataclass
class Hub:
    """One worker, its database and its broker; a way into each."""

    system: System
    owner: asyncpg.Connection
    management: Management
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def worker(self) -> int:
        """Its process."""
        return pid_of(self.system.workers[0].program)

    @property
    def database(self) -> int:
        """The server's first process."""
        return pid_of(self.system.postgres.process)

    async def cost(self, work: Callable[[], Awaitable[None]]) -> Cost:
        """CPU of worker and database while something is done, s."""
        worker_s, database_s = meters.cpu_s(self.worker), meters.family_cpu_s(self.database)
        await work()
        return Cost(meters.cpu_s(self.worker) - worker_s, meters.family_cpu_s(self.database) - database_s)

    async def ask(self, query: str, *values: Any) -> Any:
        """One value out of the hub's database, as its owner."""
        async with self.one_at_a_time:
            return await self.owner.fetchval(query, *values)

    async def stored(self, pen: squad.Pen, records: int) -> None:
        """Wait until the ledger has so many records of an epoch."""
        until = time.monotonic() + PATIENCE_S
        while await self.ask(_RECEIVED, UUID(bytes=pen.epoch)) < records:
            if time.monotonic() > until:
                raise TimeoutError(f"The worker did not store {records} records within {PATIENCE_S} s.")
            await asyncio.sleep(0.2)

    @contextlib.asynccontextmanager
    async def gateway(self, name: str) -> AsyncIterator[Gateway]:
        """A gateway's own connection; its sensors are those of the squad, worn and with consent."""
        await users.add(self.management, name, name)
        await self.ask(_NAMES, name)
        host, port = self.system.broker_address
        async with await aio_pika.connect(f"amqp://{name}:{name}@{host}:{port}/{VHOST}") as connection:
            channel = await connection.channel(on_return_raises=True)
            yield Gateway(name, await channel.get_exchange(routing.TELEMETRY, ensure=False))


@dataclass
class Gateway:
    """Somebody who sends records."""

    name: str
    telemetry: aio_pika.abc.AbstractExchange

    async def send(self, body: bytes, lane: routing.Lane) -> None:
        """One message, confirmed."""
        message = aio_pika.Message(body, user_id=self.name, delivery_mode=2)
        await self.telemetry.publish(message, routing.telemetry_key(self.name, lane), mandatory=True)


def measure(folder: Path) -> Iterator[Figure]:
    """Backlog, yardsticks of the same rows, live messages."""
    place = folder / "ingest"
    shutil.rmtree(place, ignore_errors=True)
    system = System(place, Options(workers=1))
    try:
        with step("starting PostgreSQL, RabbitMQ and one worker"):
            system.start_services()
            system.prepare_hub()
            system.start_hub()
            system.seed()
            system.api.stop()
        yield from as_they_come(_measure(system))
    finally:
        system.stop()
        shutil.rmtree(place, ignore_errors=True)


async def _measure(system: System) -> AsyncIterator[Figure]:
    owner = await asyncpg.connect(system.owner_dsn, server_settings={"timezone": "UTC"})
    url = system.rabbitmq.management_url_with_password
    try:
        async with Management(url, VHOST) as management:
            hub = Hub(system, owner, management)
            for what in (_backlog(hub), yardsticks.figures(owner, hub.database), _live(hub)):
                async for figure in what:
                    yield figure
    finally:
        await owner.close()


async def _backlog(hub: Hub) -> AsyncIterator[Figure]:
    part = f"ingest of backlog, {ROUNDS} rounds of {BACKLOG_S} records of 1 s"
    ours, heap, small_heap, seconds = [], [], [], []
    async with hub.gateway("bench-backlog") as gateway:
        for number in range(ROUNDS + 1):  # the first makes series, days and warm caches
            records, pen = backlog(number)
            began = time.monotonic()
            cost = await hub.cost(lambda: _sent_and_stored(hub, gateway, pen, records))  # noqa: B023
            took_s = time.monotonic() - began
            rows = yardsticks.rows_of(records)
            floor = await yardsticks.copied(hub.owner, hub.database, rows, len(rows.t_us))
            small = await yardsticks.copied(hub.owner, hub.database, rows, yardsticks.TRANSACTION_ROWS)
            if number:
                values = len(rows.t_us)
                ours.append(cost.per(values))
                heap.append(floor.per(values))
                small_heap.append(small.per(values))
                seconds.append(values / took_s)
    worker, database = [one.client for one in ours], [one.database for one in ours]
    ratios = [a.database / b.database for a, b in zip(ours, heap, strict=True)]
    small_ratios = [a.database / b.database for a, b in zip(ours, small_heap, strict=True)]
    few = f"{yardsticks.TRANSACTION_ROWS:,} rows to a transaction"
    yield _middle(part, "worker CPU per stored sample", worker, "µs", BACKLOG_US_PER_SAMPLE)
    yield _middle(part, "database CPU per stored sample", database, "µs")
    yield _middle(part, "bare COPY into a heap, one transaction", [one.database for one in heap], "µs")
    yield _middle(part, f"bare COPY into a heap, {few}", [one.database for one in small_heap], "µs")
    yield _middle(part, "database CPU against the heap, one transaction", ratios, "times", DATABASE_RATIO)
    yield _middle(part, f"database CPU against the heap, {few}", small_ratios, "times", DATABASE_RATIO)
    yield _middle(part, "stored per second, wall time", seconds, "samples")


def _middle(part: str, name: str, each: list[float], unit: str, at_most: float | None = None) -> Figure:
    return Figure(part, name, median(each), unit, at_most, tuple(each), "the middle of these")


def backlog(number: int) -> tuple[list[Record], squad.Pen]:
    """The records of one epoch that ended a while ago, and the pen that wrote them."""
    pen = squad.Pen(60 + number * BACKLOG_S, BACKLOG_S)
    return [pen.record(Kind.SAMPLES, *content) for content in _contents()], pen


@functools.cache
def _contents() -> list[tuple[bytes, int, int]]:
    """Bodies with their first and last time: encoded once, sealed for each round."""
    seconds = squad.seconds_on_end(BACKLOG_S)
    return [(encode_samples(second), second[0].boot_us, second[-1].boot_us) for second in seconds]


async def _sent_and_stored(hub: Hub, gateway: Gateway, pen: squad.Pen, records: list[Record]) -> None:
    for message in squad.messages(records):
        await gateway.send(message, "backlog")
    await hub.stored(pen, len(records))


async def _live(hub: Hub) -> AsyncIterator[Figure]:
    """What a message costs that is shown and stored at once, without what the worker spends on nothing."""
    part = f"ingest of live messages, {LIVE_PER_S}/s of 30 straps each, worker's idle cost taken off"
    idle = await hub.cost(lambda: asyncio.sleep(IDLE_S))
    idle_share = idle.client / IDLE_S
    alone = [await _live_round(hub, 1, idle_share) for _ in range(ROUNDS)]
    yield _middle(part, "worker CPU per message, one gateway", alone, "ms", LIVE_MS_PER_MESSAGE)
    fleet = await _live_round(hub, FLEET, idle_share)
    yield Figure(part, f"worker CPU per message, {FLEET} gateways", fleet, "ms", LIVE_MS_PER_MESSAGE)
    note = f"in {IDLE_S} s, counted in steps of 10 ms"
    yield Figure(part, "an idle worker", 100 * idle_share, "% of a core", note=note)


async def _live_round(hub: Hub, gateways: int, idle_share: float) -> float:
    began = time.monotonic()

    async def all_talk() -> None:
        await asyncio.gather(*(_talk(hub, f"bench-live-{number}") for number in range(gateways)))

    spent = await hub.cost(all_talk)
    own_s = spent.client - idle_share * (time.monotonic() - began)
    return own_s * 1000 / (gateways * LIVE_S * LIVE_PER_S)


async def _talk(hub: Hub, name: str) -> None:
    """Send quarters of seconds as they would come, until LIVE_S are over; wait until all are stored."""
    pen, step_us = squad.Pen(-LIVE_S, LIVE_S), squad.SECOND_US // LIVE_PER_S
    packets = [packet for second in squad.ten_minutes()[:LIVE_S] for packet in second]
    async with hub.gateway(name) as gateway:
        began = time.monotonic()
        for number in range(LIVE_S * LIVE_PER_S):
            since_us = squad.BOOT_US + number * step_us
            now = [packet for packet in packets if since_us <= packet.boot_us < since_us + step_us]
            await asyncio.sleep(max(0.0, began + (number + 1) / LIVE_PER_S - time.monotonic()))
            await gateway.send(pen.samples(now).raw, "live")
        await hub.stored(pen, LIVE_S * LIVE_PER_S)
