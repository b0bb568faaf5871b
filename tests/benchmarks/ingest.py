"""What storing costs: a real worker, broker and database, beside a bare COPY of the same rows.

Worker CPU is the whole process: consuming, decoding, building the COPY, ledger, acknowledging. Database CPU
is the whole server with its background processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import shutil
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg

from benchmarks import bare_worker, squad, yardsticks
from benchmarks.figures import Figure, as_they_come, median
from benchmarks.yardsticks import Cost
from demo.ports import wait_until
from demo.processes import Program
from demo.progress import step
from demo.system import VHOST, Options, System
from faults import meters
from faults.proof import pid_of
from sts_hub.broker import users
from sts_hub.broker.management import Management
from sts_hub.live.frames import FRAME_PREFIX
from sts_protocols import routing
from sts_protocols.record import Kind, Record, encode_samples

ROUNDS = 3
# A round of 370,000 values takes the heap 0.2 s of CPU and differs from the next by a third.
BACKLOG_S = 4_000
BACKLOG_ROUNDS = 6
LIVE_S = 12
LIVE_PER_S = 4
FLEET = 4
IDLE_S = 10
PATIENCE_S = 120
SHOWN_AGAIN_S = 0.5
BARE_QUEUE = "bench-bare"
# A frame with a quarter second of thirty straps.
FRAME_BYTES = 700

BACKLOG_US_PER_SAMPLE = 1.0
LIVE_MS_PER_MESSAGE = 1.5
DATABASE_RATIO = 4.5

_RECEIVED = (
    "SELECT coalesce(sum(upper(p) - lower(p)), 0)::int8 FROM sts.epoch, unnest(received) p WHERE epoch = $1"
)
_GATEWAY = "INSERT INTO sts.gateway (name, club_id, site) SELECT $1, id, 'bench' FROM sts.club ON CONFLICT DO NOTHING"
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
        for row in (_GATEWAY, _NAMES):
            await self.ask(row, name)
        host, port = self.system.broker_address
        async with await aio_pika.connect(f"amqp://{name}:{name}@{host}:{port}/{VHOST}") as connection:
            channel = await connection.channel(on_return_raises=True)
            yield Gateway(name, await channel.get_exchange(routing.TELEMETRY, ensure=False))

    @contextlib.asynccontextmanager
    async def wall(self) -> AsyncIterator[Counter[str]]:
        """Whoever looks at the live frames: how many have come from each gateway."""
        seen: Counter[str] = Counter()

        async def note(frame: aio_pika.abc.AbstractIncomingMessage) -> None:
            seen[(frame.routing_key or "").removeprefix(FRAME_PREFIX)] += 1

        async with await aio_pika.connect(self.system.rabbitmq.amqp_url(VHOST)) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(exclusive=True)
            await queue.bind(routing.LIVE, f"{FRAME_PREFIX}#")
            await queue.consume(note, no_ack=True)
            yield seen


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
    part = f"ingest of backlog, {BACKLOG_ROUNDS} rounds of {BACKLOG_S} records of 1 s"
    async with hub.gateway("bench-backlog") as gateway, _without_autovacuum(hub):
        rounds = [await _round(hub, gateway, number) for number in range(BACKLOG_ROUNDS + 1)]
    del rounds[0]  # it made series and days, and warmed caches
    few = f"{yardsticks.TRANSACTION_ROWS:,} rows to a transaction"
    ours, heap, small = ([getattr(one, name) for one in rounds] for name in ("ours", "heap", "small_heap"))
    yield _middle(
        part, "worker CPU per stored sample", [one.client for one in ours], "µs", BACKLOG_US_PER_SAMPLE
    )
    yield _middle(part, "database CPU per stored sample", [one.database for one in ours], "µs")
    yield _middle(part, "bare COPY into a heap, one transaction", [one.database for one in heap], "µs")
    yield _middle(part, f"bare COPY into a heap, {few}", [one.database for one in small], "µs")
    yield _against(part, "database CPU against the heap, one transaction", ours, heap)
    yield _against(part, f"database CPU against the heap, {few}", ours, small)
    yield _middle(part, "stored per second, wall time", [one.per_s for one in rounds], "samples")
    stored = sum(one.values for one in rounds)
    vacuum = (await hub.cost(lambda: hub.owner.execute("VACUUM (ANALYZE) sts.sample"))).per(stored)
    yield Figure(
        part,
        "vacuum and analysis afterwards",
        vacuum.database,
        "µs",
        note="for each sample; not in the others",
    )


@dataclass(frozen=True)
class Round:
    """What the same rows cost in three ways, µs of CPU for each, and how fast ours was."""

    ours: Cost
    heap: Cost
    small_heap: Cost
    values: int
    per_s: float


async def _round(hub: Hub, gateway: Gateway, number: int) -> Round:
    """Each way begins with nothing to write that another has left in memory."""
    records, pen = backlog(number)
    rows = yardsticks.rows_of(records)
    values = len(rows.t_us)

    async def heap(rows_to_a_transaction: int) -> Cost:
        await hub.owner.execute("CHECKPOINT")
        return (await yardsticks.copied(hub.owner, hub.database, rows, rows_to_a_transaction)).per(values)

    whole = await heap(values)
    await hub.owner.execute("CHECKPOINT")
    began = time.monotonic()
    ours = (await hub.cost(lambda: _sent_and_stored(hub, gateway, pen, records))).per(values)
    per_s = values / (time.monotonic() - began)
    return Round(ours, whole, await heap(yardsticks.TRANSACTION_ROWS), values, per_s)


@contextlib.asynccontextmanager
async def _without_autovacuum(hub: Hub) -> AsyncIterator[None]:
    """It looks once a minute and takes as much CPU as half a round: in which one is chance. It is measured by itself."""
    for sentence in ("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"):
        await hub.owner.execute(sentence)
    yield  # the server is thrown away, whatever happens
    for sentence in ("ALTER SYSTEM RESET autovacuum", "SELECT pg_reload_conf()"):
        await hub.owner.execute(sentence)


def _against(part: str, name: str, ours: list[Cost], floor: list[Cost]) -> Figure:
    each = tuple(a.database / b.database for a, b in zip(ours, floor, strict=True))
    value = sum(one.database for one in ours) / sum(one.database for one in floor)
    return Figure(part, name, value, "times", DATABASE_RATIO, each, "the sums of all rounds")


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
    alone = [await live_round(hub, 1, idle_share) for _ in range(ROUNDS)]
    yield _middle(part, "worker CPU per message, one gateway", alone, "ms", LIVE_MS_PER_MESSAGE)
    bare = [await _bare_round(hub) for _ in range(ROUNDS)]
    note = "the same libraries, nothing of ours: benchmarks.bare_worker"
    yield Figure(part, "a bare worker's CPU per message", median(bare), "ms", each=tuple(bare), note=note)
    fleet = await live_round(hub, FLEET, idle_share)
    yield Figure(part, f"worker CPU per message, {FLEET} gateways", fleet, "ms", LIVE_MS_PER_MESSAGE)
    yield Figure(part, "an idle worker", 100 * idle_share, "% of a core", note=f"in {IDLE_S} s")


async def _bare_round(hub: Hub) -> float:
    """CPU per message of a worker that only receives, passes on and commits, ms; of one gateway's messages."""
    bodies = [body for body, _ in _quarters(squad.Pen(-LIVE_S, LIVE_S))]
    url, rows = hub.system.rabbitmq.amqp_url(VHOST), round(_values_per_s() / LIVE_PER_S)
    log = hub.system.folder / "bare-worker.log"
    log.unlink(missing_ok=True)
    words = (url, BARE_QUEUE, hub.system.owner_dsn, str(FRAME_BYTES), str(rows))
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        quorum = {"x-queue-type": "quorum"}
        await channel.declare_queue(BARE_QUEUE, durable=True, arguments=quorum)
        program = Program("bare worker", [sys.executable, "-m", "benchmarks.bare_worker", *words], log)
        try:
            await asyncio.to_thread(wait_until, lambda: bare_worker.READY in log.read_text(), PATIENCE_S)
            before_s = meters.cpu_s(program.pid)
            for body in bodies:
                await asyncio.sleep(1 / LIVE_PER_S)
                await channel.default_exchange.publish(aio_pika.Message(body, delivery_mode=2), BARE_QUEUE)
            await asyncio.sleep(2 * bare_worker.GATHER_S)
            return (meters.cpu_s(program.pid) - before_s) * 1000 / len(bodies)
        finally:
            program.stop()
            await channel.queue_delete(BARE_QUEUE)


