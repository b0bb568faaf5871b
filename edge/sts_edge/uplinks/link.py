"""The state of the link to the hub, as one table.

*up* is a promise about the live lane, not about a socket: live publishes are confirmed within their
deadline, until one misses. What opens and closes sockets tells this file what happened, and asks it what
that means.

          STOOD            CONFIRMED
    DOWN --------> STANDING --------> UP
                      |               |
                      | MISSED        | MISSED
                      +--> STALLED <--+        a fresh connection is tried while the old one is kept
                              |
                              +-- CONFIRMED (the old one revived) --> UP
                              +-- STOOD (a fresh one stands) --> STANDING

BLOCKED is the broker's own word (connection.blocked): no fresh connection would help. REFUSED is a refused
login.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from enum import Enum


class LinkState(Enum):
    """What the link is; the value is the word shown to people."""

    DOWN = "unreachable"
    STANDING = "connected"
    UP = "up"
    STALLED = "stalled"
    BLOCKED = "blocked"
    REFUSED = "refused"


class LinkEvent(Enum):
    """What happened to the link."""

    STOOD = "a connection stands"
    CONFIRMED = "a live record was confirmed"
    MISSED = "a live record missed its deadline"
    LOST = "the connection was lost"
    BLOCKED = "the broker stopped taking records"
    UNBLOCKED = "the broker takes records again"
    REFUSED = "the broker refused the login"


_S, _E = LinkState, LinkEvent

TABLE: dict[tuple[LinkState, LinkEvent], LinkState] = {
    (_S.DOWN, _E.STOOD): _S.STANDING,
    (_S.DOWN, _E.REFUSED): _S.REFUSED,
    (_S.STANDING, _E.CONFIRMED): _S.UP,
    (_S.STANDING, _E.MISSED): _S.STALLED,
    (_S.STANDING, _E.LOST): _S.DOWN,
    (_S.STANDING, _E.BLOCKED): _S.BLOCKED,
    (_S.UP, _E.MISSED): _S.STALLED,
    (_S.UP, _E.LOST): _S.DOWN,
    (_S.UP, _E.BLOCKED): _S.BLOCKED,
    (_S.STALLED, _E.CONFIRMED): _S.UP,
    (_S.STALLED, _E.STOOD): _S.STANDING,
    (_S.STALLED, _E.LOST): _S.DOWN,
    (_S.STALLED, _E.BLOCKED): _S.BLOCKED,
    (_S.STALLED, _E.REFUSED): _S.REFUSED,
    (_S.BLOCKED, _E.UNBLOCKED): _S.STANDING,
    (_S.BLOCKED, _E.LOST): _S.DOWN,
    (_S.REFUSED, _E.STOOD): _S.STANDING,
    (_S.REFUSED, _E.CONFIRMED): _S.UP,
}


def next_state(state: LinkState, event: LinkEvent) -> LinkState:
    """The state after an event; an event that the table does not name changes nothing."""
    return TABLE.get((state, event), state)


class Link:
    """The link's state, for whoever must act on it or wait for it.

    on_change: called with the state before and the state now.
    """

    def __init__(self) -> None:
        self.state = LinkState.DOWN
        self.since_s = time.monotonic()
        self.on_change: Callable[[LinkState, LinkState], None] = lambda before, now: None
        self._changed = asyncio.Event()

    def happened(self, event: LinkEvent) -> None:
        """Take note of an event; the first time it changes the state, everyone hears of it."""
        before, self.state = self.state, next_state(self.state, event)
        if self.state is before:
            return
        self.since_s = time.monotonic()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        self.on_change(before, self.state)

    async def until(self, states: Collection[LinkState]) -> None:
        """Wait until the link is in one of these states."""
        while self.state not in states:
            await self._changed.wait()
