"""Raw frames: what sensors said, as it came, so that a wrong decoder can be made good afterwards.

They lie in a log of their own beside the buffer, with a cap of its own, numbered by themselves: what is kept and not
sent is no hole in what was sent. When the cap is reached the oldest go, declared in that log and told to the hub
as a log line. Nothing of it is sent by itself. On order a stretch of it is copied into the buffer; there it is
numbered and goes the way of all backlog, and the hub parks it until somebody reads it.

The agent does without them: when their disk fails, that is told, and the measurements go on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import structlog

from sts_edge.buffer import BufferFailed, BufferStats, BufferTaken, RecordDropped, SegmentLog
from sts_edge.config import BufferSettings
from sts_edge.health import Health
from sts_protocols.errors import RecordError
from sts_protocols.record import (
    MAX_FRAME_BYTES,
    UNKNOWN_CLOCK,
    Anchor,
    ClockReading,
    ClockSource,
    Kind,
    RawFrame,
    RawFrames,
    Record,
    encode_raw,
    split,
)

# Nobody waits for them, so they are gathered for long: fewer records, fewer writes to the card. A kill costs as
# much of them.
GATHERED_S = 10.0
# Frames of a sensor hardly compress; this leaves room below the 48 KB of a record's body.
GATHERED_BYTES = 32 << 10
FRAME_BYTES = 16  # what a frame takes beside itself: its time, its length
# One order fills at most a sixth of the smallest buffer in use, so that no measurement is given up for it.
MOST_ORDERED_BYTES = 16 << 20

PART = "raw frames"

_log = structlog.get_logger()


class Append(Protocol):
    """The buffer's `append`."""

    def __call__(
        self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading, /
    ) -> Record: ...


class Ordered(NamedTuple):
    """What an order has put on its way. until_us: wall time up to which all is included; less than was asked
    for when that was too much at once, or when nothing more is held."""

    records: int
    bytes: int
    until_us: int


class RawLog:
    """Keeps frames. `pin`: what ties this epoch to wall time, as soon as that is known."""

    def __init__(
        self,
        folder: Path,
        settings: BufferSettings,
        reading: Callable[[], ClockReading],
        pin: Callable[[], Anchor | None],
        board: Health,
    ) -> None:
        self._folder = folder
        self._reading = reading
        self._pin = pin
        self._board = board
        capped = msgspec.structs.replace(settings, max_bytes=settings.raw_max_bytes)
        self._log = SegmentLog(folder, capped, reading=reading)
        self._log.on_closed = self._closed
        self._log.on_failed = self._failed
        self._open: dict[tuple[str, str], list[RawFrame]] = {}
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._keeps = False
        self._last_seq = -1

    def open(self) -> None:
        """Begin. What hinders it is told on the board, and nothing is kept."""
        try:
            self._log.open()
            self._keeps = True
        except (BufferFailed, BufferTaken) as error:
            self._failed(error)

    def stats(self) -> BufferStats:
        """How much is kept."""
        return self._log.stats()

    def keep(self, sensor: str, kind: str, boot_us: int, frame: bytes) -> None:
        """Take a frame as it came; kind: what decodes it. One that is longer than a record of them takes, as an
        MQTT message may be, is not kept."""
        if not self._keeps or len(frame) > MAX_FRAME_BYTES:
            return
        self._open.setdefault((sensor, kind), []).append(RawFrame(boot_us, frame))
        self._size += len(frame) + FRAME_BYTES
        if self._size >= GATHERED_BYTES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHERED_S, self.flush)

    def flush(self) -> None:
        """Close what is open into a record."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        told, self._open, self._size = self._open, {}, 0
        if not told or not self._keeps:
            return
        if (pin := self._pin()) is not None:
            self._log.pin(pin)
        times = [frame.boot_us for frames in told.values() for frame in frames]
        try:
            body = encode_raw(*(RawFrames(*source, frames) for source, frames in told.items()))
            self._log.append(Kind.RAW, body, min(times), max(times), self._reading())
        except (RecordError, BufferFailed) as error:
            _log.warning("raw_frames_not_kept", reason=str(error))

    async def order(self, first_us: int, last_us: int, append: Append) -> Ordered:
        """Copy what was heard between these wall times into the buffer, oldest first, as far as fits."""
        self.flush()
        with contextlib.suppress(BufferFailed, RecordDropped):
            await self._log.synced(self._last_seq)
        pins = {one.epoch: one.pin for one in self._log.epochs()}
        chosen = await asyncio.to_thread(self._between, first_us, last_us, pins)
        size = 0
        for record, clock in chosen:
            append(Kind.RAW, record.body, record.header.first_us, record.header.last_us, clock)
            size += len(record.raw)
        is_cut = size >= MOST_ORDERED_BYTES
        until_us = chosen[-1][0].header.last_us + chosen[-1][1].offset_us if is_cut else last_us
        return Ordered(len(chosen), size, until_us)

    async def close(self) -> None:
        """Keep what is open, and end."""
        if self._keeps:
            self.flush()
            self._keeps = False
            with contextlib.suppress(BufferFailed):  # told already
                await self._log.close()

    def _between(
        self, first_us: int, last_us: int, pins: dict[bytes, Anchor | None]
    ) -> Sequence[tuple[Record, ClockReading]]:
        chosen: list[tuple[Record, ClockReading]] = []
        size = 0
        for record in self._records():
            clock = _clock(record, pins.get(record.header.epoch))
            header, offset_us = record.header, clock.offset_us
            if clock.source == ClockSource.UNKNOWN or header.last_us + offset_us < first_us:
                continue
            if header.first_us + offset_us > last_us:
                continue
            chosen.append((record, clock))
            size += len(record.raw)
            if size >= MOST_ORDERED_BYTES:
                break
        return chosen

    def _records(self) -> Iterator[Record]:
        for file in sorted(self._folder.glob("*.seg")):
            with contextlib.suppress(FileNotFoundError):  # it was the oldest, and its room was needed
                for piece in split(file.read_bytes()):
                    if isinstance(piece, Record) and piece.header.kind == Kind.RAW:
                        yield piece

    def _closed(self, record: Record) -> None:
        self._last_seq = record.header.seq
        if record.header.kind == Kind.DROP:
            _log.warning("raw_frames_dropped", reason="their share of the disk is full; the oldest went")

    def _failed(self, error: Exception) -> None:
        self._keeps = False
        self._board.tell(
            PART, f"Raw frames are not kept any more ({error}); measurements are not affected. See the disk."
        )


def _clock(record: Record, pin: Anchor | None) -> ClockReading:
    """What ties the record to the wall: boot time of an epoch that is over means nothing elsewhere."""
    if record.header.clock.source != ClockSource.UNKNOWN:
        return record.header.clock
    if pin is None:
        return UNKNOWN_CLOCK
    return ClockReading(pin.wall_us - pin.boot_us, pin.error_us, pin.source)
