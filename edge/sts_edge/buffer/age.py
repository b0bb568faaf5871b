"""How old data may become before it is given up, whatever room there is: a limit that a club may have to keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from sts_protocols.record import ClockSource

from .book import EpochBook
from .reader import Reader, Unreadable
from .room import Room
from .segment import Lane, Segment
from .shelf import Shelf, Spot

DAY_US = 86_400_000_000
# A segment of thirty straps spans three quarters of an hour; to look more often would change nothing.
LOOK_EVERY_S = 600.0


class AgeLimit:
    """Gives up closed segments of bulk of which even the newest record is too old.

    What cannot be placed in time is not judged, and nothing is while this machine does not know what time it is.
    """

    def __init__(
        self,
        max_age_days: float | None,
        shelf: Shelf,
        book: EpochBook,
        room: Room,
        wall_us: Callable[[], int | None],
    ) -> None:
        self._max_age_days = max_age_days
        self._shelf = shelf
        self._book = book
        self._room = room
        self._wall_us = wall_us
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look now, and again and again."""
        if self._max_age_days is None:
            return
        self.look()
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self.start)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()

    def look(self) -> None:
        """Give up what is too old by now, and say so."""
        now_us = self._wall_us()
        if self._max_age_days is None or now_us is None:
            return
        for segment in list(self._too_old(now_us - int(self._max_age_days * DAY_US))):
            self._room.give_up(segment, "too_old")

    def _too_old(self, before_us: int) -> Iterator[Segment]:
        for segment in self._shelf:
            if segment.closed and segment.lane != Lane.KEPT:
                ended_us = self._ended_us(segment)
                if ended_us is not None and ended_us < before_us:
                    yield segment

    def _ended_us(self, segment: Segment) -> int | None:
        """The wall time of its last record, None where that is not known."""
        try:
            with Reader() as reader:
                header = reader.record(Spot(segment, segment.records - 1)).header
        except Unreadable:
            return None
        if header.clock.source != ClockSource.UNKNOWN:
            return header.last_us + header.clock.offset_us
        entry = self._book.get(segment.epoch)
        pin = entry.pin if entry is not None else None
        return None if pin is None else header.last_us - pin.boot_us + pin.wall_us
