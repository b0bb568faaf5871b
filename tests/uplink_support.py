"""A hub in a few lines on a real broker, and a gateway's uplink to send to it: for the tests of uplinks."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

import aio_pika
import msgspec
import pytest
import uvicorn
from aio_pika.abc import AbstractIncomingMessage
from starlette.responses import PlainTextResponse

from sts_edge.buffer import Buffer, MemoryBuffer
from sts_edge.health import Health
from sts_edge.uplinks import LinkState, amqp, https
from sts_edge.uplinks.amqp import outlet as amqp_outlet
from sts_edge.uplinks.dialling import Dialler
from sts_edge.uplinks.https import outlet as https_outlet
from sts_edge.uplinks.line import Verdict
from sts_edge.uplinks.uplink import TwoLaneUplink
from sts_hub.broker import topology
from sts_hub.broker.management import user_of
from sts_hub.broker.sender import sender
from sts_hub.door.app import Door
from sts_hub.door.broker import BrokerIntake
from sts_hub.door.intake import Intake
from sts_hub.door.keys import Keys
from sts_protocols import routing
from sts_protocols.beat import (
    AnchorReport,
    Answer,
    Beat,
    EpochAnswer,
    EpochReport,
    decode_beat,
    encode_answer,
)
from sts_protocols.metrics import HEART_RATE
from sts_protocols.record import ClockReading, ClockSource, Kind, Record, encode_samples, split
from sts_protocols.routing import Lane
from sts_protocols.sample import Packet, Value

GATEWAY = "pitch-1"
PASSWORD = "a password of the tests"
# For waiting: generous, because nothing is asserted about how long it took.
PATIENCE_S = 60.0
KNOWN = ClockReading(1_790_000_000_000_000, 1000, ClockSource.NTP)


class Broker(Protocol):
    """What the tests use of the `rabbitmq` fixture."""

    amqp_port: int

    def amqp_url(self, vhost: str = "/", user: str | None = None, password: str | None = None) -> str: ...
    def make_vhost(self, name: str | None = None) -> str: ...
    def drop_vhost(self, vhost: str) -> None: ...
    def api(self, method: str, path: str, body: object = None) -> Any: ...
    def control(self, *words: str) -> None: ...
    def wait_ready(self) -> None: ...


def lanes_handed_over(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[Lane]:
    """The lane of each message since the link last began to flow, as the gateway hands them to its sockets.

    What the hub hears first is not asked: each lane has a queue, and a slow broker may empty the other first.
    """
    lanes: list[Lane] = []

    def flowing(is_so: bool) -> None:
        site.flows.append(is_so)
        if not is_so:
            lanes.clear()

    monkeypatch.setattr(site.uplink, "_on_flow", flowing)
    for kind in (amqp_outlet.Outlet, https_outlet.Outlet):
        monkeypatch.setattr(kind, "publish", _noting(kind.publish, lanes))
    return lanes


def _noting(publish: Callable[..., None], lanes: list[Lane]) -> Callable[..., None]:
    def noted(self: Any, body: bytes, lane: Lane, on_verdict: Callable[[Verdict], None]) -> None:
        lanes.append(lane)
        publish(self, body, lane, on_verdict)

    return noted


def tries_begun(monkeypatch: pytest.MonkeyPatch) -> list[Dialler]:
    """Who began a try, for each from now on. What a broker or a link has accepted may have begun long before."""
    begun: list[Dialler] = []
    begin = Dialler._begin

    def noted(self: Dialler) -> Any:
        begun.append(self)
        return begin(self)

    monkeypatch.setattr(Dialler, "_begin", noted)
    return begun


async def eventually(true: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait until it is true; fails when patience ends."""
    end_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end_s, "it did not come true in time"
        await asyncio.sleep(0.01)


class Arrival(NamedTuple):
    """A record at the hub, by which lane, and when."""

    lane: str
    record: Record
    at_s: float


def add_gateway(broker: Broker, vhost: str, name: str = GATEWAY, password: str = PASSWORD) -> None:
    """The gateway's user, with the rights that the hub gives."""
    broker.api("PUT", f"/api/users/{name}", {"password": password, "tags": "gateway"})
    rights = {"configure": routing.CONFIGURE_RULE, "write": routing.WRITE_RULE, "read": "^$"}
    place = quote(vhost, safe="")
    broker.api("PUT", f"/api/permissions/{place}/{name}", rights)
    for exchange in (routing.TELEMETRY, routing.RESULTS, routing.STATUS):
        rule = {"exchange": exchange, "write": routing.TOPIC_RULE, "read": "^$"}
        broker.api("PUT", f"/api/topic-permissions/{place}/{name}", rule)


