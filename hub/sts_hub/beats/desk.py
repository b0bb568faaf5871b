"""Takes beats from their queue, answers them, and tells the API processes the news of the fleet.

Beats are not of record: one that cannot be handled is dropped, and the next comes in ten seconds.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import asyncpg
import msgspec
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from prometheus_client import CollectorRegistry, Counter

from sts_hub import logs
from sts_hub.beats.service import Settled, settle
from sts_hub.beats.wants import Looks
from sts_hub.broker.sender import SenderError, sender
from sts_hub.broker.teller import Said, Teller
from sts_hub.live import frames
from sts_hub.live.frames import FleetNews, FleetSensor
from sts_protocols import routing
from sts_protocols.beat import Answer, Beat, decode_beat, encode_answer
from sts_protocols.errors import BeatError

PREFETCH = 10
"""More would grow old in a worker that waits for the database; in the queue they expire."""

REPLY_QUEUE = "amq.rabbitmq.reply-to."
"""Answers go to direct reply-to only: another name in a beat would make the hub write where the gateway may
not."""

_log = logs.get("sts.beats")
_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class BeatDesk:
    """Handles beats one after the other; each worker has one."""

    def __init__(self, pool: asyncpg.Pool, teller: Teller, registry: CollectorRegistry) -> None:
        self._pool = pool
        self._teller = teller
        self._beats = Counter(
            "sts_ingest_beats", "Beats of gateways, by what was done.", ("outcome",), registry=registry
        )
        self._looks = Looks()

    async def run(self, connection: AbstractConnection) -> None:
        """Answer beats until the connection ends."""
        inbox: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        async with await connection.channel(publisher_confirms=False) as channel:
            channel.close_callbacks.add(lambda *_: inbox.put_nowait(None))
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(routing.STATUS_QUEUE, ensure=False)
            await queue.consume(inbox.put)
            while (message := await inbox.get()) is not None:
                await self._handle(channel, message)
                await message.ack()

    async def _handle(self, channel: AbstractChannel, message: AbstractIncomingMessage) -> None:
        try:
            beat = read(message)
        except (SenderError, BeatError) as error:
            self._count("refused")
            _log.warning("beat refused", sender=message.user_id, error=str(error))
            return
        settled = await self._settle(beat)
        told = news(beat, settled.faults if settled else [], _now_us())
        self._teller.live(frames.routing_key(told), frames.encode(told))
        if settled is None:
            return
        self._answer(message, beat, settled)
        if settled.waiting:
            await self._look(channel)

    async def _settle(self, beat: Beat) -> Settled | None:
        try:
            async with self._pool.acquire() as connection:
                now = datetime.now(UTC)
                return await settle(connection, beat, now, self._looks.settled(now.timestamp()))
        except _AWAY as error:
            self._count("unanswered")
            _log.warning("beat not kept", gateway=beat.gateway, error=f"{type(error).__name__}: {error}")
            return None

    def _answer(self, message: AbstractIncomingMessage, beat: Beat, settled: Settled) -> None:
        self._count("answered")
        for fault in settled.faults:
            _log.warning("gateway fault", gateway=beat.gateway, fault=fault)
        reply_to = message.reply_to or ""
        if not reply_to.startswith(REPLY_QUEUE):
            return
        answer = Answer(number=beat.number, hub_us=_now_us(), epochs=settled.epochs)
        self._teller.say(
            Said("", reply_to, encode_answer(answer), routing.BEAT_CONTENT_TYPE, message.correlation_id)
        )

    async def _look(self, channel: AbstractChannel) -> None:
        """Remember when nothing waits in the queues: what is missing then is not on its way."""
        looked_at = time.time()
        queues = [
            await channel.declare_queue(name, passive=True)
            for name in (routing.LIVE_QUEUE, routing.BACKLOG_QUEUE)
        ]
        if not any(queue.declaration_result.message_count for queue in queues):
            self._looks.add(looked_at)

    def _count(self, outcome: str) -> None:
        self._beats.labels(outcome).inc()


def read(message: AbstractIncomingMessage) -> Beat:
    """The beat in a message. Raises SenderError when it speaks for somebody else, BeatError when it is
    none."""
    gateway = sender(message)
    beat = decode_beat(message.body)
    if beat.gateway != gateway:
        raise SenderError(f"{gateway} sends a beat of {beat.gateway}.")
    return beat


def news(beat: Beat, faults: list[str], hub_us: int) -> FleetNews:
    """What the fleet screens show of a beat, with what the hub found wrong."""
    sensors = [
        FleetSensor(s.name, s.address, s.kind, s.state, s.rssi, s.battery, s.last_heard_us)
        for s in beat.sensors
    ]
    return FleetNews(
        gateway=beat.gateway,
        hub_us=hub_us,
        state=beat.health.state,
        faults=[*beat.health.faults, *faults],
        sensors=sensors,
        buffer=None if beat.buffer is None else msgspec.to_builtins(beat.buffer),
        clock=None if beat.clock is None else (*beat.clock,),
        versions=dict(beat.versions),
    )


def _now_us() -> int:
    return time.time_ns() // 1000
