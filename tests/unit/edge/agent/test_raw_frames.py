"""Raw frames: kept by themselves, sent on order only, given up oldest first, and never in the way of measurements."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import structlog

from sts_edge.agent.raw_frames import RawLog
from sts_edge.buffer import MemoryBuffer
from sts_edge.config import BufferSettings
from sts_edge.health import Health
from sts_protocols.record import (
    UNKNOWN_CLOCK,
    Anchor,
    ClockReading,
    ClockSource,
    Kind,
    Record,
    decode_raw,
    split,
)

OFFSET_US = 1_790_000_000_000_000
KNOWN = ClockReading(OFFSET_US, 1_000, ClockSource.NTP)
SECOND_US = 1_000_000
MEBIBYTE = 1 << 20


class Desk:
    """A raw log in a folder, and a buffer to order into."""

    def __init__(self, folder: Path, cap: int = 64 * MEBIBYTE, clock: ClockReading = KNOWN) -> None:
        self.clock = clock
        self.pin: Anchor | None = None
        self.board = Health()
        settings = msgspec.structs.replace(BufferSettings(), raw_max_bytes=cap)
        self.log = RawLog(folder / "raw", settings, lambda: self.clock, lambda: self.pin, self.board)
        self.buffer = MemoryBuffer()
        self.ordered: list[Record] = []
        self.log.open()

    async def order(self, first_s: float, last_s: float) -> list[tuple[str, str, int, bytes]]:
        """What an order between these seconds of boot time copies."""
        self.ordered = []
        await self.log.order(
            OFFSET_US + round(first_s * SECOND_US), OFFSET_US + round(last_s * SECOND_US), self._append
        )
        return [
            (told.sensor, told.kind, one.boot_us, one.frame)
            for record in self.ordered
            for told in decode_raw(record.body)
            for one in told.frames
        ]

    def _append(self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading) -> Record:
        record = self.buffer.append(kind, body, first_us, last_us, clock)
        self.ordered.append(record)
        return record


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    yield made
    await made.log.close()


def say(desk: Desk, second: int, frame: bytes = b"\x10\x3c") -> tuple[str, str, int, bytes]:
    told = ("hr-01", "gatt-00002a37", second * SECOND_US, frame)
    desk.log.keep(*told)
    return told


async def test_frames_are_copied_into_the_buffer_on_order_with_their_times(desk: Desk) -> None:
    said = [say(desk, second, bytes([second])) for second in range(3)]
    desk.log.keep("timy-1", "alge", 5 * SECOND_US, b"n0001")
    found = await desk.order(0, 10)
    assert sorted(found) == sorted([*said, ("timy-1", "alge", 5 * SECOND_US, b"n0001")])
    (record,) = desk.ordered
    assert (record.header.kind, record.header.clock) == (Kind.RAW, KNOWN)


async def test_without_an_order_nothing_leaves_the_log(desk: Desk) -> None:
    say(desk, 1)
    desk.log.flush()
    assert desk.buffer.stats().waiting_records == 0


async def test_an_order_takes_what_lies_within_its_times(desk: Desk) -> None:
    for second in range(0, 100, 10):
        say(desk, second)
        desk.log.flush()
    assert [at_us // SECOND_US for *_, at_us, _ in await desk.order(25, 55)] == [30, 40, 50]
    assert await desk.order(200, 300) == []


async def test_frames_of_an_earlier_start_can_be_ordered_too(tmp_path: Path) -> None:
    before = Desk(tmp_path)
    said = say(before, 1)
    await before.log.close()
    now = Desk(tmp_path)
    assert await now.order(0, 10) == [said]
    await now.log.close()


async def test_frames_of_an_unknown_clock_can_be_ordered_once_their_epoch_is_tied_to_wall_time(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, clock=UNKNOWN_CLOCK)
    said = say(desk, 1)
    assert await desk.order(0, 10) == []
    desk.pin = Anchor(0, OFFSET_US, 5_000, ClockSource.HUB)
    later = say(desk, 2)
    desk.log.flush()
    for _ in range(100):  # the pin is stored by the writer's thread
        found = await desk.order(0, 10)
        if found:
            break
    assert found == [said, later]
    assert {record.header.clock for record in desk.ordered} == {
        ClockReading(OFFSET_US, 5_000, ClockSource.HUB)
    }
    await desk.log.close()


async def test_at_the_cap_the_oldest_go_declared_and_told_and_the_newest_stay(tmp_path: Path) -> None:
    desk, chance = Desk(tmp_path, cap=2 * MEBIBYTE), random.Random(4)
    with structlog.testing.capture_logs() as told:
        for second in range(1_600):
            say(desk, second, chance.randbytes(4_000))
            if second % 100 == 0:
                await desk.order(10_000, 10_001)  # waits for the disk
        found = [at_us // SECOND_US for *_, at_us, _ in await desk.order(0, 10_000)]
    used = sum(file.stat().st_size for file in (tmp_path / "raw").glob("*.seg"))
    assert used <= 2 * MEBIBYTE
    assert found
    assert found == list(range(found[0], 1_600))
    assert found[0] > 800
    assert any(one["event"] == "raw_frames_dropped" for one in told)
    await desk.log.close()
    kinds = [
        piece.header.kind
        for file in (tmp_path / "raw").glob("*.seg")
        for piece in split(file.read_bytes())
        if isinstance(piece, Record)
    ]
    assert Kind.DROP in kinds


async def test_a_log_that_cannot_be_opened_is_told_and_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file where the folder should be")
    desk = Desk(tmp_path)
    say(desk, 1)
    desk.log.flush()
    assert any("Raw frames are not kept" in sentence for sentence in desk.board.faults)
    await desk.log.close()