class Hub:
    """Declares the hub's topology, takes what comes, and answers beats like a hub that has it all."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.vhost = ""
        self.arrivals: list[Arrival] = []
        self.beats: list[Beat] = []
        self.answering = True
        self.answer: Callable[[Beat, Answer], Answer] = lambda beat, answer: answer
        self._connection: aio_pika.abc.AbstractConnection | None = None

    async def open(self, declare: bool = True) -> None:
        """Make a virtual host of our own, with the gateway's user."""
        self.vhost = self.broker.make_vhost()
        add_gateway(self.broker, self.vhost)
        if declare:
            await self.declare()

    async def declare(self) -> None:
        """Make exchanges and queues."""
        async with await aio_pika.connect(self.broker.amqp_url(self.vhost)) as connection:
            await topology.declare(connection)

    async def listen(self) -> None:
        """Take records and beats from now on."""
        self._connection = await aio_pika.connect(self.broker.amqp_url(self.vhost))
        channel = await self._connection.channel()
        for lane, queue in (
            ("live", routing.LIVE_QUEUE),
            ("backlog", routing.BACKLOG_QUEUE),
            ("document", routing.RESULTS_QUEUE),
        ):
            await (await channel.get_queue(queue)).consume(self._taker(lane), no_ack=True)
        await (await channel.get_queue(routing.STATUS_QUEUE)).consume(self._take_beat, no_ack=True)
        self._channel = channel

    async def deaf(self) -> None:
        """Take nothing any more."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def close(self) -> None:
        """Remove the virtual host."""
        await self.deaf()
        self.broker.drop_vhost(self.vhost)

    def seqs(self, lane: str | None = None) -> list[int]:
        """The numbers of the records that came, in order of arrival."""
        return [one.record.header.seq for one in self.arrivals if lane in (None, one.lane)]

    def _taker(self, lane: str) -> Callable[[AbstractIncomingMessage], Awaitable[None]]:
        async def take(message: AbstractIncomingMessage) -> None:
            at_s = time.monotonic()
            assert sender(message, user_of(self.broker.amqp_url())) == GATEWAY
            for record in split(message.body):
                assert isinstance(record, Record)
                self.arrivals.append(Arrival(lane, record, at_s))

        return take

    async def _take_beat(self, message: AbstractIncomingMessage) -> None:
        beat = decode_beat(message.body)
        self.beats.append(beat)
        if not self.answering or message.reply_to is None:
            return
        epochs = [EpochAnswer(epoch=one.epoch, pinned=one.pin is not None) for one in beat.epochs]
        answer = Answer(number=beat.number, hub_us=time.time_ns() // 1000, epochs=epochs)
        body = encode_answer(self.answer(beat, answer))
        reply = aio_pika.Message(body, correlation_id=message.correlation_id)
        await self._channel.default_exchange.publish(reply, routing_key=message.reply_to)


class PaperDatabase:
    """Knows the secret of one gateway, as the hub's database would."""

    def __init__(self) -> None:
        self.hashes = {GATEWAY: hashlib.sha256(PASSWORD.encode()).digest()}

    @asynccontextmanager
    async def nobody(self) -> AsyncIterator[PaperDatabase]:
        yield self

    async def value(self, query: str, name: str) -> bytes | None:
        return self.hashes.get(name)


@asynccontextmanager
async def served(intake: Intake, database: Any, certificate: Path | None = None) -> AsyncIterator[int]:
    """The hub's door for gateways over HTTP, on this intake; gives the port."""
    app = Door(PlainTextResponse("not here", 404), Keys(database), intake)
    async with running(intake.run()), listening(app, certificate) as port:
        yield port


@asynccontextmanager
async def listening(app: Door, certificate: Path | None = None) -> AsyncIterator[int]:
    """A door on a port of its own, over TLS where it has a certificate."""
    options = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate,
    )
    server = uvicorn.Server(options)
    with socket.create_server(("127.0.0.1", 0)) as port:
        serving = asyncio.create_task(server.serve(sockets=[port]))
        try:
            await eventually(lambda: server.started)
            yield port.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            await serving


