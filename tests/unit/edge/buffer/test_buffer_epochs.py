"""What the log tells of its epochs: pins, bounds, what the hub has closed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from buffer_support import (
    KIB,
    KNOWN_CLOCK,
    MIB,
    eventually,
    of_epoch,
    opened,
    put,
    safe,
    segments,
    settled,
    small_settings,
    snapshot,
)
from sts_edge.buffer import Holding, SegmentLog, keeper
from sts_edge.buffer.state import State
from sts_protocols.record import Anchor, ClockSource

WALL_US = 1_800_000_000_000_000
PIN = Anchor(9_000_000, WALL_US, 20_000, ClockSource.HUB)


@asynccontextmanager
async def a_start(
    folder: Path, boot_id: str = "boot-1", boot_us: int = 1_000_000, floor_us: int | None = None
) -> AsyncIterator[SegmentLog]:
    async with opened(folder, boot_id=boot_id, boot_us=lambda: boot_us, floor_us=floor_us) as log:
        await safe(log, put(log))
        yield log


async def pinned(log: SegmentLog, anchor: Anchor = PIN) -> None:
    log.pin(anchor)
    await eventually(lambda: log.epochs()[-1].pin is not None)


def told(log: SegmentLog, epoch: bytes) -> Holding:
    return next(one for one in log.epochs() if one.epoch == epoch)


async def test_an_ended_epoch_is_told_as_ended_with_all_it_had(tmp_path: Path) -> None:
    async with a_start(tmp_path / "log") as first:
        pass

    async with a_start(tmp_path / "log") as log:
        before = told(log, first.epoch)
        assert (before.running, before.boot_id, before.first, before.head) == (False, "boot-1", 0, 0)
        assert log.epochs()[-1].running


async def test_an_epoch_that_ended_without_a_record_is_told_all_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as first:
        pass

    async with opened(tmp_path / "log") as log:
        assert (told(log, first.epoch).head, told(log, first.epoch).running) == (-1, False)


async def test_a_pin_survives_a_restart_and_never_changes(tmp_path: Path) -> None:
    async with a_start(tmp_path / "log") as first:
        await pinned(first)

    async with a_start(tmp_path / "log") as log:
        await pinned(log, Anchor(1, 2, 3, ClockSource.NTP))
        assert told(log, first.epoch).pin == PIN


async def test_a_pin_is_told_only_once_it_is_on_disk(tmp_path: Path) -> None:
    async with a_start(tmp_path / "log") as log:
        log.pin(PIN)
        assert log.epochs()[-1].pin is None

        await eventually(lambda: log.epochs()[-1].pin is not None)
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with a_start(killed) as again:
        assert told(again, log.epoch).pin == PIN


async def test_a_pin_that_finds_no_room_on_the_disk_is_told_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "PIN_AGAIN_S", 0.02)
    real, tries = State.pin, iter([True, True])

    def full_twice(state: State, epochs: list[bytes], anchor: Anchor) -> None:
        if next(tries, False):
            raise sqlite3.OperationalError("database or disk is full")
        real(state, epochs, anchor)

    monkeypatch.setattr(State, "pin", full_twice)
    async with a_start(tmp_path / "log") as first:
        await pinned(first)

    async with a_start(tmp_path / "log") as log:
        assert told(log, first.epoch).pin == PIN


async def test_earlier_epochs_of_the_same_boot_get_the_next_pin_for_boot_time_runs_on(tmp_path: Path) -> None:
    async with a_start(tmp_path / "log") as first:
        pass
    async with a_start(tmp_path / "log") as second:
        pass

    async with a_start(tmp_path / "log") as log:
        await pinned(log)
        assert told(log, first.epoch).pin == told(log, second.epoch).pin == PIN


async def test_an_epoch_of_another_boot_stays_without_a_pin(tmp_path: Path) -> None:
    async with a_start(tmp_path / "log", boot_id="boot-0") as first:
        pass

    async with a_start(tmp_path / "log") as log:
        await pinned(log)
        assert told(log, first.epoch).pin is None


async def test_an_epoch_without_a_pin_has_bounds(tmp_path: Path) -> None:
    """Begun after the last good time before it; ended before the next epoch with a pin began."""
    async with a_start(tmp_path / "log", boot_id="boot-0", floor_us=WALL_US - 3_600_000_000) as first:
        pass

    async with a_start(tmp_path / "log", boot_us=2_000_000) as log:
        assert told(log, first.epoch).ended_us is None, "nobody knows yet"
        await pinned(log)

        assert told(log, first.epoch).started_us == WALL_US - 3_600_000_000
        assert told(log, first.epoch).ended_us == WALL_US - 7_000_000 + 20_000


async def test_the_age_of_what_waits_is_known_by_its_clock_or_its_pin(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        await safe(log, put(log, at_us=500))
        assert log.stats().oldest_us is None

        await pinned(log)
        assert log.stats().oldest_us == 500 + WALL_US - PIN.boot_us

        log.confirm(log.epoch, [0])
        await safe(log, put(log, at_us=700, clock=KNOWN_CLOCK))
        assert log.stats().oldest_us == 700 + KNOWN_CLOCK.offset_us


async def test_what_the_hub_has_closed_is_told_as_long_as_something_of_it_is_held(tmp_path: Path) -> None:
    async with a_start(tmp_path / "log") as first:
        first.confirm(first.epoch, [0])

    async with a_start(tmp_path / "log") as log:
        log.forget(first.epoch)
        assert first.epoch in [one.epoch for one in log.epochs()]


async def test_what_the_hub_has_closed_and_nothing_is_held_of_is_forgotten(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as first:
        pass
    async with opened(tmp_path / "log") as log:
        log.forget(first.epoch)
        assert [one.epoch for one in log.epochs()] == [log.epoch]

    async with opened(tmp_path / "log") as again:
        assert first.epoch not in [one.epoch for one in again.epochs()]


async def test_a_closed_epoch_whose_last_segment_made_room_is_forgotten(tmp_path: Path) -> None:
    async with a_start(tmp_path / "log") as first:
        first.confirm(first.epoch, [0])

    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB)) as log:
        log.forget(first.epoch)
        while segments(tmp_path / "log")[0].stat().st_size < 1_000:
            await safe(log, put(log, size=4 * KIB))
        await settled(log)
        assert of_epoch(log.oldest(MIB, frozenset(), lambda held: True), first.epoch) == []
        assert [one.epoch for one in log.epochs()] == [log.epoch]


async def test_first_rises_as_segments_make_room(tmp_path: Path) -> None:
    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB)) as log:
        for _ in range(400):
            record = await safe(log, put(log, size=4 * KIB))
            log.confirm(log.epoch, [record.header.seq])

        holding = log.epochs()[-1]
        assert 0 < holding.first < holding.head == record.header.seq
        assert holding.confirmed == [(0, record.header.seq)]
