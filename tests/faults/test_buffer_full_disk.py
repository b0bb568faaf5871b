"""A full disk is survived: nothing accepted is lost undeclared, and it heals when there is room again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from buffer_cuts import cuttable_disk
from buffer_support import (
    KIB,
    MIB,
    dropped,
    drops,
    eventually,
    opened,
    put,
    safe,
    settled,
    small_settings,
    waiting,
)
from missing_parts import missing
from sts_edge.buffer import BufferFailed, RecordDropped, SegmentLog
from sts_edge.buffer import room as room_module
from sts_edge.clock import StoredLastGoodTime


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_module, "RETRY_S", 0.02)
    monkeypatch.setattr(room_module, "DECLARE_AFTER_S", 0.05)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB in memory. Only root may mount one."""
    if os.geteuid() != 0:
        missing("a small disk", "run the tests as root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        missing("a small disk", f"mount says: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # fails if anything was left open there


async def feed(log: SegmentLog, count: int) -> tuple[set[int], set[int]]:
    """Append samples; returns which were accepted and which refused."""
    accepted, refused = set(), set()
    for _ in range(count):
        record = put(log, size=2 * KIB)
        try:
            await safe(log, record)
            accepted.add(record.header.seq)
        except RecordDropped:
            refused.add(record.header.seq)
    return accepted, refused


async def test_a_buffer_whose_cap_is_larger_than_its_disk_goes_on_for_ever(small_disk: Path) -> None:
    async with opened(small_disk / "log", small_settings(64 * MIB, 128 * KIB)) as log:
        accepted, refused = await feed(log, 3_000)
        await settled(log)
        await eventually(lambda: dropped(log) >= refused)

        assert accepted == (accepted & set(waiting(log))) | (accepted & dropped(log))
        assert len(waiting(log)) > 300, "most of the disk is used"
        assert any(drop.reason == "disk_full" for drop in drops(log)), "it was never full: this shows nothing"
        assert max(accepted) > 2_990
        assert log.stats().failed is None


async def test_a_disk_filled_by_somebody_else_is_survived_and_heals(small_disk: Path) -> None:
    async with opened(small_disk / "log", small_settings(64 * MIB, 128 * KIB)) as log:
        before, _ = await feed(log, 100)
        hog = small_disk / "hog"
        with suppress(OSError), hog.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4 * KIB))
        during, refused = await feed(log, 300)
        hog.unlink()
        after, refused_after = await feed(log, 100)
        await settled(log)
        await eventually(lambda: dropped(log) >= refused | refused_after)

        assert len(after) > 90, "it heals"
        assert (before | during | after) <= set(waiting(log)) | dropped(log)
        log.confirm(log.epoch, after)

    async with opened(small_disk / "log", small_settings(64 * MIB, 128 * KIB)) as again:
        assert len(again.epochs()) == 2


async def test_an_agent_starts_on_a_disk_that_is_full_by_giving_up_its_ballast(small_disk: Path) -> None:
    async with opened(small_disk / "log", small_settings(64 * MIB, 128 * KIB)) as log:
        await feed(log, 20)
        await settled(log)
        epoch = log.epoch
    hog = small_disk / "hog"
    with suppress(OSError), hog.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4 * KIB))

    async with opened(small_disk / "log", small_settings(64 * MIB, 128 * KIB)) as log:
        assert len([one for one in log.epochs() if one.epoch == epoch]) == 1
        accepted, _ = await feed(log, 5)
        assert accepted, "the ballast made room for a few"


async def test_the_clock_goes_on_without_a_place_to_write(small_disk: Path) -> None:
    hog = small_disk / "hog"
    with suppress(OSError), hog.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4 * KIB))

    assert StoredLastGoodTime(small_disk / "clock.db").load() is None


async def test_a_medium_that_turns_read_only_costs_nothing_that_was_accepted(tmp_path: Path) -> None:
    """As ext4 does when the card answers with errors: the buffer stops, says who must act, and can still be read."""
    with cuttable_disk("ext4", tmp_path) as disk:
        folder = disk.folder / "log"
        log = SegmentLog(folder, small_settings())
        failures: list[BufferFailed] = []
        log.on_failed = failures.append
        log.open()
        accepted, _ = await feed(log, 40)
        disk.go_read_only()
        with pytest.raises(BufferFailed, match="check the medium"):
            await feed(log, 200)
        await eventually(lambda: bool(failures))
        assert accepted <= set(waiting(log)), "what is there can still be sent"
        with suppress(BufferFailed):
            await log.close()
        epoch = log.epoch
        disk.restart()
        async with opened(folder) as again:
            held = {
                one.header.seq for one in again.oldest(1 << 40, frozenset(), lambda one: one.epoch == epoch)
            }
            assert accepted <= held