@asynccontextmanager
async def door(hub: Hub, database: Any = None, certificate: Path | None = None) -> AsyncIterator[int]:
    """The door before the hub's broker."""
    intake = BrokerIntake(hub.broker.amqp_url(hub.vhost))
    async with served(intake, database or PaperDatabase(), certificate) as port:
        yield port


class StillClock:
    """A clock that remembers what the hub told it."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, int]] = []

    def boot_us(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000

    def wall_us(self) -> int | None:
        return None

    def last_good_us(self) -> int | None:
        return None

    def add_hub_answer(self, sent_us: int, received_us: int, hub_us: int) -> bool:
        self.told.append((sent_us, received_us, hub_us))
        return True


@dataclass
class Site:
    """A gateway without sensors: a buffer, an uplink, and a way to close records."""

    vhost: str
    port: int
    scheme: str = "amqp"
    name: str = GATEWAY
    password: str = PASSWORD
    buffer: Buffer = field(default_factory=MemoryBuffer)
    health: Health = field(default_factory=Health)
    clock: StillClock = field(default_factory=StillClock)
    flows: list[bool] = field(default_factory=list)
    opens: bool = True
    host: str = "127.0.0.1"
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        carrier = amqp if self.scheme.startswith("amqp") else https
        place = f"/{quote(self.vhost, safe='')}" if carrier is amqp else ""
        url = f"{self.scheme}://{self.host}:{self.port}{place}"
        where = carrier.address(url, self.name, lambda: self.password, self.clock, self.ca_file)
        self.uplink = TwoLaneUplink(
            where,
            self.buffer,
            self.clock,
            self.health,
            make_beat=self.beat,
            on_flow=self.flows.append,
        )
        self.buffer.on_closed = self.uplink.offer
        if self.opens:
            self.buffer.open()

    def at(self, port: int) -> Site:
        """The same gateway, its buffer still open, with an uplink to another port."""
        return replace(self, port=port, opens=False)

    @property
    def is_up(self) -> bool:
        """Whether live records are confirmed in time."""
        return self.uplink.report().state is LinkState.UP

    @property
    def waiting(self) -> int:
        """How many records are not confirmed."""
        return self.buffer.stats().waiting_records

    def say(self, clock: ClockReading = KNOWN, values: int = 1, kind: int = Kind.SAMPLES) -> Record:
        """Close a record now."""
        now_us = self.clock.boot_us() // 1000 * 1000
        packets = [
            Packet(f"hr-{k:02}", now_us, 1000, 1_000_000, (Value(HEART_RATE.id, 60.0 + k % 90, 0),))
            for k in range(values)
        ]
        return self.buffer.append(kind, encode_samples(packets), now_us, now_us, clock)

    async def fill(self, records: int) -> None:
        """Let that many records of a second of thirty straps wait; what they say does not matter."""
        first = self.say(values=100)
        for number in range(1, records):
            last = self.buffer.append(Kind.SAMPLES, first.body, 0, 0, KNOWN)
            if number % 500 == 0:  # what is written at once is bounded
                await self.buffer.synced(last.header.seq)
        await self.buffer.synced(first.header.seq + records - 1)

    async def talk(self, every_s: float = 0.25, values: int = 1) -> None:
        """Close a record every quarter of a second, as while the link is up."""
        while True:
            self.say(values=values)
            await asyncio.sleep(every_s)

    def beat(self, number: int) -> Beat:
        """The beat with this number."""
        return Beat(
            gateway=self.name,
            epoch=self.buffer.epoch.hex(),
            number=number,
            boot_us=self.clock.boot_us(),
            epochs=[
                EpochReport(
                    epoch=one.epoch.hex(),
                    boot_id=one.boot_id,
                    running=one.running,
                    first=one.first,
                    head=one.head,
                    confirmed=one.confirmed,
                    pin=AnchorReport(*msgspec.structs.astuple(one.pin)) if one.pin else None,
                )
                for one in self.buffer.epochs()
            ],
        )


@asynccontextmanager
async def running(*coroutines: Any) -> AsyncIterator[None]:
    """Run these beside the body, and end them with it."""
    tasks = [asyncio.create_task(one) for one in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        faults = [one for one in results if isinstance(one, Exception)]
        if faults:
            raise faults[0]