def _values_per_s() -> float:
    seconds = squad.ten_minutes()[:LIVE_S]
    return sum(map(squad.values_in, seconds)) / len(seconds)


def _quarters(pen: squad.Pen) -> Iterator[tuple[bytes, float]]:
    """Messages of a quarter of a second of thirty straps, and when each is sent, s after the first began."""
    step_us = squad.SECOND_US // LIVE_PER_S
    packets = [packet for second in squad.ten_minutes()[:LIVE_S] for packet in second]
    for number in range(LIVE_S * LIVE_PER_S):
        since_us = squad.BOOT_US + number * step_us
        now = [packet for packet in packets if since_us <= packet.boot_us < since_us + step_us]
        yield pen.samples(now).raw, (number + 1) / LIVE_PER_S


async def live_round(hub: Hub, gateways: int, idle_share: float) -> float:
    """Worker CPU per message, ms. Raises RuntimeError when not every message was shown on the wall."""
    messages = LIVE_S * LIVE_PER_S
    async with contextlib.AsyncExitStack() as stack:
        seen = await stack.enter_async_context(hub.wall())
        names = [f"bench-live-{number}" for number in range(gateways)]
        talking = [await stack.enter_async_context(hub.gateway(name)) for name in names]
        await asyncio.gather(*(_shown(gateway, seen) for gateway in talking))
        seen.clear()
        began = time.monotonic()

        async def all_talk() -> None:
            await asyncio.gather(*(_talk(hub, gateway) for gateway in talking))

        spent = await hub.cost(all_talk)
        own_s = spent.client - idle_share * (time.monotonic() - began)
    if set(seen.values()) != {messages} or len(seen) != gateways:
        raise RuntimeError(
            f"Of {messages} live messages of each of {gateways} gateways these were shown: {dict(seen)}."
        )
    return own_s * 1000 / (gateways * messages)


async def _shown(gateway: Gateway, seen: Counter[str]) -> None:
    """Until the worker has read in its register who wears this gateway's sensors."""
    second = squad.ten_minutes()[0]
    until = time.monotonic() + PATIENCE_S
    while not seen[gateway.name]:
        if time.monotonic() > until:
            raise TimeoutError(f"Nothing of {gateway.name} was shown within {PATIENCE_S} s.")
        pen = squad.Pen(0, 1)
        await gateway.send(pen.samples(second).raw, "live")
        await asyncio.sleep(SHOWN_AGAIN_S)


async def _talk(hub: Hub, gateway: Gateway) -> None:
    """Send quarters of seconds as they would come, until LIVE_S are over; wait until all are stored."""
    pen = squad.Pen(-LIVE_S, LIVE_S)
    began = time.monotonic()
    for body, due_s in _quarters(pen):
        await asyncio.sleep(max(0.0, began + due_s - time.monotonic()))
        await gateway.send(body, "live")
    await hub.stored(pen, LIVE_S * LIVE_PER_S)
