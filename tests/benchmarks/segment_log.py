"""What a record costs on the disk: the segment log beside SQLite with the same promise (synchronous=FULL)."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import squad
from benchmarks.card import Card, image, plain, why_no_image
from benchmarks.figures import Figure, as_they_come
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings
from sts_protocols.record import Kind, Record

RECORDS = 200
LIVE_PER_S = 4
LINK_UP_S = 20
DEVICE_BYTES_PER_S = 40_000

# A card's life: what it holds, how often each cell can be written (TLC), and how many times more the card
# writes inside than it is given when it is given single blocks.
CARD_GB = 32
CARD_WRITES = 1_000
CARD_AMPLIFICATION = 8


class Spent(NamedTuple):
    """For each record."""

    cpu_us: float
    device_bytes: float


def measure(folder: Path) -> Iterator[Figure]:
    """On this disk, and as root on a device that nobody else writes to."""
    with plain(folder / "segment-log") as card:
        yield from as_they_come(_on(card))
    reason = why_no_image()
    if reason:
        yield Figure("segment log on an ext4 of its own", "bytes to the device", None, "", note=reason)
        return
    with image(folder / "card") as card:
        yield from as_they_come(_on(card))
        yield from as_they_come(_link_up(card))


async def _on(card: Card) -> AsyncIterator[Figure]:
    for window, records in (("250 ms", quarters(RECORDS)), ("1 s", seconds(RECORDS))):
        size = sum(len(record.raw) for record in records) / len(records)
        part = f"records of {window} ({size:.0f} bytes) on {card.name}; each synced before the next"
        ours = await _spent(card, records, _segment_log)
        theirs = await _spent(card, records, _sqlite)
        for name, found in (("segment log", ours), ("SQLite, WAL, synchronous=FULL", theirs)):
            note = f"{found.device_bytes / size:.1f} times the record"
            yield Figure(part, f"{name}: bytes to the device", found.device_bytes, "bytes/record", note=note)
            yield Figure(part, f"{name}: CPU", found.cpu_us, "µs/record")


def quarters(count: int) -> list[Record]:
    """Records of 250 ms of thirty straps."""
    pen, step_us = squad.Pen(60, 600), squad.SECOND_US // LIVE_PER_S
    packets = (packet for second in squad.ten_minutes() for packet in second)
    grouped = itertools.groupby(packets, key=lambda packet: packet.boot_us // step_us)
    return [pen.samples(list(group)) for _, group in itertools.islice(grouped, count)]


def seconds(count: int) -> list[Record]:
    """Records of 1 s of thirty straps."""
    pen = squad.Pen(60, 600)
    return [pen.samples(second) for second in squad.ten_minutes()[:count]]


Store = Callable[[Path, Sequence[Record]], Awaitable[float]]
"""Stores all, each on the medium before the next; the CPU that it took, s."""


async def _spent(card: Card, records: Sequence[Record], store: Store) -> Spent:
    place = card.folder / store.__name__.strip("_")
    place.mkdir(exist_ok=True)
    before = card.written_bytes()
    cpu_s = await store(place, records)
    return Spent(cpu_s * 1e6 / len(records), (card.written_bytes() - before) / len(records))


async def _segment_log(place: Path, records: Sequence[Record]) -> float:
    log = SegmentLog(place / str(time.monotonic_ns()), BufferSettings())
    log.open()
    began_s = time.process_time()
    for record in records:
        await log.synced(_append(log, record))
    cpu_s = time.process_time() - began_s
    await log.close()
    return cpu_s


def _append(log: SegmentLog, record: Record) -> int:
    header = record.header
    return log.append(Kind.SAMPLES, record.body, header.first_us, header.last_us, header.clock).header.seq


async def _sqlite(place: Path, records: Sequence[Record]) -> float:
    database = sqlite3.connect(place / f"{time.monotonic_ns()}.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY, raw BLOB NOT NULL)")
    began_s = time.process_time()
    for record in records:
        database.execute("INSERT INTO record VALUES (?, ?)", (record.header.seq, record.raw))
    cpu_s = time.process_time() - began_s
    database.close()
    return cpu_s


async def _link_up(card: Card) -> AsyncIterator[Figure]:
    """Four records a second, each confirmed soon after, as with thirty straps while the link is up."""
    part = f"the buffer's writes with 30 straps and the link up, on {card.name}"
    log = SegmentLog(card.folder / "link-up", BufferSettings())
    log.open()
    before, began = card.written_bytes(), time.monotonic()
    for number, record in enumerate(quarters(LINK_UP_S * LIVE_PER_S)):
        await asyncio.sleep(max(0.0, began + number / LIVE_PER_S - time.monotonic()))
        seq = _append(log, record)
        await log.synced(seq)
        log.confirm(log.epoch, [seq])
    per_s = (card.written_bytes() - before) / (time.monotonic() - began)
    await log.close()
    yield Figure(part, "bytes to the device", per_s, "bytes/s", DEVICE_BYTES_PER_S)
    yield Figure(part, "life of a card", life_years(per_s), "years", note=LIFE_NOTE)


LIFE_NOTE = (
    f"written day and night; {CARD_GB} GB, {CARD_WRITES:,} writes of each cell, "
    f"{CARD_AMPLIFICATION} times as much written inside the card"
)


def life_years(bytes_per_s: float) -> float:
    """How long a card lasts."""
    whole_life = CARD_GB * 1e9 * CARD_WRITES / CARD_AMPLIFICATION
    return whole_life / bytes_per_s / (365 * 86_400)
