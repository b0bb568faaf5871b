"""Getting through: a fresh try each half second, side by side, until one is answered.

A link that comes back must be noticed within a second, whatever the outage did to the tries before: a SYN
that was lost is sent again only after 1 s, then 2 s, then 4 s, and a connection may be accepted by a kernel
behind which nobody answers. So tries do not wait for each other. The first one on which the broker speaks
ends the others; should it fall silent half way, fresh tries begin again beside it.
"""

from __future__ import annotations

import asyncio
import random
import socket
import time
from typing import Any

from .line import Address, Line, LoginRefused, Peer
from .tls import explained

# Half a second, and 30 % either way so that a fleet does not knock in step: the last try before the link
# came back was at most 650 ms ago, which leaves 350 ms of the second for the handshake.
TRY_EVERY_S = 0.5
TRY_SPREAD = 0.3
# Longer than the second SYN (1 s) and the third (3 s) take; a broker slower than that to accept is down.
TRY_FOR_S = 5.0
# While the broker speaks on one try there is nothing to gain from another. TCP's first retransmission of a
# lost packet is below 1 s on any link that can carry live data.
TALKING_S = 1.5
# How soon a try that fell silent half way is noticed.
_LOOK_EVERY_S = 0.1


class Resolver:
    """The broker's addresses; what was once found is used at once, and looked up anew beside it.

    A resolver on a dead link blocks a thread for seconds: only one look-up runs at a time.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._known: list[Peer] = []
        self._look_up: asyncio.Task[list[Peer]] | None = None

    async def peers(self) -> list[Peer]:
        """At least one address to connect to. Raises OSError (socket.gaierror) when none is known."""
        if self._look_up is None or self._look_up.done():
            self._look_up = asyncio.create_task(self._resolve())
            self._look_up.add_done_callback(_retrieve)
        if self._known:
            return self._known
        return await asyncio.shield(self._look_up)

    async def _resolve(self) -> list[Peer]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        self._known = list(found)
        return self._known


class _Try:
    """One attempt, from the look-up of the name to the login."""

    def __init__(self, address: Address, resolver: Resolver, number: int, purpose: str) -> None:
        self.line: Line | None = None
        self._began_s = time.monotonic()
        self.task = asyncio.create_task(self._stand(address, resolver, number, purpose))
        self.task.add_done_callback(_retrieve)

    async def _stand(self, address: Address, resolver: Resolver, number: int, purpose: str) -> Line:
        peers = await resolver.peers()
        self.line = address.line(peers[number % len(peers)], purpose)
        await self.line.stand()
        return self.line

    def is_talking(self, now: float) -> bool:
        heard_s = self.line.heard_s if self.line else None
        return heard_s is not None and now - heard_s < TALKING_S

    def is_overdue(self, now: float) -> bool:
        heard_s = self.line.heard_s if self.line else None
        return now - (heard_s or self._began_s) > TRY_FOR_S

    def end(self) -> None:
        self.task.cancel()
        if self.line is not None:
            self.line.cut()


class Dialler:
    """Makes one connection that stands, for one purpose, however long it takes."""

    def __init__(self, address: Address, purpose: str) -> None:
        self._address = address
        self._purpose = purpose
        self._resolver = Resolver(address.host, address.port)
        self._tries = 0
        self._next_s = 0.0
        self.last_failure = ""

    async def dial(self) -> Line:
        """Try until a line stands. Raises LoginRefused as soon as the broker says so.

        Tries keep their distance from one call to the next: a connection that stands and is lost at once must
        not become a busy loop.
        """
        tries: set[_Try] = set()
        try:
            while True:
                now = time.monotonic()
                if now >= self._next_s and not any(one.is_talking(now) for one in tries):
                    tries.add(self._begin())
                    self._next_s = now + TRY_EVERY_S * random.uniform(1 - TRY_SPREAD, 1 + TRY_SPREAD)
                await _wait(tries, max(self._next_s - now, _LOOK_EVERY_S))
                if line := self._sort(tries):
                    return line
        finally:
            for one in tries:
                one.end()

    def _begin(self) -> _Try:
        self._tries += 1
        return _Try(self._address, self._resolver, self._tries, self._purpose)

    def _sort(self, tries: set[_Try]) -> Line | None:
        """Take out the tries that ended; return the line of one that stands."""
        now = time.monotonic()
        for one in list(tries):
            if one.task.done():
                tries.remove(one)
                if line := self._result(one):
                    return line
            elif one.is_overdue(now):
                tries.remove(one)
                one.end()
                self.last_failure = f"no answer from {self._address!r} within {TRY_FOR_S:.0f} s"
        return None

    def _result(self, one: _Try) -> Line | None:
        error = one.task.exception()
        if error is None:
            return one.line
        if isinstance(error, LoginRefused):
            raise error
        self.last_failure = explained(error)
        return None


async def _wait(tries: set[_Try], timeout_s: float) -> None:
    if tries:
        tasks = [one.task for one in tries]
        await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(timeout_s)


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Take note of a task's error, so that asyncio does not report it when nobody waits any more."""
    if not task.cancelled():
        task.exception()
