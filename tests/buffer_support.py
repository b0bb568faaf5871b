"""What the tests of buffers share: small settings, records of a known size, the whole content of a buffer."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import get_args

from sts_edge.buffer import Buffer, BufferFailed, Held, SegmentLog
from sts_edge.config import BufferSettings
from sts_edge.config.settings import Policy
from sts_protocols.metrics import HEART_RATE
from sts_protocols.record import (
    UNKNOWN_CLOCK,
    ClockReading,
    ClockSource,
    Drop,
    Kind,
    Record,
    decode_drop,
    encode_samples,
)
from sts_protocols.sample import Packet, Quality, Value

KNOWN_CLOCK = ClockReading(1_800_000_000_000_000, 5_000, ClockSource.NTP)
ALL = 1 << 40
KIB = 1 << 10
MIB = 1 << 20


POLICIES: tuple[Policy, ...] = get_args(Policy)


def small_settings(
    max_bytes: int = 2 * MIB, segment_bytes: int = 128 * KIB, when_full: Policy = "oldest-raw-first"
) -> BufferSettings:
    """A buffer that is full soon."""
    return BufferSettings(max_bytes=max_bytes, segment_bytes=segment_bytes, when_full=when_full)


def straps(second: int, count: int = 30) -> list[Packet]:
    """What heart straps tell in a second of boot time: four rates each, so that a summary says less; one of the
    first strap's is no good."""
    return [
        Packet(
            f"hr-{number:02}",
            second * 1_000_000 + quarter * 250_000 + number * 1_000,
            1_000,
            250_000,
            (
                Value(
                    HEART_RATE.id,
                    float(60 + (second * 7 + number * 3 + quarter) % 120),
                    _quality(number, quarter),
                ),
            ),
        )
        for number in range(count)
        for quarter in range(4)
    ]


def _quality(number: int, quarter: int) -> Quality:
    return Quality.NO_CONTACT if number == 0 and quarter == 1 else Quality.OK


def put_straps(buffer: Buffer, second: int, clock: ClockReading = KNOWN_CLOCK) -> Record:
    """Append a second of thirty straps."""
    packets = straps(second)
    times = [packet.boot_us for packet in packets]
    return buffer.append(Kind.SAMPLES, encode_samples(packets), min(times), max(times), clock)


def body_of(size: int, seed: int = 0) -> bytes:
    """Bytes that look like nothing, the same for the same seed."""
    return random.Random(seed).randbytes(size)


def put(
    buffer: Buffer,
    kind: Kind = Kind.SAMPLES,
    size: int = 200,
    at_us: int | None = None,
    clock: ClockReading = UNKNOWN_CLOCK,
) -> Record:
    """Append one record."""
    put.count += 1  # type: ignore[attr-defined]
    time_us = 1_000 * put.count if at_us is None else at_us  # type: ignore[attr-defined]
    return buffer.append(kind, body_of(size, time_us), time_us, time_us + 500, clock)


put.count = 0  # type: ignore[attr-defined]


def everything(buffer: Buffer, sendable: Callable[[Held], bool] = lambda held: True) -> list[Record]:
    """All that waits, oldest first."""
    return buffer.oldest(ALL, frozenset(), sendable)


def waiting(buffer: Buffer) -> list[int]:
    """The numbers of this epoch's samples, waveforms and so on that wait; not those of drops."""
    return [one.header.seq for one in everything(buffer) if _is_ours(buffer, one)]


def _is_ours(buffer: Buffer, record: Record) -> bool:
    return record.header.epoch == buffer.epoch and record.header.kind != Kind.DROP


def drops(buffer: Buffer) -> list[Drop]:
    """All drops that wait to be told."""
    return [decode_drop(one.body) for one in everything(buffer) if one.header.kind == Kind.DROP]


def dropped(buffer: Buffer, epoch: bytes | None = None) -> set[int]:
    """The numbers of an epoch (this one) that are declared."""
    wanted = buffer.epoch if epoch is None else epoch
    return {
        seq
        for drop in drops(buffer)
        if drop.epoch == wanted
        for first, last in drop.ranges
        for seq in range(first, last + 1)
    }


async def safe(buffer: Buffer, record: Record) -> Record:
    """Wait until the record is on disk."""
    await asyncio.wait_for(buffer.synced(record.header.seq), 30)
    return record


async def settled(buffer: Buffer) -> None:
    """Wait until nothing is on its way to the disk."""
    await safe(buffer, put(buffer, Kind.LOG))


async def eventually(fact: Callable[[], bool], deadline_s: float = 30.0) -> None:
    """Wait until something has become true."""
    async with asyncio.timeout(deadline_s):
        while not fact():  # noqa: ASYNC110 - the fact has no event of its own
            await asyncio.sleep(0.005)


@asynccontextmanager
async def opened(
    folder: Path, settings: BufferSettings | None = None, **more: object
) -> AsyncIterator[SegmentLog]:
    """One life of a log in a folder, ended in good order (unless its disk has failed)."""
    log = SegmentLog(folder, settings or small_settings(), **more)  # type: ignore[arg-type]
    log.open()
    try:
        yield log
    finally:
        try:
            await log.close()
        except BufferFailed:
            assert log.stats().failed is not None


def snapshot(folder: Path, to: Path) -> Path:
    """The folder as a kill -9 at this moment would leave it."""
    shutil.copytree(folder, to)
    return to


def segments(folder: Path, lane: str = "samples") -> list[Path]:
    """The files of a lane, oldest first."""
    return sorted(folder.glob(f"*-{lane}-*.seg"))


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder on a file system in memory, where there is one."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def without_indexes(folder: Path) -> Path:
    """The folder as a kill leaves it: an index is written only when its segment is closed."""
    for index in folder.glob("*.idx"):
        index.unlink()
    return folder


def flip(file: Path, offset: int, bit: int = 1) -> None:
    """Change one bit on the disk."""
    content = bytearray(file.read_bytes())
    content[offset] ^= 1 << bit
    file.write_bytes(content)


def of_epoch(records: Iterable[Record], epoch: bytes) -> list[Record]:
    """The records of one epoch."""
    return [record for record in records if record.header.epoch == epoch]
