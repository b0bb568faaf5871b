"""A buffer without a disk, for tests of what uses one. It keeps every promise but survival."""

import asyncio
import os
from collections.abc import Callable, Container, Iterable, Sequence

from sts_edge.config import BufferSettings
from sts_protocols.record import (
    HEADER_BYTES,
    UNKNOWN_CLOCK,
    Anchor,
    ClockReading,
    ClockSource,
    Drop,
    Kind,
    Record,
    encode_drop,
    seal,
)

from .interface import BufferFailed, BufferStats, Held, Holding, Range, RecordDropped
from .ranges import RangeSet, clipped
from .summaries import summarise

_EVICTED = (Kind.RAW, Kind.WAVEFORM, Kind.SAMPLES)


class MemoryBuffer:
    """A `Buffer` that forgets everything when its process ends."""

    def __init__(self, settings: BufferSettings | None = None, boot_id: str = "memory") -> None:
        self.epoch = os.urandom(16)
        self.head = -1
        self.on_closed: Callable[[Record], None] | None = None
        self.on_synced: Callable[[Sequence[int]], None] | None = None
        self.on_failed: Callable[[BufferFailed], None] | None = None
        self._settings = settings or BufferSettings()
        self._boot_id = boot_id
        self._records: dict[int, Record] = {}
        self._confirmed = RangeSet()
        self._dropped = RangeSet()
        self._pin: Anchor | None = None
        self._next = 0
        self._used = 0
        self._unsafe: dict[int, asyncio.Future[None]] = {}

    def open(self) -> None:
        asyncio.get_running_loop()

    def append(self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading) -> Record:
        record = seal(kind, b"in-mem\0\0", self.epoch, self._next, first_us, last_us, clock, body)
        refused = self._refuses(kind, len(body))
        self._next += 1
        if refused:
            self._refuse(record)
            return record
        self._records[record.header.seq] = record
        self._used += record.header.length
        if self.on_closed is not None:
            self.on_closed(record)
        loop = asyncio.get_running_loop()
        self._unsafe[record.header.seq] = loop.create_future()
        loop.call_soon(self._make_safe, record.header.seq)
        if kind != Kind.DROP:
            self._make_room()
        return record

    def _refuses(self, kind: int, body_bytes: int) -> bool:
        """Whether the policy refuses this record: nothing confirmed can make room for it."""
        full = self._used + HEADER_BYTES + body_bytes > self._settings.max_bytes
        if self._settings.when_full != "refuse-new" or kind not in _EVICTED or not full:
            return False
        return not any(seq in self._confirmed for seq in self._records)

    async def synced(self, seq: int) -> None:
        if seq in self._unsafe:
            await asyncio.shield(self._unsafe[seq])
        if seq in self._dropped and seq not in self._records:
            raise RecordDropped(f"record {seq} found no room")

    def confirm(self, epoch: bytes, seqs: Iterable[int]) -> None:
        for seq in seqs:
            if epoch == self.epoch and 0 <= seq < self._next:
                self._confirmed.add(seq, seq)

    def unconfirm(self, epoch: bytes, ranges: Iterable[Range]) -> list[Range]:
        if epoch != self.epoch:
            return list(RangeSet(ranges))
        wanted = clipped(ranges, self._next - 1)
        held = RangeSet((seq, seq) for seq in self._records)
        for first, last in wanted:
            self._confirmed.remove(first, last)
        return [gap for first, last in wanted for gap in held.missing(first, last)]

    def declare(self, epoch: bytes, ranges: Sequence[Range], reason: str) -> None:
        told = RangeSet(clipped(ranges, self._next - 1) if epoch == self.epoch else ranges)
        if not len(told):
            return
        times = [record.header for seq, record in self._records.items() if seq in told]
        first_us = min((one.first_us for one in times), default=0)
        last_us = max((one.last_us for one in times), default=0)
        body = encode_drop(Drop(epoch, list(told), reason, first_us, last_us))
        for first, last in told if epoch == self.epoch else ():
            self._dropped.add(first, last)
        self.append(Kind.DROP, body, last_us, last_us, UNKNOWN_CLOCK)

    def oldest(
        self, limit_bytes: int, skip: Container[tuple[bytes, int]], sendable: Callable[[Held], bool]
    ) -> list[Record]:
        picked: list[Record] = []
        for held in self._waiting():
            if (held.epoch, held.seq) in skip or held.seq in self._unsafe or not sendable(held):
                continue
            if picked and held.size > limit_bytes:
                break
            limit_bytes -= held.size
            picked.append(self._records[held.seq])
        return picked

    def pin(self, anchor: Anchor) -> None:
        self._pin = self._pin or anchor

    def epochs(self) -> list[Holding]:
        first = min(self._records, default=self.head + 1)
        confirmed = clipped(self._confirmed, self.head)
        return [Holding(self.epoch, self._boot_id, True, first, self.head, confirmed, self._pin, None, None)]

    def forget(self, epoch: bytes) -> None:
        """Nothing to forget: only the running epoch is here."""

    def stats(self) -> BufferStats:
        waiting = self._waiting()
        return BufferStats(
            used_bytes=self._used,
            cap_bytes=self._settings.max_bytes,
            waiting_records=len(waiting),
            waiting_bytes=sum(held.size for held in waiting),
            oldest_us=self._wall_us(self._records[waiting[0].seq]) if waiting else None,
            dropped_records=sum(last - first + 1 for first, last in self._dropped),
            damaged_records=0,
            policy=self._settings.when_full,
            failed=None,
        )

    async def close(self) -> None:
        await asyncio.gather(*self._unsafe.values())

    def _waiting(self) -> list[Held]:
        return [
            Held(
                self.epoch,
                seq,
                one.header.length,
                one.header.kind,
                one.header.clock.source != ClockSource.UNKNOWN,
            )
            for seq, one in self._records.items()
            if seq not in self._confirmed and seq not in self._dropped
        ]

    def _wall_us(self, record: Record) -> int | None:
        header = record.header
        if header.clock.source != ClockSource.UNKNOWN:
            return header.first_us + header.clock.offset_us
        return None if self._pin is None else header.first_us - self._pin.boot_us + self._pin.wall_us

    def _make_safe(self, seq: int) -> None:
        self.head = seq
        self._unsafe.pop(seq).set_result(None)
        if self.on_synced is not None:
            self.on_synced([seq])

    def _refuse(self, record: Record) -> None:
        if self.on_closed is not None:
            self.on_closed(record)
        seq = record.header.seq
        self.declare(self.epoch, [(seq, seq)], "refused_new")

    def _make_room(self) -> None:
        if self._used > self._settings.max_bytes and self._settings.when_full == "keep-summaries":
            self._sum_up()
        while self._used > self._settings.max_bytes and (seq := self._victim()) is not None:
            if seq not in self._confirmed:
                self.declare(self.epoch, [(seq, seq)], "buffer_full")
            self._used -= self._records.pop(seq).header.length

    def _sum_up(self) -> None:
        """Put summaries in the place of the oldest eighth, as if that were one segment."""
        oldest = [
            one
            for seq, one in self._records.items()
            if one.header.kind == Kind.SAMPLES and not (seq in self._confirmed or seq in self._unsafe)
        ][: max(1, len(self._records) // 8)]
        summaries = list(summarise(oldest))
        if not summaries:
            return
        for record in oldest:
            self._used -= self._records.pop(record.header.seq).header.length
        self.declare(self.epoch, [(one.header.seq, one.header.seq) for one in oldest], "summarised")
        for one in summaries:
            self.append(Kind.SAMPLES, one.body, one.first_us, one.last_us, one.clock)

    def _victim(self) -> int | None:
        for seq in self._records:
            if seq in self._confirmed:
                return seq
        for kind in _EVICTED:
            for seq, record in self._records.items():
                if record.header.kind == kind and seq not in self._unsafe:
                    return seq
        return None
