"""The broker's users for gateways: one each, who can say what is his and nothing else.

The order matters: with no topic rule on an exchange every routing key is allowed there, so the rules of all
three exchanges stand before the password works.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sts_hub.broker.management import BrokerError, Management
from sts_protocols import routing

TAG = "gateway"
"""Marks a user as one of ours; it carries no right at the broker."""

WRITABLE = (routing.TELEMETRY, routing.RESULTS, routing.STATUS)

READ_RULE = "^$"
"""Nothing: the direct reply-to pseudo-queue, by which answers come, needs no permission."""


async def add(management: Management, gateway: str, password: str) -> None:
    """Make the gateway's user, or give it a new password; raises BrokerError.

    A user of that name who is no gateway is left as it is.
    """
    if routing.GATEWAY_NAME.fullmatch(gateway) is None:
        raise BrokerError(f"{gateway!r} cannot be a gateway's name: use 3 to 40 of a-z, 0-9 and -.")
    await _refuse_stranger(management, gateway)
    await management.put("users", gateway, password_hash="", tags=TAG)
    await _allow(management, gateway)
    await management.put("users", gateway, password=password, tags=TAG)


@contextlib.asynccontextmanager
async def added(management: Management, gateway: str, password: str) -> AsyncIterator[None]:
    """`add`, and as it was before when that or what follows inside fails."""
    before = await management.get("users", gateway)
    try:
        await add(management, gateway, password)
        yield
    except BaseException:
        # What was the first failure is told; a broker that is away now cannot be put right now.
        with contextlib.suppress(BrokerError):
            await _put_back(management, gateway, before)
        raise


async def remove(management: Management, gateway: str) -> None:
    """Take the gateway's user away, with its rights, and close its connections; raises BrokerError.

    A user of that name who is no gateway is left as it is.
    """
    await _refuse_stranger(management, gateway)
    await management.delete("users", gateway)
    await management.delete("connections", "username", gateway)


async def _put_back(management: Management, gateway: str, before: dict[str, Any] | None) -> None:
    if before is None:
        await remove(management, gateway)
    elif TAG in _tags(before.get("tags")):
        known = {key: before[key] for key in ("password_hash", "hashing_algorithm") if key in before}
        await management.put("users", gateway, tags=TAG, **known)


async def _refuse_stranger(management: Management, name: str) -> None:
    user = await management.get("users", name)
    if user is not None and TAG not in _tags(user.get("tags")):
        raise BrokerError(
            f"The broker has a user {name} who is no gateway: choose another name for the gateway."
        )


def _tags(told: str | list[str] | None) -> list[str]:
    """RabbitMQ 3.10 tells a list, older ones a text with commas."""
    return told.split(",") if isinstance(told, str) else told or []


async def _allow(management: Management, gateway: str) -> None:
    vhost = management.vhost
    await management.put(
        "permissions",
        vhost,
        gateway,
        configure=routing.CONFIGURE_RULE,
        write=routing.WRITE_RULE,
        read=READ_RULE,
    )
    for exchange in WRITABLE:
        await management.put(
            "topic-permissions", vhost, gateway, exchange=exchange, write=routing.TOPIC_RULE, read="^$"
        )
