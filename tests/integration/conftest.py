"""A hub to send to: a migrated database, a virtual host with the hub's topology, workers, gateways."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import quote

import aio_pika
import asyncpg
import pytest
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from api_fixtures import api_app, api_database, world  # noqa: F401 - fixtures of the API's tests
from demo.ports import wait_until
from demo.services.rabbitmq import RabbitMQ
from ingest_support import PATIENCE_S, eventually, message
from sts_hub.broker import topology, users
from sts_hub.broker.management import Management
from sts_hub.db import migrate, pools
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.intake import read_message
from sts_hub.ingest.register import Register
from sts_hub.ingest.store import Store, Stored, no_checkpoint
from sts_hub.ingest.worker import Worker, WorkerSettings
from sts_protocols import routing
from sts_protocols.beat import Answer, Beat, decode_answer, encode_beat
from sts_protocols.record import Record

INGEST_PASSWORD = "ingest-in-a-test"


@dataclass
class HubDatabase:
    """A database as `sts-hub migrate` leaves it."""

    dsn: str
    ingest_dsn: str
    owner: asyncpg.Connection
    pools: list[asyncpg.Pool] = field(default_factory=list)

    async def store(self, checkpoint=no_checkpoint) -> Store:
        """A store of its own pool, as each worker has."""
        pool = await pools.open_pool(self.ingest_dsn, "test")
        self.pools.append(pool)
        return Store(pool, Register(), Counters(), checkpoint=checkpoint)

    async def send(
        self, store: Store, *records: Record, gateway: str = "pitch-1", lane="live", **how
    ) -> Stored:
        """Store records as if they had come in one message."""
        said = read_message(gateway, lane, message(*records))
        return await store.store(said.entries, said.unusable, **how)

    async def worn(
        self, *names: str, gateway: str = "pitch-1", consent: str = "(-infinity,infinity)"
    ) -> None:
        """Register these sensors of a gateway, each worn for ever by an athlete with this consent."""
        await self.owner.execute(WORN, gateway, list(names), consent)


WORN = """
WITH club AS (INSERT INTO sts.club (name) VALUES ('Club of ' || $1) RETURNING id),
team AS (INSERT INTO sts.team (club_id, name) SELECT id, 'Team' FROM club RETURNING id, club_id),
gateway AS (INSERT INTO sts.gateway (name, club_id, site) SELECT $1, id, 'Pitch' FROM club),
name AS (INSERT INTO sts.local_name (gateway, name, address, kind)
    SELECT $1, n, 'address of ' || n, 'heart_rate' FROM unnest($2::text[]) n),
athlete AS (INSERT INTO sts.athlete (club_id, team_id, name)
    SELECT club_id, id, n FROM team, unnest($2::text[]) n RETURNING id, club_id, name),
consent AS (INSERT INTO sts.consent (athlete_id, purpose, version, during)
    SELECT id, 'monitoring', '1', $3::text::tstzrange FROM athlete WHERE $3 <> 'none'),
sensor AS (INSERT INTO sts.sensor (club_id, address, kind, label)
    SELECT id, 'address of ' || n, 'heart_rate', n FROM club, unnest($2::text[]) n
    RETURNING id, club_id, label)
INSERT INTO sts.assignment (club_id, sensor_id, athlete_id, during)
SELECT s.club_id, s.id, a.id, '[2020-01-01,)' FROM sensor s JOIN athlete a ON a.name = s.label
"""


END_SESSIONS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'migrated'"


@pytest.fixture(scope="session")
async def migrated(postgres) -> str:
    """The name of a database of this version, to make others like it: a copy takes a tenth of the time."""
    dsn = postgres.make_database("migrated")
    await migrate.migrate(dsn)
    # TimescaleDB's scheduler sits in each database that it may enter, and a copy needs it empty.
    postgres.sql("ALTER DATABASE migrated ALLOW_CONNECTIONS false")
    assert wait_until(lambda: postgres.sql(END_SESSIONS) == "0", PATIENCE_S)
    return "migrated"


@pytest.fixture
async def hub_database(postgres, migrated) -> AsyncIterator[HubDatabase]:
    """A database of this version, and a way in as the ingest role."""
    dsn = postgres.make_database(like=migrated)
    name = dsn.partition("@/")[2].partition("?")[0]
    ingest_dsn = postgres.dsn_of(name, migrate.INGEST, INGEST_PASSWORD)
    await migrate.migrate(dsn, ingest_dsn=ingest_dsn)
    owner = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    database = HubDatabase(dsn, ingest_dsn, owner)
    yield database
    for pool in database.pools:
        pool.terminate()
    await owner.close()


@dataclass
class Link:
    """A gateway's connection, as its own user at the broker."""

    name: str
    telemetry: AbstractExchange
    results: AbstractExchange
    status: AbstractExchange
    answers: asyncio.Queue[AbstractIncomingMessage]

    async def send(self, *records: Record, lane: routing.Lane = "live") -> None:
        """One message; returns when the broker has confirmed it."""
        await self.send_bytes(message(*records), lane)

    async def send_bytes(self, body: bytes, lane: routing.Lane = "live") -> None:
        """Whatever bytes as one message."""
        name, key = routing.records_address(self.name, lane)
        exchange = self.results if name == routing.RESULTS else self.telemetry
        await exchange.publish(
            aio_pika.Message(body, user_id=self.name, delivery_mode=2), key, mandatory=True
        )

    async def beat(self, beat: Beat) -> Answer:
        """Send a beat, and wait for the answer."""
        said = aio_pika.Message(
            encode_beat(beat),
            user_id=self.name,
            reply_to="amq.rabbitmq.reply-to",
            correlation_id=str(beat.number),
        )
        await self.status.publish(said, routing.status_key(self.name))
        answer = await asyncio.wait_for(self.answers.get(), PATIENCE_S)
        assert answer.correlation_id == str(beat.number)
        return decode_answer(answer.body)


