"""A gateway in a few lines, and a hub's database and broker to send to: for the tests of ingest."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from sts_protocols.metrics import ECG, HEART_RATE, RR_INTERVAL
from sts_protocols.record import (
    ClockReading,
    ClockSource,
    Kind,
    Record,
    Waveform,
    encode_samples,
    encode_waveform,
    seal,
)
from sts_protocols.sample import Packet, Value

SECOND_US = 1_000_000
PATIENCE_S = 60.0
BOOT_US = 1_000 * SECOND_US
# Of an ECG of 130 Hz.
PERIOD_NS = 7_692_308


def now_us() -> int:
    """Wall time, µs since 1970."""
    return time.time_ns() // 1000


@dataclass
class Gateway:
    """One start of an agent: makes records as the edge does, and remembers what must be stored."""

    name: str = "pitch-1"
    epoch: bytes = field(default_factory=lambda: os.urandom(16))
    sensors: tuple[str, ...] = ("hr-01", "hr-02")
    age_us: int = 3_000 * SECOND_US
    seq: int = 0

    def __post_init__(self) -> None:
        self.segment = os.urandom(8)
        self.began(self.age_us)
        self.said: Counter[tuple[str, int, int, float, int]] = Counter()

    def began(self, ago_us: int) -> None:
        """Let the next record begin so long ago, however long the test has taken to get here."""
        self.offset_us = now_us() - ago_us - self.boot_us(self.seq)
        self.clock = ClockReading(self.offset_us, 1000, ClockSource.NTP)

    @property
    def id(self) -> UUID:
        """The epoch as the database has it."""
        return UUID(bytes=self.epoch)

    def boot_us(self, seq: int) -> int:
        """When the record of that number began: one a second."""
        return BOOT_US + seq * SECOND_US

    def samples(
        self, *, clock: ClockReading | None = None, late_us: int = 0, metric: int = HEART_RATE.id
    ) -> Record:
        """A record with one heart rate and two RR intervals of each sensor."""
        boot_us = self.boot_us(self.seq) + late_us
        packets = [
            Packet(name, boot_us + place * 1000, 1000, SECOND_US, self._values(place, metric))
            for place, name in enumerate(self.sensors)
        ]
        self._remember(packets)
        return self.record(Kind.SAMPLES, encode_samples(packets), clock=clock, late_us=late_us)

    def waveform(self, values: Sequence[float], *, metric: int = ECG.id) -> Record:
        """A record with one channel of 130 Hz of each sensor."""
        boot_us = self.boot_us(self.seq)
        quality = [place % 2 for place in range(len(values))]
        waves = [Waveform(name, metric, boot_us, PERIOD_NS, values, quality) for name in self.sensors]
        for wave in waves:
            for place, value in enumerate(values):
                t_us = boot_us + place * PERIOD_NS // 1000 + self.offset_us
                self.said[wave.sensor, metric, t_us, value, quality[place]] += 1
        return self.record(Kind.WAVEFORM, encode_waveform(*waves))

    def record(
        self, kind: int, body: bytes, *, clock: ClockReading | None = None, late_us: int = 0
    ) -> Record:
        """The next record, whatever it says."""
        boot_us = self.boot_us(self.seq) + late_us
        sealed = seal(
            kind,
            self.segment,
            self.epoch,
            self.seq,
            boot_us,
            boot_us + SECOND_US - 1,
            clock or self.clock,
            body,
        )
        self.seq += 1
        return sealed

    def many(self, count: int) -> list[Record]:
        """The next records of samples."""
        return [self.samples() for _ in range(count)]

    def forget(self) -> None:
        """What was said so far must not be stored."""
        self.said.clear()

    def _values(self, place: int, metric: int) -> tuple[Value, ...]:
        rate = 60 + (self.seq + place) % 120
        return (
            Value(metric, float(rate), 0),
            *(Value(RR_INTERVAL.id, 1000.0 * (500 + k) / 1024, 0) for k in (1, 2)),
        )

    def _remember(self, packets: Sequence[Packet]) -> None:
        for packet in packets:
            place: Counter[int] = Counter()
            for value in packet.values:
                t_us = packet.boot_us + place[value.metric] + self.offset_us
                place[value.metric] += 1
                self.said[packet.sensor, value.metric, t_us, value.value, value.quality] += 1


async def eventually(check: Callable[[], Awaitable[object]], what: str = "") -> None:
    """Wait until an async check is true; fail with its last answer after PATIENCE_S."""
    last: object = None
    for _ in range(int(PATIENCE_S / 0.05)):
        last = await check()
        if last:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"waited {PATIENCE_S} s in vain for {what or check}: {last!r}")


def message(*records: Record) -> bytes:
    """Whole records, published together."""
    return b"".join(record.raw for record in records)


async def stored(connection: asyncpg.Connection, epoch: UUID) -> Counter[tuple[Any, ...]]:
    """The rows of an epoch, as a multiset of (sensor, metric, time in µs, value, quality)."""
    rows = await connection.fetch(
        """SELECT s.name, s.metric, (extract(epoch FROM d.t) * 1000000)::int8 AS t_us, d.value, d.quality
           FROM sts.sample d JOIN sts.series s ON s.id = d.series WHERE s.epoch = $1""",
        epoch,
    )
    return Counter(tuple(row) for row in rows)


async def ledger(
    connection: asyncpg.Connection, epoch: UUID, column: str = "received"
) -> list[tuple[int, int]]:
    """The record numbers in one of the ledger's columns, as inclusive ranges."""
    found = await connection.fetchval(f"SELECT {column} FROM sts.epoch WHERE epoch = $1", epoch)
    return [(part.lower, part.upper - 1) for part in found or ()]
