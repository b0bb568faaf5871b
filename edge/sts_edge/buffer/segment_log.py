"""The buffer on disk: an append-only log in segments that survives kill -9, power cuts, rot and a full disk.

The loop's thread owns the index and decides; the writer's thread touches the disk and reports. A record's
place is fixed when it is numbered, so what the writer writes is what was sealed, and a reader needs no lock.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from sts_edge.clock import boot_us
from sts_edge.config import BufferSettings
from sts_protocols.record import UNKNOWN_CLOCK, Anchor, ClockReading, ClockSource, Record

from .age import AgeLimit
from .ballast import Ballast
from .book import Entry, EpochBook
from .disk import Disk
from .drops import Drops
from .interface import BufferFailed, BufferStats, Held, Holding, Range
from .journal import Journal, LoopReport
from .keeper import Keeper
from .lock import FolderLock
from .quarantine import Quarantine
from .ranges import RangeSet, clipped
from .reader import Reader, Unreadable
from .recovery import Lost, Recovered, Recovery
from .room import Room
from .scan import Rot
from .segment import Lane, Segment
from .shelf import Shelf
from .state import State, StoredEpoch
from .summaries import Condenser
from .writer import Act, Writer

# With room for eight segments, giving one up costs at most an eighth of what is held.
LEAST_SEGMENTS = 8
EPOCH_BYTES = 16


def _kernel_boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


class SegmentLog:
    """A `Buffer` in a folder; see there for what each method promises.

    floor_us: the last good wall time, if one is known: this epoch began no earlier. reading: the clock in
    force, for the DROP records that the buffer appends by itself. boot_us: boot time.
    """

    def __init__(
        self,
        directory: Path,
        settings: BufferSettings,
        *,
        floor_us: int | None = None,
        reading: Callable[[], ClockReading] = lambda: UNKNOWN_CLOCK,
        boot_us: Callable[[], int] = boot_us,
        boot_id: str | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.epoch = os.urandom(EPOCH_BYTES)
        self.on_closed: Callable[[Record], None] | None = None
        self.on_synced: Callable[[Sequence[int]], None] | None = None
        self.on_failed: Callable[[BufferFailed], None] | None = None
        self._directory = directory
        self._settings = settings
        self._segment_bytes = min(settings.segment_bytes, settings.max_bytes // LEAST_SEGMENTS)
        self._floor_us = floor_us
        self._boot_us = boot_us
        self._reading = reading
        self._boot_id = _kernel_boot_id() if boot_id is None else boot_id
        self._disk = disk or Disk()
        self._lock = FolderLock(directory)
        self._state = State(directory / "state.db")
        self._ballast = Ballast(directory)
        self._quarantine = Quarantine(directory / "quarantine")
        self._shelf = Shelf()
        self._book = EpochBook()
        self._journal = Journal(self.epoch, self._shelf, self._new_segment, self._segment_bytes)
        self._drops = Drops(self._shelf, self._book, self._journal, reading, boot_us)
        self._room = Room(
            settings,
            self._segment_bytes,
            self._shelf,
            self._journal,
            self._disk,
            self._ballast,
            Condenser(self._is_of_this_boot),
        )
        self._age = AgeLimit(settings.max_age_days, self._shelf, self._book, self._room, self._wall_us)
        self._keeper = Keeper(
            self.epoch, self._state, self._book, self._shelf, self._ballast, self._journal.submit
        )
        self._next_segment = 1
        self._damaged_records = 0
        self._wire()

    def open(self) -> None:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._lock.take()
            self._disk.sync_directory(self._directory.parent)
            found = self._recover()
            self._begin_epoch()
            self._disk.sync_directory(self._directory)
        except (OSError, sqlite3.Error) as error:
            self._state.close()
            self._lock.release()
            raise BufferFailed(
                f"The buffer {self._directory} cannot be opened ({error}). Free some room on its disk, "
                "and see that the agent's user may write there."
            ) from error
        self._start(found.lost)

    @property
    def head(self) -> int:
        return self._journal.head

    def append(self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading) -> Record:
        store = self._room.admit(kind, len(body))
        record = self._journal.enter(kind, body, first_us, last_us, clock, store=store).record
        if not store:
            self._room.owe(record.header.seq)
        return record

    async def synced(self, seq: int) -> None:
        await self._journal.wait(seq)

    def confirm(self, epoch: bytes, seqs: Iterable[int]) -> None:
        entry = self._book.get(epoch)
        if entry is None:
            return
        last = self._last_seq(entry)
        for seq in seqs:
            if not 0 <= seq <= last:
                continue  # no such record: to believe it would lose the one that gets this number
            entry.confirmed.add(seq, seq)
            if (spot := self._shelf.find(epoch, seq)) is not None:
                spot.segment.settle(spot.at)
        self._keeper.soon(entry)

    def unconfirm(self, epoch: bytes, ranges: Iterable[Range]) -> list[Range]:
        entry = self._book.get(epoch)
        if entry is None:
            return list(RangeSet(ranges))
        missing = RangeSet()
        for first, last in clipped(ranges, self._last_seq(entry)):
            held = RangeSet()
            for segment, at in self._shelf.between(epoch, first, last):
                if not segment.is_gone(at):
                    segment.reopen(at)
                    held.add(segment.seq(at), segment.seq(at))
            for one in held.missing(first, last):
                missing.add(*one)
            entry.confirmed.remove(first, last)
        self._keeper.soon(entry)
        return list(missing)

    def declare(self, epoch: bytes, ranges: Sequence[Range], reason: str) -> None:
        entry = self._book.get(epoch)
        told = ranges if entry is None else clipped(ranges, self._last_seq(entry))
        if told:
            self._drops.declare(epoch, told, reason)

    def oldest(
        self, limit_bytes: int, skip: Container[tuple[bytes, int]], sendable: Callable[[Held], bool]
    ) -> list[Record]:
        records: list[Record] = []
        rotten: list[Unreadable] = []
        with Reader() as reader:
            for spot in self._shelf.backlog(sendable):
                held = spot.segment.held(spot.at)
                if (held.epoch, held.seq) in skip or self._is_pending(held):
                    continue
                if records and held.size > limit_bytes:
                    break
                try:
                    records.append(reader.record(spot))
                    limit_bytes -= held.size
                except Unreadable as unreadable:
                    rotten.append(unreadable)
        for _, pieces in groupby(rotten, key=lambda one: one.spot.segment.id):
            self._set_aside(list(pieces))
        return records

    def pin(self, anchor: Anchor) -> None:
        if entries := self._book.to_pin(self._boot_id):
            self._keeper.pin(entries, anchor)

    def epochs(self) -> list[Holding]:
        held = set(self._shelf.epochs())
        return [
            self._holding(entry)
            for entry in self._book
            if entry.epoch in held or not entry.closed or entry.epoch == self.epoch
        ]

    def forget(self, epoch: bytes) -> None:
        entry = self._book.get(epoch)
        if entry is not None and epoch != self.epoch and not entry.closed:
            entry.closed = True
            self._keeper.soon(entry)

    def stats(self) -> BufferStats:
        failure = self._journal.failure
        return BufferStats(
            used_bytes=self._room.used_bytes,
            cap_bytes=self._settings.max_bytes,
            waiting_records=sum(segment.waiting for segment in self._shelf),
            waiting_bytes=sum(segment.waiting_bytes for segment in self._shelf),
            oldest_us=self._oldest_us(),
            dropped_records=self._drops.dropped_records,
            damaged_records=self._damaged_records,
            policy=self._settings.when_full,
            failed=None if failure is None else str(failure),
        )

    def bulk(self) -> dict[str, tuple[int, int]]:
        """What a purge would give up: records and bytes, by lane."""
        found: dict[str, tuple[int, int]] = {}
        for segment in self._room.bulk():
            records, size = found.get(segment.lane, (0, 0))
            found[segment.lane] = (records + segment.waiting, size + segment.waiting_bytes)
        return found

    def purge(self) -> int:
        """Give up all bulk that waits, declared first; returns how many records. A person's order only."""
        return self._room.purge()

    async def close(self) -> None:
        self._age.stop()
        self._room.pay()
        await asyncio.to_thread(self._journal.close)
        await asyncio.sleep(0)  # let what the writer said last arrive
        self._note_head()
        self._keeper.last()
        self._state.close()
        self._lock.release()
        if self._journal.failure is not None:
            raise self._journal.failure

    def _wire(self) -> None:
        self._journal.closed = lambda record: _call(self.on_closed, record)
        self._journal.failed = lambda failure: _call(self.on_failed, failure)
        self._journal.synced = self._tell_synced
        self._journal.refused = self._room.on_refused
        self._room.declare = self._drops.declare
        self._room.keep_state = self._keeper.now

    def _recover(self) -> Recovered:
        try:
            self._state.open()
        except sqlite3.OperationalError:  # the disk is full: the ballast is for this
            self._ballast.release()
            self._state.open()
        recovery = Recovery(self._directory, self._state, self._quarantine, self._shelf, self._book)
        found = recovery.run()
        self._next_segment, self._damaged_records = found.next_number, found.damaged
        return found

    def _begin_epoch(self) -> None:
        stored = StoredEpoch(self.epoch, self._boot_id, self._boot_us(), self._floor_us, -1, False, None)
        try:
            self._state.begin(stored)
        except sqlite3.OperationalError:
            if not self._ballast.release():
                raise
            self._state.begin(stored)
        self._book.add(stored)

    def _start(self, losses: Sequence[Lost]) -> None:
        report = LoopReport(asyncio.get_running_loop(), self._journal)
        writer = Writer(self._directory, self._segment_bytes, self._disk, report, self._ballast.release)
        self._journal.start(writer)
        self._journal.submit(Act(self._ballast.restore))
        for lost in losses:
            self._drops.declare_lost(lost)
        self._keeper.now()
        self._age.start()

    def _new_segment(self, lane: Lane, segment_id: bytes) -> Segment:
        segment = Segment(self._next_segment, lane, segment_id, self._directory)
        self._next_segment += 1
        return segment

    def _is_of_this_boot(self, epoch: bytes) -> bool:
        entry = self._book.get(epoch)
        return entry is not None and entry.boot_id == self._boot_id

    def _wall_us(self) -> int | None:
        reading = self._reading()
        return None if reading.source == ClockSource.UNKNOWN else self._boot_us() + reading.offset_us

    def _last_seq(self, entry: Entry) -> int:
        """The last number given in an epoch. Nobody may say anything of a record that is not yet."""
        return self._journal.last_seq if entry.epoch == self.epoch else entry.head

    def _tell_synced(self, seqs: Sequence[int]) -> None:
        self._note_head()
        _call(self.on_synced, seqs)

    def _note_head(self) -> None:
        entry = self._book.get(self.epoch)
        if entry is not None and entry.head != self.head:
            entry.head = self.head
            entry.changed = True

    def _is_pending(self, held: Held) -> bool:
        return held.epoch == self.epoch and self._journal.pending(held.seq) is not None

    def _set_aside(self, pieces: Sequence[Unreadable]) -> None:
        """Records of a segment have rotted since the start: keep what is left of them, tell that they are lost."""
        self._damaged_records += len(pieces)
        segment, first = pieces[0].spot
        rot = Rot(segment.slot(first).offset, b"".join(piece.raw for piece in pieces))
        self._journal.submit(Act(lambda: _keep_piece(self._quarantine, segment, rot)))
        seqs = [segment.seq(piece.spot.at) for piece in pieces]
        self._drops.declare(segment.epoch, [(seq, seq) for seq in seqs], "damaged")

    def _holding(self, entry: Entry) -> Holding:
        running = entry.epoch == self.epoch
        head = self.head if running else entry.head
        firsts = [segment.first_seq for segment in self._shelf.of(entry.epoch)]
        return Holding(
            epoch=entry.epoch,
            boot_id=entry.boot_id,
            running=running,
            first=min(firsts, default=head + 1),
            head=head,
            confirmed=clipped(entry.confirmed, head),
            pin=entry.pin,
            started_us=entry.started_us,
            ended_us=None if running else self._book.ended_us(entry),
        )

    def _oldest_us(self) -> int | None:
        """The wall time of the oldest waiting record, by its own clock or its epoch's pin."""
        spot = next(self._shelf.backlog(lambda held: True), None)
        if spot is None:
            return None
        entry = self._book.get(spot.segment.epoch)
        try:
            with Reader() as reader:
                header = reader.record(spot).header
        except Unreadable:
            return None
        if header.clock.source != ClockSource.UNKNOWN:
            return header.first_us + header.clock.offset_us
        pin = entry.pin if entry is not None else None
        return None if pin is None else header.first_us - pin.boot_us + pin.wall_us


def _call(hook: Callable[[Any], None] | None, news: Any) -> None:
    if hook is not None:
        hook(news)


def _keep_piece(quarantine: Quarantine, segment: Segment, piece: Rot) -> None:
    quarantine.keep(segment.path, piece)
