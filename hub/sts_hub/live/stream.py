"""The bytes of one client's stream: events as they come, at a pace that a screen can show."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from sts_hub.live import events
from sts_hub.live.client import Client, Event

# Ten pictures a second are more than a wall needs; what comes faster is drawn together.
PACE_S: Final = 0.1
# A client takes 5 s without a word for a dead stream: two missed ones are no reason yet.
HEARTBEAT_S: Final = 2.0
# What EventSource waits by itself before it comes back.
RECONNECT: Final = b"retry: 1500\n\n"


async def stream(client: Client, missed: list[Event]) -> AsyncIterator[bytes]:
    """Everything for this client until it is sent away.

    The next event is made only when the socket has taken the one before, so a slow client makes nobody wait
    and nothing grow.
    """
    yield RECONNECT
    for event in missed:
        yield events.wire(*event)
    while client.bye is None:
        for event in client.drain():
            yield events.wire(*event)
        if not await _something(client):
            yield events.wire("frame", None, {"now_ms": events.now_ms(), "values": []})
    reason, retry_ms = client.bye
    if reason == "stopping":
        for event in client.drain():
            yield events.wire(*event)
    yield events.wire("bye", None, {"retry_ms": retry_ms, "reason": reason})


async def _something(client: Client) -> bool:
    """Wait at least for the pace and until there is something to say; False when it is time for a sign of
    life."""
    await asyncio.sleep(PACE_S)
    try:
        async with asyncio.timeout(HEARTBEAT_S - PACE_S):
            await client.wake.wait()
    except TimeoutError:
        return False
    return True
