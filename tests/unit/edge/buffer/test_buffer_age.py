"""The age limit: what is too old goes, is told, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from buffer_support import KIB, KNOWN_CLOCK, dropped, drops, opened, put, safe, settled, waiting
from sts_edge.config import BufferSettings
from sts_protocols.record import UNKNOWN_CLOCK, ClockReading, Kind

DAY_US = 86_400_000_000
LIMITED = BufferSettings(segment_bytes=64 * KIB, max_age_days=2)
NOW_US = 5 * DAY_US


async def fill(folder: Path, at_us: int, clock: ClockReading = KNOWN_CLOCK) -> set[int]:
    """A life of a log in which some records of that boot time are stored; their numbers."""
    async with opened(folder, LIMITED, boot_us=lambda: NOW_US) as log:
        records = [
            put(log, kind, at_us=at_us, clock=clock) for kind in (Kind.SAMPLES, Kind.WAVEFORM, Kind.IMPULSE)
        ]
        await safe(log, records[-1])
        return {one.header.seq for one in records}


async def test_bulk_beyond_the_limit_is_declared_and_the_rest_stays(tmp_path: Path) -> None:
    await fill(tmp_path, 1 * DAY_US)
    await fill(tmp_path, 4 * DAY_US)
    async with opened(tmp_path, LIMITED, boot_us=lambda: NOW_US, reading=lambda: KNOWN_CLOCK) as log:
        await settled(log)
        assert {(drop.reason, tuple(map(tuple, drop.ranges))) for drop in drops(log)} == {
            ("too_old", ((0, 0),)),
            ("too_old", ((1, 1),)),
        }
        assert len({drop.epoch for drop in drops(log)}) == 1


@pytest.mark.parametrize("reading", [UNKNOWN_CLOCK, None])
async def test_nothing_is_judged_by_a_clock_that_is_not_known(
    tmp_path: Path, reading: ClockReading | None
) -> None:
    await fill(tmp_path, 1 * DAY_US, UNKNOWN_CLOCK if reading is None else KNOWN_CLOCK)
    now = KNOWN_CLOCK if reading is None else reading
    async with opened(tmp_path, LIMITED, boot_us=lambda: NOW_US, reading=lambda: now) as log:
        await settled(log)
        assert drops(log) == []


async def test_without_a_limit_nothing_is_too_old(tmp_path: Path) -> None:
    """The control."""
    await fill(tmp_path, 1 * DAY_US)
    settings = BufferSettings(segment_bytes=64 * KIB)
    async with opened(tmp_path, settings, boot_us=lambda: NOW_US, reading=lambda: KNOWN_CLOCK) as log:
        await settled(log)
        assert drops(log) == []
        assert dropped(log) == set()
        assert waiting(log)
