"""Takes beats from their queue and answers them.

Beats are not of record: one that cannot be handled is dropped, and the next comes in ten seconds.
"""

from __future__ import annotations

import asyncio
import time

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

from sts_hub import logs
from sts_hub.beats.clerk import Clerk
from sts_hub.broker import cancellation
from sts_hub.broker.sender import SenderError, sender
from sts_hub.broker.teller import Said, Teller
from sts_protocols import routing
from sts_protocols.beat import Answer, Beat, decode_beat, encode_answer
from sts_protocols.errors import BeatError

PREFETCH = 10
"""More would grow old in a worker that waits for the database; in the queue they expire."""

REPLY_QUEUE = "amq.rabbitmq.reply-to."
"""Answers go to direct reply-to only: another name in a beat would make the hub write where the gateway may
not."""

_log = logs.get("sts.beats")


class BeatDesk:
    """Handles beats one after the other; each worker has one."""

    def __init__(self, clerk: Clerk, teller: Teller, hub: str) -> None:
        """`hub` is the hub's own user at the broker."""
        self._clerk = clerk
        self._teller = teller
        self._hub = hub

    async def run(self, connection: AbstractConnection) -> None:
        """Answer beats until the connection ends."""
        inbox: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        async with await connection.channel(publisher_confirms=False) as channel:
            channel.close_callbacks.add(lambda *_: inbox.put_nowait(None))
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(routing.STATUS_QUEUE, ensure=False)
            await queue.consume(inbox.put)
            while True:
                cancellation.heed()
                message = await inbox.get()
                if message is None:
                    return
                await self._handle(channel, message)
                await message.ack()

    async def _handle(self, channel: AbstractChannel, message: AbstractIncomingMessage) -> None:
        try:
            beat = read(message, self._hub)
        except (SenderError, BeatError) as error:
            self._clerk.refused()
            _log.warning("beat refused", sender=message.user_id, error=str(error))
            return
        handled = await self._clerk.handle(beat)
        if handled is None:
            return
        self._answer(message, handled.answer)
        if handled.waiting:
            await self._look(channel)

    def _answer(self, message: AbstractIncomingMessage, answer: Answer) -> None:
        reply_to = message.reply_to or ""
        if reply_to.startswith(REPLY_QUEUE):
            body = encode_answer(answer)
            self._teller.say(Said("", reply_to, body, routing.BEAT_CONTENT_TYPE, message.correlation_id))

    async def _look(self, channel: AbstractChannel) -> None:
        """Remember when nothing waits in the queues: what is missing then is not on its way."""
        looked_at = time.time()
        queues = [
            await channel.declare_queue(name, passive=True)
            for name in (routing.LIVE_QUEUE, routing.BACKLOG_QUEUE, routing.RESULTS_QUEUE)
        ]
        if not any(queue.declaration_result.message_count for queue in queues):
            self._clerk.seen_empty(looked_at)


def read(message: AbstractIncomingMessage, hub: str) -> Beat:
    """The beat in a message. Raises SenderError when it speaks for somebody else, BeatError when it is
    none."""
    gateway = sender(message, hub)
    beat = decode_beat(message.body)
    if beat.gateway != gateway:
        raise SenderError(f"{gateway} sends a beat of {beat.gateway}.")
    return beat
