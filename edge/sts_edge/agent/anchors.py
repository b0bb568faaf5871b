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
# A pin is on disk after one fsync: milliseconds, or half a second on a slow card.
LOOK_S = 0.05


class Anchors:
    """Appends ANCHOR records and pins the epoch.

    on_time: the time is known for the first time. on_pin: the pin is on disk, so beats tell it from now on.
    """

    def __init__(
        self, clock: Clock, buffer: Buffer, on_time: Callable[[], None], on_pin: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._buffer = buffer
        self._on_time = on_time
        self._on_pin = on_pin
        self._pinned = False
        self._next: Anchor | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.TimerHandle | None = None
        clock.on_anchor = self.take

    def take(self, anchor: Anchor) -> None:
        """Tell an anchor: at once, or when the last one is long enough ago."""
        if not self._pinned and self._clock.pin is not None:
            self._pinned = True
            self._buffer.pin(self._clock.pin)
            self._on_time()
            self._look_for_pin()
        self._next = anchor
        if self._timer is None:
            self._tell()

    def stop(self) -> None:
        """Tell nothing more."""
        for timer in (self._timer, self._looking):
            if timer is not None:
                timer.cancel()

    def _look_for_pin(self) -> None:
        if any(one.pin is not None for one in self._buffer.epochs() if one.epoch == self._buffer.epoch):
            self._on_pin()
        else:
            self._looking = asyncio.get_running_loop().call_later(LOOK_S, self._look_for_pin)

    def _tell(self) -> None:
        anchor, self._next, self._timer = self._next, None, None
        if anchor is None:
            return
        body = encode_anchor(anchor)
        reading = self._clock.reading(anchor.boot_us)
        self._buffer.append(Kind.ANCHOR, body, anchor.boot_us, anchor.boot_us, reading)
        self._timer = asyncio.get_running_loop().call_later(LEAST_APART_S, self._tell)
