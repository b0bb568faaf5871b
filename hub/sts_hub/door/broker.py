"""With a broker: what a gateway brings over HTTPS is published in its name, confirmed and mandatory, and waits in
the same queues for the same workers."""

from __future__ import annotations

import asyncio
import itertools

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, DeliveryError, PublishError

from sts_hub import logs
from sts_hub.broker import cancellation
from sts_hub.broker.management import user_of
from sts_hub.door.intake import NoQueue, NotNow, QueueFull
from sts_protocols import routing
from sts_protocols.beat import Beat, encode_beat
from sts_protocols.routing import Lane

CONNECT_S = 10.0
RECONNECT_S = 1.0
HEARTBEAT_S = 10

CONFIRM_S = 5.0
"""A broker that has not confirmed by then is as good as away; gateways look for a better link long before."""

ANSWER_S = 8.0
"""The next beat comes after ten seconds."""

REPLY_TO = "amq.rabbitmq.reply-to"
_AWAY = (AMQPError, OSError, TimeoutError, RuntimeError)
_log = logs.get("sts_hub.door")


class BrokerIntake:
    """Publishes as the hub's own user, whom the workers let speak for any gateway."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._hub = user_of(amqp_url)
        self._connection: AbstractConnection | None = None
        self._records: AbstractChannel | None = None
        self._beats: AbstractChannel | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[str, asyncio.Future[bytes]] = {}

    async def run(self) -> None:
        """Keep a connection to the broker until cancelled."""
        while True:
            try:
                await self._stay_connected()
            except _AWAY as error:
                _log.warning("broker away", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RECONNECT_S)

    def ready(self) -> None:
        self._open(self._records)

    async def take(self, gateway: str, lane: Lane, body: bytes) -> None:
        exchange, key = routing.records_address(gateway, lane)
        message = self._message(body, routing.RECORDS_CONTENT_TYPE)
        try:
            await _publish(self._open(self._records), exchange, key, message)
        except PublishError:
            raise NoQueue("The broker has no queue for it: start sts-hub ingest on the hub.") from None
        except DeliveryError:
            raise QueueFull(
                f"The hub's queue for {lane} records is full: add workers (sts-hub ingest)."
            ) from None
        except _AWAY as error:
            raise NotNow(f"The hub's broker does not take it ({type(error).__name__}).") from error

    async def beat(self, beat: Beat) -> bytes:
        number = str(next(self._numbers))
        answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked[number] = answered
        key = routing.status_key(beat.gateway)
        message = self._message(encode_beat(beat), routing.BEAT_CONTENT_TYPE, number)
        try:
            await _publish(self._open(self._beats), routing.STATUS, key, message)
            async with asyncio.timeout(ANSWER_S):
                return await answered
        except _AWAY as error:
            raise NotNow("No worker answers beats: is sts-hub ingest running?") from error
        finally:
            del self._asked[number]

    def _message(self, body: bytes, content_type: str, number: str | None = None) -> aio_pika.Message:
        return aio_pika.Message(
            body,
            content_type=content_type,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            user_id=self._hub,
            reply_to=REPLY_TO if number else None,
            correlation_id=number,
        )

    def _open(self, channel: AbstractChannel | None) -> AbstractChannel:
        if channel is None or channel.is_closed:
            raise NotNow("The hub's broker is away: its operator sees why in the log.")
        return channel

    async def _stay_connected(self) -> None:
        connection = await aio_pika.connect(
            self._url,
            timeout=CONNECT_S,
            heartbeat=HEARTBEAT_S,
            client_properties={"connection_name": "sts-hub door"},
        )
        async with connection:
            records = await connection.channel(publisher_confirms=True, on_return_raises=True)
            beats = await connection.channel(publisher_confirms=False)
            answers = await beats.get_queue(REPLY_TO, ensure=False)
            await answers.consume(self._take_answer, no_ack=True)
            self._records, self._beats = records, beats
            ends = [asyncio.create_task(_closed(channel)) for channel in (records, beats)]
            try:
                cancellation.heed()
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._records = self._beats = None
                for end in ends:
                    end.cancel()

    async def _take_answer(self, message: AbstractIncomingMessage) -> None:
        waiting = self._asked.get(message.correlation_id or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(message.body)


async def _closed(channel: AbstractChannel) -> None:
    await channel.closed()


async def _publish(channel: AbstractChannel, exchange: str, key: str, message: aio_pika.Message) -> None:
    sink = await channel.get_exchange(exchange, ensure=False)
    await sink.publish(message, key, mandatory=True, timeout=CONFIRM_S)
