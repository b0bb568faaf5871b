"""What a record costs on the disk: the segment log beside SQLite with the same promise (synchronous=FULL)."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

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
        place = card.folder / window.replace(" ", "")
        place.mkdir()
        ours = await _spent(card, records, _SegmentLog(place / "log"))
        theirs = await _spent(card, records, _SQLite(place / "records.db"))
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


class Store(Protocol):
    """Keeps records; `put` returns when its record is on the medium."""

    async def put(self, record: Record) -> None: ...
    async def close(self) -> None: ...


async def _spent(card: Card, records: Sequence[Record], store: Store) -> Spent:
    """What one record costs; the first is not counted: it waits for what a start writes once."""
    await store.put(records[0])
    before, began_s = card.written_bytes(), time.process_time()
    for record in records[1:]:
        await store.put(record)
    cpu_s, written = time.process_time() - began_s, card.written_bytes() - before
    await store.close()
    return Spent(cpu_s * 1e6 / (len(records) - 1), written / (len(records) - 1))


class _SegmentLog:
    def __init__(self, folder: Path) -> None:
        self.log = SegmentLog(folder, BufferSettings())
        self.log.open()

    async def put(self, record: Record) -> None:
        header = record.header
        body, times = record.body, (header.first_us, header.last_us)
        kept = self.log.append(Kind.SAMPLES, body, *times, header.clock)
        await self.log.synced(kept.header.seq)

    async def close(self) -> None:
        await self.log.close()


class _SQLite:
    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY, raw BLOB NOT NULL)")

    async def put(self, record: Record) -> None:
        self._database.execute("INSERT INTO record VALUES (?, ?)", (record.header.seq, record.raw))

    async def close(self) -> None:
        self._database.close()


async def _link_up(card: Card) -> AsyncIterator[Figure]:
    """Four records a second, each confirmed soon after, as with thirty straps while the link is up."""
    part = f"the buffer's writes with 30 straps and the link up, on {card.name}"
    store = _SegmentLog(card.folder / "link-up")
    first, *rest = quarters(1 + LINK_UP_S * LIVE_PER_S)
    await store.put(first)  # behind what a start writes once
    before, began = card.written_bytes(), time.monotonic()
    for number, record in enumerate(rest):
        await asyncio.sleep(max(0.0, began + number / LIVE_PER_S - time.monotonic()))
        await store.put(record)
        store.log.confirm(store.log.epoch, [store.log.head])
    per_s = (card.written_bytes() - before) / (time.monotonic() - began)
    await store.close()
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
