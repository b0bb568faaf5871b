"""How fast records come into the buffer and leave it, over the last minute."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from sts_edge.buffer import BufferStats

# A look every 5 s over a minute: a rate that neither jumps with one record nor hides an outage.
LOOK_S = 5.0
WINDOW_LOOKS = 12


class Look(NamedTuple):
    """What had come in by a moment, and what waited then."""

    at_us: int
    records: int
    size: int
    waiting_records: int
    waiting_bytes: int


class Rates(NamedTuple):
    """Per second; full_in_s: until the buffer is full at this rate, None when it is not filling."""

    records_in: float
    records_out: float
    bytes_in: float
    bytes_out: float
    full_in_s: float | None


class Flow:
    """Counts what comes in; what went out is what came in and waits no more. boot_us: boot time."""

    def __init__(self, boot_us: Callable[[], int], stats: Callable[[], BufferStats]) -> None:
        self._boot_us = boot_us
        self._stats = stats
        self._records = 0
        self._size = 0
        self._looks: deque[Look] = deque(maxlen=WINDOW_LOOKS)

    def entered(self, size: int) -> None:
        """A record of so many bytes came in."""
        self._records += 1
        self._size += size

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            self._looks.append(self._look(self._stats()))
            await asyncio.sleep(LOOK_S)

    def rates(self, stats: BufferStats) -> Rates | None:
        """The rates over the last minute; None until there is something to compare."""
        now = self._look(stats)
        then = self._looks[0] if self._looks else now
        seconds = (now.at_us - then.at_us) / 1_000_000
        if seconds < 1:
            return None
        records = now.records - then.records
        size = now.size - then.size
        filling = max((now.waiting_bytes - then.waiting_bytes) / seconds, 0.0)
        left = stats.cap_bytes - stats.waiting_bytes
        return Rates(
            records / seconds,
            max(records - now.waiting_records + then.waiting_records, 0) / seconds,
            size / seconds,
            max(size - now.waiting_bytes + then.waiting_bytes, 0) / seconds,
            max(left, 0) / filling if filling else None,
        )

    def _look(self, stats: BufferStats) -> Look:
        waiting = (stats.waiting_records, stats.waiting_bytes)
        return Look(self._boot_us(), self._records, self._size, *waiting)
