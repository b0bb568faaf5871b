"""Messages of record as they come off a queue.

Taken below aio-pika's objects: its message and the second task that it makes of each cost as much as decoding
what a live message says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage


class Delivery(NamedTuple):
    """One message; `tag` is what it is acknowledged by on its channel."""

    routing_key: str
    user_id: str | None
    body: bytes
    tag: int
    redelivered: bool


async def take(channel: AbstractChannel, queue: str, on_delivery: Callable[[Delivery], None]) -> None:
    """Have each message of the queue handed to `on_delivery`, in order; none is acknowledged by itself."""

    async def delivered(message: DeliveredMessage) -> None:
        on_delivery(
            Delivery(
                message.routing_key or "",
                message.header.properties.user_id,
                message.body,
                message.delivery_tag or 0,
                bool(message.redelivered),
            )
        )

    wire = await channel.get_underlay_channel()
    await wire.basic_consume(queue, delivered)


async def acknowledge(channel: AbstractChannel, tag: int) -> None:
    """This message and all that came before it on the channel."""
    wire = await channel.get_underlay_channel()
    await wire.basic_ack(tag, multiple=True, wait=False)
