"""Ties of boot time to wall time, told to the hub: the pin once, anchors when they change things."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sts_edge.buffer import Buffer
from sts_edge.clock import Clock
from sts_protocols.record import Anchor, Kind, encode_anchor

# A clock that is being corrected changes often; each anchor is a record on the card. The last one always
# gets told.
LEAST_APART_S = 10.0


class Anchors:
    """Appends ANCHOR records and pins the epoch. on_pin: the epoch has just been pinned."""

    def __init__(self, clock: Clock, buffer: Buffer, on_pin: Callable[[], None]) -> None:
        self._clock = clock
        self._buffer = buffer
        self._on_pin = on_pin
        self._pinned = False
        self._next: Anchor | None = None
        self._timer: asyncio.TimerHandle | None = None
        clock.on_anchor = self.take

    def take(self, anchor: Anchor) -> None:
        """Tell an anchor: at once, or when the last one is long enough ago."""
        if not self._pinned and self._clock.pin is not None:
            self._pinned = True
            self._buffer.pin(self._clock.pin)
            self._on_pin()
        self._next = anchor
        if self._timer is None:
            self._tell()

    def stop(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        anchor, self._next, self._timer = self._next, None, None
        if anchor is None:
            return
        body = encode_anchor(anchor)
        reading = self._clock.reading(anchor.boot_us)
        self._buffer.append(Kind.ANCHOR, body, anchor.boot_us, anchor.boot_us, reading)
        self._timer = asyncio.get_running_loop().call_later(LEAST_APART_S, self._tell)
