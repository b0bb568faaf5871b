"""From whatever a kill, a power cut or rot has left in the folder to an index one can work with.

Nothing here refuses to start: what cannot be read is set aside, and the numbers that are missing are told as
lost.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sts_protocols.errors import RecordError
from sts_protocols.record import ClockSource, Drop, Header, Kind, Record, decode_drop

from .book import EpochBook
from .index import index_path, load_index, store_index
from .interface import Range
from .quarantine import Quarantine
from .ranges import RangeSet
from .reader import Reader, Unreadable
from .scan import Placed, Rot, scan, segment_of
from .segment import Lane, Segment
from .shelf import Shelf, Spot
from .state import State, StoredEpoch
from .summaries import is_summary, stands_for

# The unit in which a medium fails to read, on everything from SD cards to disks.
BLOCK_BYTES = 4096


class Lost(NamedTuple):
    """Record numbers of an epoch that should be here and are not."""

    epoch: bytes
    ranges: list[Range]
    reason: str


class Recovered(NamedTuple):
    """What a start finds besides what it puts on the shelf and into the book."""

    lost: list[Lost]
    next_number: int
    damaged: int


class Recovery:
    """Reads the folder once."""

    def __init__(
        self, directory: Path, state: State, quarantine: Quarantine, shelf: Shelf, book: EpochBook
    ) -> None:
        self._directory = directory
        self._state = state
        self._quarantine = quarantine
        self._shelf = shelf
        self._book = book
        self._drops: list[Drop] = []
        self._damaged = 0
        self._rotten: set[bytes] = set()

    def run(self) -> Recovered:
        """Put all that stands on the shelf. Raises OSError only if the folder itself cannot be read."""
        number = 0
        for path in sorted(self._directory.iterdir()):
            if (segment := segment_of(path)) is not None:
                number = max(number, segment.number)
                self._take(segment)
            elif segment_of(path.with_suffix(".seg")) is not None and not path.with_suffix(".seg").exists():
                path.unlink()  # an index that has lost its segment
        self._book.load(self._state)
        self._add_unknown_epochs()
        self._settle()
        self._finish_drops()
        return Recovered([*self._find_lost(), *self._find_needless()], number + 1, self._damaged)

    def _take(self, segment: Segment) -> None:
        """Put a segment on the shelf, from its index if it has one; kept ones, with their drops, have none."""
        size = segment.path.stat().st_size
        if load_index(segment, size):
            self._shelve(segment, size)
        else:
            self._scan(segment)

    def _shelve(self, segment: Segment, file_bytes: int) -> None:
        segment.closed = True
        self._shelf.put(segment)
        self._shelf.account(segment, file_bytes)

    def _scan(self, segment: Segment) -> None:
        content = content_of(segment.path)
        rotten = False
        for found in scan(content, segment.id):
            if isinstance(found, Rot):
                rotten = True
                self._damaged += self._quarantine.keep(segment.path, found)
            else:
                self._add(segment, found)
        if not segment.records:
            self._discard(segment, content)
            return
        self._shelve(segment, _cut_zeros(segment, content))
        if rotten:
            self._rotten.add(segment.epoch)
        elif segment.lane != Lane.KEPT:
            store_index(segment, segment.file_bytes)

    def _add(self, segment: Segment, found: Placed) -> None:
        header = found.record.header
        if segment.records and (header.epoch != segment.epoch or header.seq <= segment.last_seq):
            return  # a segment holds one epoch in ascending order; anything else was not written by us
        segment.add(header, found.offset)
        if header.kind == Kind.DROP:
            self._note_drop(found.record)

    def _note_drop(self, record: Record) -> None:
        with suppress(RecordError):
            self._drops.append(decode_drop(record.body))

    def _discard(self, segment: Segment, content: bytes) -> None:
        """Remove a file without one record: it was made and never written, or nothing in it can be read."""
        if content.strip(b"\0"):
            self._damaged += self._quarantine.keep(segment.path, Rot(0, content))
        self._remove(segment)

    def _remove(self, segment: Segment) -> None:
        segment.path.unlink(missing_ok=True)
        index_path(segment.path).unlink(missing_ok=True)

    def _add_unknown_epochs(self) -> None:
        """Take in epochs that the state file has forgotten; what they lack at their beginning was settled."""
        for epoch in self._shelf.epochs():
            if self._book.get(epoch) is None:
                stored = StoredEpoch(epoch, "", 0, None, -1, False, None)
                self._state.begin(stored)
                entry = self._book.add(stored)
                entry.changed = True
                if first := min(segment.first_seq for segment in self._shelf.of(epoch)):
                    entry.confirmed.add(0, first - 1)

    def _settle(self) -> None:
        for drop in self._drops:
            if (entry := self._book.get(drop.epoch)) is not None:
                for first, last in drop.ranges:
                    entry.dropped.add(first, last)
        for entry in self._book:
            for ranges, gone in ((entry.confirmed, False), (entry.dropped, True)):
                for first, last in ranges:
                    entry.head = max(entry.head, last)
                    for segment in self._shelf.of(entry.epoch):
                        segment.settle_between(first, last, gone)
            for segment in self._shelf.of(entry.epoch):
                entry.head = max(entry.head, segment.last_seq)

    def _finish_drops(self) -> None:
        """Unlink segments whose drop was declared just before the end of the process."""
        for segment in list(self._shelf):
            if not segment.waiting and segment.has_gone:
                self._remove(segment)
                self._shelf.remove(segment)

    def _find_lost(self) -> Iterator[Lost]:
        for entry in self._book:
            held = RangeSet(self._shelf.held(entry.epoch))
            if ranges := entry.unaccounted(held):
                reason = "damaged" if entry.epoch in self._rotten else "not_synced"
                yield Lost(entry.epoch, ranges, reason)

    def _find_needless(self) -> Iterator[Lost]:
        """Summaries that no DROP follows: the process ended in between, and what they stand for is still here."""
        for entry in self._book:
            held = RangeSet(self._shelf.held(entry.epoch))
            ends = [*(first - 1 for first, _ in entry.unaccounted(held)), entry.head]
            with Reader() as reader:
                needless = [seq for end in ends for seq in self._needless_up_to(reader, entry.epoch, end)]
            if needless:
                yield Lost(entry.epoch, [(seq, seq) for seq in needless], "withdrawn")

    def _needless_up_to(self, reader: Reader, epoch: bytes, seq: int) -> Iterator[int]:
        while (summary := self._summary(reader, epoch, seq)) is not None:
            if any(self._is_original(reader, spot, summary) for spot in self._samples_of(epoch, summary)):
                yield seq
            seq -= 1

    def _summary(self, reader: Reader, epoch: bytes, seq: int) -> Header | None:
        """The header of this record if it waits and is a summary."""
        spot = self._shelf.find(epoch, seq)
        if spot is None or spot.segment.lane != Lane.SAMPLES:
            return None
        with suppress(Unreadable):
            record = reader.record(spot)
            return record.header if is_summary(record) else None
        return None

    def _samples_of(self, epoch: bytes, summary: Header) -> Iterator[Spot]:
        """All samples that wait; where no clock is known, of the same boot."""
        boot_id = self._boot_of(epoch)
        for segment in self._shelf:
            is_known = summary.clock.source != ClockSource.UNKNOWN
            if segment.lane == Lane.SAMPLES and (is_known or self._boot_of(segment.epoch) == boot_id):
                yield from (Spot(segment, at) for at in segment.backlog())

    def _boot_of(self, epoch: bytes) -> str:
        entry = self._book.get(epoch)
        return "" if entry is None else entry.boot_id

    def _is_original(self, reader: Reader, spot: Spot, summary: Header) -> bool:
        with suppress(Unreadable):
            record = reader.record(spot)
            return stands_for(summary, record.header) and not is_summary(record)
        return False


def content_of(path: Path) -> bytes:
    """Return a file's bytes, zeros where the medium cannot be read: what lay there is then found missing."""
    try:
        return path.read_bytes()
    except OSError:
        return b"".join(_blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    with path.open("rb", buffering=0) as file:
        for offset in range(0, size, BLOCK_BYTES):
            try:
                yield os.pread(file.fileno(), BLOCK_BYTES, offset)
            except OSError:
                yield bytes(min(BLOCK_BYTES, size - offset))


def _cut_zeros(segment: Segment, content: bytes) -> int:
    """Cut what was written ahead; returns the size that is left."""
    end = max(segment.end, len(content.rstrip(b"\0")))
    if end < len(content):
        with suppress(OSError):
            os.truncate(segment.path, end)
            return end
    return len(content)
