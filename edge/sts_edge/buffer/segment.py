"""One file of the log, and what must be known of its records without reading them again.

Eighteen bytes per record: a full buffer of 100 MB with some 250,000 records costs 4.5 MB of memory.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from itertools import compress
from pathlib import Path
from typing import NamedTuple

from sts_protocols.record import ClockSource, Header, Kind

from .interface import Held, Range
from .ranges import RangeSet

CLOCK_KNOWN = 1
SETTLED = 2  # confirmed, dropped or lost: not waiting to be sent
GONE = 4  # dropped or lost: not to be had here any more


# What each combination of flags becomes when a whole file is settled.
_ALL_SETTLED = bytes(flag | SETTLED for flag in range(256))
_ALL_GONE = bytes(flag | SETTLED | GONE for flag in range(256))


class Lane(StrEnum):
    """Which segments a record goes to: bulk may be dropped to make room, what is kept never is."""

    SAMPLES = "samples"
    WAVEFORM = "waveform"
    RAW = "raw"
    KEPT = "kept"


_LANES: dict[int, Lane] = {
    Kind.SAMPLES: Lane.SAMPLES,
    Kind.WAVEFORM: Lane.WAVEFORM,
    Kind.RAW: Lane.RAW,
}


def lane_of(kind: int) -> Lane:
    """Return where records of this kind are stored; a kind not known here is kept."""
    return _LANES.get(kind, Lane.KEPT)


class Slot(NamedTuple):
    """Where a record lies in its file."""

    offset: int
    size: int


class Segment:
    """The index of one file. Records are added in the order of their numbers."""

    def __init__(self, number: int, lane: Lane, segment_id: bytes, directory: Path) -> None:
        self.number = number
        self.lane = lane
        self.id = segment_id
        self.path = directory / f"{number:010d}-{lane}-{segment_id.hex()}.seg"
        self.epoch = b""
        self.end = 0
        self.file_bytes = 0
        self.closed = False
        self.unlinked = False
        self.waiting_bytes = 0
        self._waiting: Counter[int] = Counter()
        self._seqs = array("Q")
        self._offsets = array("I")
        self._sizes = array("I")
        self._kinds = bytearray()
        self._flags = bytearray()
        self._cursor = 0

    @property
    def records(self) -> int:
        """How many records this file holds."""
        return len(self._seqs)

    @property
    def first_seq(self) -> int:
        return self._seqs[0]

    @property
    def last_seq(self) -> int:
        return self._seqs[-1]

    @property
    def waiting(self) -> int:
        """How many records are neither confirmed nor gone."""
        return self._waiting.total()

    def add(self, header: Header, offset: int) -> None:
        """Note a record at `offset`."""
        self.epoch = header.epoch
        known = 0 if header.clock.source == ClockSource.UNKNOWN else CLOCK_KNOWN
        self._seqs.append(header.seq)
        self._offsets.append(offset)
        self._sizes.append(header.length)
        self._kinds.append(header.kind)
        self._flags.append(known)
        self.end = offset + header.length
        self._waiting[header.kind << 1 | known] += 1
        self.waiting_bytes += header.length

    def columns(self) -> tuple[bytes, bytes, bytes, bytes, bytes]:
        """Return numbers, offsets, sizes, kinds and clock_known of what can be had here, for the index."""
        here = [not flag & GONE for flag in self._flags]
        known = bytes(flag & CLOCK_KNOWN for flag in compress(self._flags, here))
        arrays = (
            array(one.typecode, compress(one, here)) for one in (self._seqs, self._offsets, self._sizes)
        )
        seqs, offsets, sizes = (one.tobytes() for one in arrays)
        return seqs, offsets, sizes, bytes(compress(self._kinds, here)), known

    def restore(
        self,
        epoch: bytes,
        seqs: "array[int]",
        offsets: "array[int]",
        sizes: "array[int]",
        kinds: bytes,
        known: bytes,
    ) -> None:
        """Fill an empty segment with what `columns` gave; everything waits. Raises ValueError if parts differ."""
        for (kind, is_known), count in Counter(zip(kinds, known, strict=True)).items():
            self._waiting[kind << 1 | is_known] = count
        self.epoch = epoch
        self._seqs, self._offsets, self._sizes = seqs, offsets, sizes
        self._kinds, self._flags = bytearray(kinds), bytearray(known)
        self.waiting_bytes = sum(sizes)
        self.end = offsets[-1] + sizes[-1]

    def find(self, seq: int) -> int:
        """Return the index of record `seq`, or -1."""
        at = bisect_left(self._seqs, seq)
        return at if at < len(self._seqs) and self._seqs[at] == seq else -1

    def between(self, first: int, last: int) -> range:
        """Return the indexes of the records from number first to number last."""
        return range(bisect_left(self._seqs, first), bisect_left(self._seqs, last + 1))

    def around(self, seq: int) -> tuple[int | None, int | None]:
        """Return the indexes of the records next below and next above a number."""
        below, above = bisect_left(self._seqs, seq), bisect_right(self._seqs, seq)
        return (below - 1 if below else None), (above if above < len(self._seqs) else None)

    def slot(self, at: int) -> Slot:
        """Return where a record lies."""
        return Slot(self._offsets[at], self._sizes[at])

    def seq(self, at: int) -> int:
        """Return a record's number."""
        return self._seqs[at]

    def held(self, at: int) -> Held:
        """Return a record as the uplink judges it."""
        known = bool(self._flags[at] & CLOCK_KNOWN)
        return Held(self.epoch, self._seqs[at], self._sizes[at], self._kinds[at], known)

    def is_gone(self, at: int) -> bool:
        """Tell whether a record can no longer be had."""
        return bool(self._flags[at] & GONE)

    @property
    def has_gone(self) -> bool:
        """Whether a record of this file was dropped or lost."""
        return any(flag & GONE for flag in self._flags)

    def settle(self, at: int, gone: bool = False) -> None:
        """Take a record out of the backlog: it is confirmed, or gone."""
        if not self._flags[at] & SETTLED:
            self._count(at, -1)
        self._flags[at] |= SETTLED | (GONE if gone else 0)

    def settle_between(self, first: int, last: int, gone: bool = False) -> None:
        """Take the records from number first to number last out of the backlog."""
        if first <= self.first_seq and self.last_seq <= last:
            self._flags = self._flags.translate(_ALL_GONE if gone else _ALL_SETTLED)
            self._waiting.clear()
            self.waiting_bytes = 0
            return
        for at in self.between(first, last):
            self.settle(at, gone)

    def reopen(self, at: int) -> None:
        """Put a record back into the backlog, unless it is gone."""
        if self._flags[at] & (SETTLED | GONE) == SETTLED:
            self._flags[at] &= ~SETTLED
            self._count(at, 1)
            self._cursor = min(self._cursor, at)

    def backlog(self) -> Iterator[int]:
        """Yield the indexes of the waiting records in order."""
        while self._cursor < len(self._flags) and self._flags[self._cursor] & SETTLED:
            self._cursor += 1
        for at in range(self._cursor, len(self._flags)):
            if not self._flags[at] & SETTLED:
                yield at

    def waiting_kinds(self) -> list[Held]:
        """Return one stand-in for each sort of record that waits here."""
        sorts = [sort for sort, count in self._waiting.items() if count]
        return [Held(self.epoch, self.first_seq, 0, sort >> 1, bool(sort & 1)) for sort in sorts]

    def waiting_ranges(self) -> list[Range]:
        """Return the numbers of the waiting records."""
        ranges = RangeSet()
        for at in self.backlog():
            ranges.add(self._seqs[at], self._seqs[at])
        return list(ranges)

    def held_ranges(self) -> Iterator[Range]:
        """Yield the numbers of all records of this file."""
        start = 0
        for at in range(1, len(self._seqs) + 1):
            if at == len(self._seqs) or self._seqs[at] != self._seqs[at - 1] + 1:
                yield self._seqs[start], self._seqs[at - 1]
                start = at

    def _count(self, at: int, one: int) -> None:
        self._waiting[self._kinds[at] << 1 | self._flags[at] & CLOCK_KNOWN] += one
        self.waiting_bytes += one * self._sizes[at]
