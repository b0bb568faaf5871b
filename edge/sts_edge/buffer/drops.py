"""Saying which records will never come, and why."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from sts_protocols.record import ClockReading, Drop, Header, Kind, encode_drop

from .book import EpochBook
from .interface import Range
from .journal import Journal
from .ranges import RangeSet
from .reader import Reader, Unreadable
from .recovery import Lost
from .shelf import Shelf
from .writer import Put

# One DROP names at most this many ranges: 20 bytes each before compression, well under 48 KB.
MOST_RANGES = 1_000
# Losses found at a start are told one by one, each with its own times, unless there are more than this many.
MOST_SINGLE_DROPS = 64
# A loss takes its times from a neighbour; beyond so many bad ones they are not known.
MOST_UNREADABLE = 16


class Drops:
    """Appends DROP records; they go to kept segments and are records like any other."""

    def __init__(
        self,
        shelf: Shelf,
        book: EpochBook,
        journal: Journal,
        reading: Callable[[], ClockReading],
        boot_us: Callable[[], int],
    ) -> None:
        self.dropped_records = 0
        self._shelf = shelf
        self._book = book
        self._journal = journal
        self._reading = reading
        self._boot_us = boot_us

    def declare(self, epoch: bytes, ranges: Iterable[Range], reason: str) -> list[Put]:
        """Declare ranges of an epoch, many to a record. Raises BufferFailed."""
        told = self._take_out(epoch, ranges)
        return [self._append(epoch, group, reason) for group in _groups(told, MOST_RANGES)]

    def declare_lost(self, lost: Lost) -> None:
        """Declare what a start found missing, each loss with its own times as far as that is bearable."""
        told = self._take_out(lost.epoch, lost.ranges)
        size = min(-(-len(told) // MOST_SINGLE_DROPS), MOST_RANGES)
        for group in _groups(told, size):
            self._append(lost.epoch, group, lost.reason)

    def _take_out(self, epoch: bytes, ranges: Iterable[Range]) -> list[Range]:
        told = list(RangeSet(ranges))
        self.dropped_records += sum(last - first + 1 for first, last in told)
        for first, last in told:
            for segment, at in self._shelf.between(epoch, first, last):
                segment.settle(at, gone=True)
        return told

    def _note(self, epoch: bytes, ranges: Sequence[Range]) -> None:
        """The DROP is on disk: from now on, and after a start, these count as told."""
        if (entry := self._book.get(epoch)) is not None:
            entry.changed = True
            for first, last in ranges:
                entry.dropped.add(first, last)

    def _append(self, epoch: bytes, ranges: Sequence[Range], reason: str) -> Put:
        first_us, last_us = self._times(epoch, ranges[0][0], ranges[-1][1])
        body = encode_drop(Drop(epoch, list(ranges), reason, first_us, last_us))
        now_us = self._boot_us()
        put = self._journal.enter(Kind.DROP, body, now_us, now_us, self._reading()).put
        assert put is not None, "a DROP is always stored"
        put.when_safe = lambda: self._note(epoch, ranges)
        return put

    def _times(self, epoch: bytes, first: int, last: int) -> tuple[int, int]:
        """Bound the boot times of what is lost by the records themselves, or by their neighbours."""
        with Reader() as reader:
            start = self._header(reader, epoch, first, -1)
            end = self._header(reader, epoch, last, 1)
        first_us = 0 if start is None else start.first_us if start.seq == first else start.last_us
        last_us = first_us if end is None else end.last_us if end.seq == last else end.first_us
        return first_us, max(first_us, last_us)

    def _header(self, reader: Reader, epoch: bytes, seq: int, step: int) -> Header | None:
        """The header of a record, or of the next one that can be read on that side."""
        spot = self._shelf.find(epoch, seq) or self._shelf.nearest(epoch, seq, step)
        for _ in range(MOST_UNREADABLE):
            if spot is None:
                return None
            with suppress(Unreadable):
                return reader.record(spot).header
            spot = self._shelf.nearest(epoch, spot.segment.seq(spot.at), step)
        return None


def _groups(ranges: Sequence[Range], size: int) -> Iterator[Sequence[Range]]:
    for start in range(0, len(ranges), size):
        yield ranges[start : start + size]