@dataclass
class Hub:
    """Database and broker of one hub, its workers and its gateways."""

    database: HubDatabase
    amqp_url: str
    management_url: str
    management: Management
    stack: contextlib.AsyncExitStack
    rabbitmq: RabbitMQ

    async def delete(self, *path: str) -> None:
        """Remove something at the broker, by its path in the management API."""
        address = "/".join(["/api", *(quote(part, safe="") for part in path)])
        await asyncio.to_thread(self.rabbitmq.api, "DELETE", address)

    async def start(self, *, checkpoint=no_checkpoint, hold_s: float = 60.0) -> Worker:
        """A worker that runs until the test ends or `end` is called."""
        settings = WorkerSettings(self.database.ingest_dsn, self.amqp_url, self.management_url, hold_s)
        worker = Worker(settings, checkpoint=checkpoint)
        worker.task = asyncio.create_task(worker.run())
        self.stack.push_async_callback(self.end, worker)
        return worker

    async def end(self, worker: Worker) -> None:
        """Stop a worker as SIGTERM does."""
        worker.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker.task

    async def gateway(self, name: str = "pitch-1") -> Link:
        """A gateway's user at the broker, and its connection."""
        password = secrets.token_hex(8)
        await users.add(self.management, name, password)
        address = self.amqp_url.partition("@")[2]
        connection = await aio_pika.connect(f"amqp://{name}:{password}@{address}")
        await self.stack.enter_async_context(connection)
        channel = await connection.channel(on_return_raises=True)
        answers: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        replies = await channel.get_queue("amq.rabbitmq.reply-to", ensure=False)
        await replies.consume(answers.put, no_ack=True)
        exchanges = [
            await channel.get_exchange(exchange, ensure=False)
            for exchange in (routing.TELEMETRY, routing.RESULTS, routing.STATUS)
        ]
        return Link(name, *exchanges, answers)

    async def connect(self) -> aio_pika.abc.AbstractConnection:
        """A connection as the hub's own user."""
        return await self.stack.enter_async_context(await aio_pika.connect(self.amqp_url))

    async def depth(self, queue: str) -> int:
        """Messages that wait in a queue, seen over a connection of its own."""
        async with await aio_pika.connect(self.amqp_url) as connection, connection.channel() as channel:
            found = await channel.declare_queue(queue, passive=True)
            return found.declaration_result.message_count or 0

    async def until_taking(self) -> None:
        """Wait until a worker takes what comes live."""
        async with await aio_pika.connect(self.amqp_url) as connection, connection.channel() as channel:

            async def is_taken() -> bool:
                found = await channel.declare_queue(routing.LIVE_QUEUE, passive=True)
                return bool(found.declaration_result.consumer_count)

            await eventually(is_taken, "a worker")

    async def hear(self, key: str) -> asyncio.Queue[AbstractIncomingMessage]:
        """What is told on sts.live from now on."""
        channel = await (await self.connect()).channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(routing.LIVE, key)
        heard: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await queue.consume(heard.put, no_ack=True)
        return heard


@pytest.fixture
async def hub(rabbitmq, hub_database) -> AsyncIterator[Hub]:
    """A hub without a worker; its exchanges and queues are there."""
    vhost = rabbitmq.make_vhost()
    amqp_url = rabbitmq.amqp_url(vhost)
    url = rabbitmq.management_url_with_password
    async with contextlib.AsyncExitStack() as stack, Management(url, vhost) as management:
        async with await aio_pika.connect(amqp_url) as connection:
            await topology.declare(connection)
        yield Hub(hub_database, amqp_url, url, management, stack, rabbitmq)
        await stack.aclose()
    rabbitmq.drop_vhost(vhost)
