"""Summaries and what they stand for are never both there, wherever the process was killed."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from buffer_support import (
    KIB,
    KNOWN_CLOCK,
    drops,
    everything,
    opened,
    put_straps,
    safe,
    settled,
    small_settings,
    snapshot,
)
from sts_edge.buffer import SegmentLog
from sts_edge.buffer.disk import Disk
from sts_edge.buffer.recovery import Recovery
from sts_edge.buffer.summaries import is_summary
from sts_protocols.errors import RecordError
from sts_protocols.metrics import HEART_RATE
from sts_protocols.record import Drop, Kind, Record, decode_drop, encode_samples, read
from sts_protocols.sample import Packet, Quality, Value

SETTINGS = small_settings(512 * KIB, 64 * KIB, "keep-summaries")
SECOND_US = 1_000_000


class KilledBefore(Disk):
    """Keeps the folder as it is before, and as it is after, the first drop for summaries is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.before, self.after = folder.with_name("before"), folder.with_name("after")

    def write_all(self, file: int, data: bytes | memoryview, offset: int) -> None:
        is_the_one = not self.before.exists() and _drops_for_summaries(bytes(data))
        if is_the_one:
            snapshot(self._folder, self.before)
        super().write_all(file, data, offset)
        if is_the_one:
            snapshot(self._folder, self.after)


def _drops_for_summaries(data: bytes) -> bool:
    try:
        record = read(data)
    except RecordError:
        return False
    return record.header.kind == Kind.DROP and decode_drop(record.body).reason == "summarised"


async def full(folder: Path) -> KilledBefore:
    """Straps are heard and no hub is there, until the first summaries have been made."""
    disk, seconds = KilledBefore(folder), itertools.count()
    async with opened(folder, SETTINGS, disk=disk) as log:
        while not disk.after.exists():
            records = [put_straps(log, next(seconds)) for _ in range(20)]
            await safe(log, records[-1])
            await asyncio.sleep(0.02)  # as long as a summary takes
    return disk


async def after_a_start(folder: Path) -> tuple[list[Record], list[Drop]]:
    """What waits to be sent once a log has been opened again, with more room, and what it declares."""
    async with opened(folder, small_settings()) as log:
        await settled(log)
        return everything(log), drops(log)


def told_twice(records: list[Record]) -> set[int]:
    """The seconds that are there as what was measured and as a summary, too."""
    summaries = [one for one in records if is_summary(one)]
    originals = [one for one in records if one.header.kind == Kind.SAMPLES and not is_summary(one)]
    return set(_seconds(summaries)) & set(_seconds(originals))


def _seconds(records: list[Record]) -> Iterator[int]:
    for record in records:
        header = record.header
        yield from range(header.first_us // SECOND_US, header.last_us // SECOND_US + 1)


async def test_killed_before_the_drop_the_original_stays_and_the_summary_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = await full(tmp_path / "log")
    copy = shutil.copytree(disk.before, tmp_path / "copy")

    records, declared = await after_a_start(disk.before)
    assert told_twice(records) == set()
    assert not any(map(is_summary, records))
    assert [drop.reason for drop in declared] == ["withdrawn"]

    monkeypatch.setattr(Recovery, "_find_needless", lambda _: ())
    records, _ = await after_a_start(copy)
    assert told_twice(records), "control: without that both would be there"


async def test_killed_after_the_drop_the_summary_stays(tmp_path: Path) -> None:
    disk = await full(tmp_path / "log")
    records, declared = await after_a_start(disk.after)
    assert told_twice(records) == set()
    assert any(map(is_summary, records))
    assert {drop.reason for drop in declared} == {"summarised"}


async def test_samples_that_a_sensor_estimated_are_no_summary(tmp_path: Path) -> None:
    """As the last record of a life, followed by no drop."""
    async with opened(tmp_path / "log", SETTINGS) as log:
        put_straps(log, 1)
        estimated = _estimated(log)
        await safe(log, estimated)
        killed = snapshot(tmp_path / "log", tmp_path / "killed")
    records, declared = await after_a_start(killed)
    assert estimated in records
    assert declared == []


def _estimated(log: SegmentLog) -> Record:
    value = Value(HEART_RATE.id, 71.0, Quality.ESTIMATED)
    packet = Packet("core-01", SECOND_US, 1_000, SECOND_US, (value,))
    return log.append(Kind.SAMPLES, encode_samples([packet]), SECOND_US, SECOND_US, KNOWN_CLOCK)
