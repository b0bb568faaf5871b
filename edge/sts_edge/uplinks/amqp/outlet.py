"""A channel with confirms on which each publish ends in one of five words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiormq import spec
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import ChannelClosed, DeliveryError, PublishError

from sts_protocols.routing import (
    BEAT_CONTENT_TYPE,
    RECORDS_CONTENT_TYPE,
    STATUS,
    Lane,
    records_address,
    status_key,
)

from ..line import Outcome, Verdict

PERSISTENT = 2
REPLY_TO = "amq.rabbitmq.reply-to"


class Outlet:
    """One channel of a gateway; a refused publish closes it and nothing else."""

    def __init__(self, channel: AbstractChannel, gateway: str) -> None:
        self._channel = channel
        self._gateway = gateway
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_shut(self) -> bool:
        """Whether the channel is closed: open another one."""
        return self._channel.is_closed

    async def settled(self, timeout: float) -> None:
        """Wait, this long at most, for all verdicts; without confirms, until the socket has taken all."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)

    async def shut(self) -> None:
        """Wait until the channel is closed."""
        await asyncio.wait([self._channel.closing])

    def publish(self, body: bytes, lane: Lane, on_verdict: Callable[[Verdict], None]) -> None:
        """Hand records to the socket and return; the verdict comes by callback, once, however late."""
        exchange, key = records_address(self._gateway, lane)
        self.send(body, exchange, key, RECORDS_CONTENT_TYPE, on_verdict, user=self._gateway)

    def beat(self, body: bytes, number: int) -> None:
        """Hand a beat to the socket and return; the answer is the verdict on it."""
        key = status_key(self._gateway)
        self.send(
            body,
            STATUS,
            key,
            BEAT_CONTENT_TYPE,
            _ignore,
            user=self._gateway,
            reply_to=REPLY_TO,
            correlation_id=str(number),
        )

    def send(
        self,
        body: bytes,
        exchange: str,
        key: str,
        content_type: str,
        on_verdict: Callable[[Verdict], None],
        *,
        user: str,
        reply_to: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Hand a message to the socket and return."""
        self._number += 1
        properties = spec.Basic.Properties(
            content_type=content_type,
            delivery_mode=PERSISTENT,
            user_id=user,
            reply_to=reply_to,
            correlation_id=correlation_id,
            # aiormq finds a returned message by this; its own would be 32 characters on each message.
            message_id=f"{self._number:x}",
        )
        task = asyncio.create_task(self._publish(body, exchange, key, properties, on_verdict))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def listen(self, on_answer: Callable[[bytes], None]) -> None:
        """Take what is sent to this channel's reply-to address."""

        async def take(message: DeliveredMessage) -> None:
            on_answer(message.body)

        await self._channel.basic_consume(REPLY_TO, take, no_ack=True)

    async def _publish(
        self,
        body: bytes,
        exchange: str,
        key: str,
        properties: spec.Basic.Properties,
        on_verdict: Callable[[Verdict], None],
    ) -> None:
        try:
            await self._channel.basic_publish(
                body, exchange=exchange, routing_key=key, properties=properties, mandatory=True
            )
            verdict = Verdict(Outcome.ACKED)
        except asyncio.CancelledError:
            # Thrown by aiormq at whoever waits on what it closes; nobody else cancels this.
            verdict = Verdict(Outcome.LOST)
        except Exception as error:
            verdict = _verdict(error)
        on_verdict(verdict)


def _verdict(error: Exception) -> Verdict:
    if isinstance(error, PublishError):
        return Verdict(Outcome.RETURNED, str(error.args[0]))
    if isinstance(error, DeliveryError):
        return Verdict(Outcome.NACKED)
    if isinstance(error, ChannelClosed) and error.args[0] is not None:
        return Verdict(Outcome.REFUSED, str(error.args[-1]))
    return Verdict(Outcome.LOST, str(error))


def _ignore(_: Verdict) -> None:
    """The answer is the verdict on a beat."""
