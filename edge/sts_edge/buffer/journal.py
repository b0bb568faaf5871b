"""This epoch's records on their way to the disk: numbered, sealed, given a place, written, safe.

The loop's thread owns everything here; the writer's thread reports back through the loop.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from sts_protocols.record import HEADER_BYTES, ClockReading, Record, seal

from .interface import BufferFailed, RecordDropped
from .ranges import RangeSet
from .segment import Lane, Segment, Slot, lane_of
from .shelf import Shelf
from .writer import STEP_BYTES, Act, Put, Writer

SEGMENT_ID_BYTES = 8


class Entered(NamedTuple):
    """A numbered record, and its way to the disk; None when it was not to be stored."""

    record: Record
    put: Put | None


class LoopReport:
    """Carries the writer's news to the loop's thread, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop, journal: "Journal") -> None:
        self._loop = loop
        self._journal = journal

    def safe(self, puts: Sequence[Put]) -> None:
        self._tell(self._journal.on_safe, puts)

    def refused(self, puts: Sequence[Put]) -> None:
        self._tell(self._journal.on_refused, puts)

    def failed(self, error: Exception) -> None:
        self._tell(self._journal.fail, error)

    def _tell(self, hear: Callable[..., None], *news: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(hear, *news)


class Journal:
    """Numbers and places records, and knows which are safe.

    head: the last number below which nothing is pending. The hooks are called on the loop's thread.
    """

    def __init__(
        self,
        epoch: bytes,
        shelf: Shelf,
        new_segment: Callable[[Lane, bytes], Segment],
        segment_bytes: int,
    ) -> None:
        self.epoch = epoch
        self.head = -1
        self.failure: BufferFailed | None = None
        self.pending_bytes = 0
        self.closed: Callable[[Record], None] = lambda record: None
        self.synced: Callable[[Sequence[int]], None] = lambda seqs: None
        self.failed: Callable[[BufferFailed], None] = lambda failure: None
        self.refused: Callable[[Sequence[Put]], None] = lambda puts: None
        self._shelf = shelf
        self._new_segment = new_segment
        self._segment_bytes = segment_bytes
        self._writer: Writer | None = None
        self._open: dict[Lane, Segment] = {}
        self._given_up = RangeSet()
        self._next_seq = 0
        self._pending: dict[int, Put] = {}
        self._waiters: dict[int, list[asyncio.Future[None]]] = {}

    def start(self, writer: Writer) -> None:
        """Begin writing; a kept segment is made at once, so that a drop can always be declared."""
        self._writer = writer
        writer.start()
        self._roll(Lane.KEPT)

    @property
    def last_seq(self) -> int:
        """The last number given, -1 for none."""
        return self._next_seq - 1

    def submit(self, *jobs: Put | Act) -> None:
        """Hand jobs to the writer, behind everything before them."""
        assert self._writer is not None, "the journal is used before start()"
        self._writer.submit(*jobs)

    def enter(
        self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading, *, store: bool = True
    ) -> Entered:
        """Number and seal a record; place it and hand it to the writer unless it is not to be stored.

        Raises BufferFailed, RecordError; nothing has happened then.
        """
        if self.failure is not None:
            raise self.failure
        lane = lane_of(kind)
        size = HEADER_BYTES + len(body)
        segment = self._segment(lane, size) if store else None
        segment_id = os.urandom(SEGMENT_ID_BYTES) if segment is None else segment.id
        record = seal(kind, segment_id, self.epoch, self._next_seq, first_us, last_us, clock, body)
        put = None if segment is None else self._place(segment, record)
        self._next_seq += 1
        try:
            self.closed(record)
        finally:  # whatever the listener does, a numbered record goes its way
            if put is not None:
                self.submit(put)
            else:
                self._given_up.add(record.header.seq, record.header.seq)
                self._move_head()
        return Entered(record, put)

    def growth(self, kind: int, body_bytes: int) -> int:
        """Return by how many bytes the files would grow for such a record."""
        size = HEADER_BYTES + body_bytes
        segment = self._open.get(lane_of(kind))
        if segment is None or segment.end + size > self._segment_bytes:
            return STEP_BYTES
        return self._file_bytes(segment.end + size) - segment.file_bytes

    def close_bulk(self) -> bool:
        """Close the open segments that a policy may drop; returns whether there was one with a backlog."""
        bulk = [lane for lane, segment in self._open.items() if lane != Lane.KEPT and segment.waiting]
        for lane in bulk:
            self._finish(self._open.pop(lane))
        return bool(bulk)

    def close(self) -> None:
        """Close all segments and wait for the writer. Blocking: not for the loop's thread."""
        for segment in self._open.values():
            self._finish(segment)
        self._open.clear()
        if self._writer is not None:
            self._writer.stop()

    async def wait(self, seq: int) -> None:
        """Wait until a record is safe. Raises BufferFailed, RecordDropped."""
        if seq in self._given_up:
            raise RecordDropped(f"Record {seq} found no room and was not stored.")
        if seq not in self._pending:
            return
        if self.failure is not None:
            raise self.failure
        future = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(seq, []).append(future)
        await future

    def pending(self, seq: int) -> Put | None:
        """Return a record's job while it is not safe yet."""
        return self._pending.get(seq)

    def on_safe(self, puts: Sequence[Put]) -> None:
        """Hear that these have been synced."""
        seqs = [put.seq for put in puts]
        for put in puts:
            self._settle(put, None)
            if put.when_safe is not None:
                put.when_safe()
        self.synced(seqs)

    def on_refused(self, puts: Sequence[Put]) -> None:
        """Hear that these found no room on the disk."""
        self.refused(puts)

    def give_up(self, put: Put) -> None:
        """A record will not be stored."""
        put.segment.settle(put.segment.find(put.seq), gone=True)
        self._given_up.add(put.seq, put.seq)
        self._settle(put, RecordDropped(f"Record {put.seq} found no room on the disk."))

    def fail(self, error: Exception) -> None:
        """Hear that the disk has failed: nothing that is pending will ever be safe."""
        self.failure = BufferFailed(
            f"The disk could not keep the buffer ({error}). Nothing more is accepted. "
            "Stop the agent, check the medium (dmesg), replace it if in doubt, start again."
        )
        for waiters in self._waiters.values():
            _end(waiters, self.failure)
        self._waiters.clear()
        self.failed(self.failure)

    def _settle(self, put: Put, error: Exception | None) -> None:
        if self._pending.pop(put.seq, None) is None:
            return
        self.pending_bytes -= put.slot.size
        self._move_head()
        _end(self._waiters.pop(put.seq, []), error)

    def _move_head(self) -> None:
        self.head = next(iter(self._pending), self._next_seq) - 1

    def _place(self, segment: Segment, record: Record) -> Put:
        slot = Slot(segment.end, record.header.length)
        put = Put(segment, record.header.seq, record.raw, slot)
        segment.add(record.header, slot.offset)
        if segment.records == 1:
            self._shelf.put(segment)
        self._shelf.account(segment, self._file_bytes(segment.end))
        self._pending[put.seq] = put
        self.pending_bytes += slot.size
        return put

    def _file_bytes(self, end: int) -> int:
        ahead = -(-end // STEP_BYTES) * STEP_BYTES
        return min(ahead, max(self._segment_bytes, end))

    def _segment(self, lane: Lane, size: int) -> Segment:
        segment = self._open.get(lane)
        if segment is None or segment.end + size > self._segment_bytes:
            segment = self._roll(lane)
        return segment

    def _roll(self, lane: Lane) -> Segment:
        if (full := self._open.pop(lane, None)) is not None:
            self._finish(full)
        segment = self._open[lane] = self._new_segment(lane, os.urandom(SEGMENT_ID_BYTES))
        if lane == Lane.KEPT and self._writer is not None:
            writer = self._writer
            self.submit(Act(lambda: writer.reserve(segment)))
        return segment

    def _finish(self, segment: Segment) -> None:
        segment.closed = True
        if segment.records:
            self._shelf.account(segment, segment.end)
        writer = self._writer
        if writer is not None:
            self.submit(Act(lambda: writer.finish(segment)))


def _end(waiters: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for waiter in waiters:
        if waiter.done():
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)
