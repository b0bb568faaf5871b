"""What the hub says by itself: live frames, fleet news, notices, answers to beats. None of it is of record.

It has a connection of its own: a broker whose alarm blocks those who publish must not stop the taking of
messages. Nobody waits for it: when the broker does not take what is said, the oldest of it is forgotten.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

import aio_pika
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPError

from sts_hub import logs
from sts_protocols import routing

MAX_WAITING = 1000
"""A few seconds of a full hub; what is older than that no longer is live."""

RETRY_S = 1.0
CONNECT_S = 10.0
PUBLISH_S = 5.0
"""A publish that the broker does not take in this time waits behind an alarm: the connection is made anew."""

_log = logs.get("sts.teller")
_LOST = (AMQPError, OSError, TimeoutError, RuntimeError)


class Said(NamedTuple):
    """One message, and where it goes."""

    exchange: str
    key: str
    body: bytes
    content_type: str
    correlation_id: str | None = None


class Teller:
    """Publishes what it is given, in order, as long as the broker takes it. `run` must be running."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._waiting: deque[Said] = deque(maxlen=MAX_WAITING)
        self._something = asyncio.Event()

    def live(self, key: str, body: bytes) -> None:
        """Say it to the API processes."""
        self.say(Said(routing.LIVE, key, body, "application/json"))

    def say(self, said: Said) -> None:
        """Say it, soon."""
        self._waiting.append(said)
        self._something.set()

    async def run(self) -> None:
        """Publish until cancelled, over as many connections as it takes."""
        while True:
            try:
                connection = await aio_pika.connect(self._url, timeout=CONNECT_S)
                async with connection:
                    await self._publish(await connection.channel(publisher_confirms=False))
            except _LOST as error:
                _log.warning("cannot speak", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RETRY_S)

    async def _publish(self, channel: AbstractChannel) -> None:
        while True:
            await self._something.wait()
            while self._waiting:
                await asyncio.wait_for(_send(channel, self._waiting.popleft()), PUBLISH_S)
            self._something.clear()


async def _send(channel: AbstractChannel, said: Said) -> None:
    exchange = (
        await channel.get_exchange(said.exchange, ensure=False) if said.exchange else channel.default_exchange
    )
    message = aio_pika.Message(said.body, content_type=said.content_type, correlation_id=said.correlation_id)
    await exchange.publish(message, said.key, mandatory=False)
