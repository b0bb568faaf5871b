"""What the hub says by itself: live frames, fleet news, notices, answers to beats. None of it is of record.

It has a connection of its own: a broker whose alarm blocks those who publish must not stop the taking of
messages. Nobody waits for it: when the broker does not take what is said, the oldest of it is forgotten.
"""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import count
from typing import NamedTuple

import aio_pika
import aiormq.abc
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPError
from pamqp import commands as spec

from sts_hub import logs
from sts_hub.broker import cancellation
from sts_protocols import routing

MAX_WAITING = 1000
"""A few seconds of a full hub; what is older than that no longer is live."""

WAITS_EVERY = 16
"""To wait until one message is with the kernel costs as much as to write it, so only every sixteenth is waited for: when
the broker takes nothing, no more than these lie between us and it."""

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
        wire = await channel.get_underlay_channel()
        for number in count(1):
            cancellation.heed()
            while not self._waiting:
                self._something.clear()
                await self._something.wait()
            async with asyncio.timeout(PUBLISH_S):
                await _send(wire, self._waiting.popleft(), wait=number % WAITS_EVERY == 0)


async def _send(wire: aiormq.abc.AbstractChannel, said: Said, *, wait: bool) -> None:
    """Below the library's objects for messages and exchanges: they cost more than all else about a frame."""
    properties = spec.Basic.Properties(content_type=said.content_type, correlation_id=said.correlation_id)
    await wire.basic_publish(
        said.body,
        exchange=said.exchange,
        routing_key=said.key,
        properties=properties,
        wait=wait,  # type: ignore[call-arg]  # the abstract channel does not know it
    )
