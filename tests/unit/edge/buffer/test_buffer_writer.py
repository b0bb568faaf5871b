"""What the writer's thread does with the disk, and what it does when the disk does not."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path

import pytest

from buffer_disks import FailingDisk, ShortDisk, SlowDisk, SmallDisk, TornDisk, TracingDisk
from buffer_support import (
    KIB,
    MIB,
    dropped,
    drops,
    eventually,
    everything,
    of_epoch,
    opened,
    put,
    safe,
    segments,
    settled,
    small_settings,
    snapshot,
    waiting,
)
from sts_edge.buffer import BufferFailed, RecordDropped, SegmentLog
from sts_edge.buffer import journal as journal_module
from sts_edge.buffer import room as room_module
from sts_edge.buffer.disk import Disk
from sts_edge.buffer.writer import RESERVE_BYTES, STEP_BYTES
from sts_protocols.record import Kind


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for room tries again soon."""
    monkeypatch.setattr(room_module, "RETRY_S", 0.02)
    monkeypatch.setattr(room_module, "DECLARE_AFTER_S", 0.02)


async def test_a_record_is_told_as_safe_only_after_its_file_was_synced(tmp_path: Path) -> None:
    disk = TracingDisk()
    async with opened(tmp_path / "log", disk=disk) as log:
        await safe(log, put(log))
        name = segments(tmp_path / "log")[0].name

        mine = [call for call, file in disk.calls if file == name]
        assert mine == ["open", "write", "write", "sync"], "made, written ahead, written, synced"


async def test_a_new_file_is_in_its_folder_for_good_before_its_first_record_is_safe(tmp_path: Path) -> None:
    disk = TracingDisk()
    async with opened(tmp_path / "log", disk=disk) as log:
        await safe(log, put(log))
        name = segments(tmp_path / "log")[0].name

        made, synced = disk.calls.index(("open", name)), disk.calls.index(("sync", name))
        assert ("sync_directory", "log") in disk.calls[made:synced]


async def test_what_waits_is_written_together_and_synced_once(tmp_path: Path) -> None:
    disk = SlowDisk()
    async with opened(tmp_path / "log", disk=disk) as log:
        records = [put(log) for _ in range(100)]
        disk.go()
        await safe(log, records[-1])

        assert disk.syncs <= 3


async def test_a_card_that_hangs_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    disk = SlowDisk()
    async with opened(tmp_path / "log", disk=disk) as log:
        for _ in range(50):
            put(log)
            await asyncio.sleep(0)
        assert log.head == -1
        assert everything(log) == []

        disk.go()
        await settled(log)
        assert log.head == 50


async def test_the_head_is_below_whatever_is_still_on_its_way(tmp_path: Path) -> None:
    disk = SlowDisk()
    async with opened(tmp_path / "log", disk=disk) as log:
        first = put(log)
        await asyncio.to_thread(disk.waiting.wait, 30)
        second = put(log)
        disk.step.release()
        await safe(log, first)
        assert log.head == first.header.seq

        disk.go()
        await safe(log, second)
        assert log.head == second.header.seq


async def test_what_a_hanging_card_cannot_take_is_not_kept_in_memory_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_module, "MOST_PENDING_BYTES", 20_000)
    disk = SlowDisk()
    async with opened(tmp_path / "log", disk=disk) as log:
        records = [put(log, size=1_000) for _ in range(40)]
        with pytest.raises(RecordDropped):
            await log.synced(39)
        disk.go()
        await eventually(lambda: len(dropped(log)) == 40 - len(waiting(log)))

        assert 15 <= len(waiting(log)) <= 20
        assert dropped(log) | set(waiting(log)) == {one.header.seq for one in records}


@pytest.mark.parametrize("most", [1, 7, 75, 4096])
async def test_short_writes_are_finished(tmp_path: Path, most: int) -> None:
    async with opened(tmp_path / "log", disk=ShortDisk(max(most, 64))) as log:
        records = [put(log) for _ in range(5)]
        await safe(log, records[-1])
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with opened(killed) as log:
        assert everything(log) == records


async def survive(
    folder: Path, log: SegmentLog, count: int = 60, size: int = 2 * KIB
) -> tuple[set[int], set[int]]:
    """Append; returns which numbers were accepted and which were refused."""
    accepted, refused = set(), set()
    for _ in range(count):
        record = put(log, size=size)
        try:
            await safe(log, record)
            accepted.add(record.header.seq)
        except RecordDropped:
            refused.add(record.header.seq)
    return accepted, refused


@pytest.mark.parametrize("number", range(1, 16))
async def test_no_room_at_any_one_write_loses_nothing_that_was_accepted(tmp_path: Path, number: int) -> None:
    disk = FailingDisk("write", number, errno.ENOSPC)
    async with opened(tmp_path / "log", disk=disk) as log:
        accepted, refused = await survive(tmp_path / "log", log, count=12)
        await settled(log)
        await eventually(lambda: dropped(log) == refused)
        assert accepted <= set(waiting(log))
        assert log.stats().failed is None


async def test_of_a_record_that_found_no_room_no_piece_is_left(tmp_path: Path) -> None:
    disk = TornDisk()
    async with opened(tmp_path / "log", small_settings(4 * MIB, 64 * KIB), disk=disk) as log:
        for _ in range(40):
            record = put(log, size=4 * KIB)
        await safe(log, record)
        disk.torn = True
        with pytest.raises(RecordDropped):
            await safe(log, put(log))
        disk.torn = False
        await safe(log, put(log))
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with opened(killed) as log:
        assert log.stats().damaged_records == 0


@pytest.mark.parametrize("number", range(1, 4))
async def test_no_room_for_a_file_loses_nothing_that_was_accepted(tmp_path: Path, number: int) -> None:
    async with opened(tmp_path / "log", disk=FailingDisk("open", number, errno.ENOSPC)) as log:
        accepted, refused = await survive(tmp_path / "log", log, count=5)
        await settled(log)
        await eventually(lambda: dropped(log) == refused)
        assert accepted <= set(waiting(log))


async def test_a_disk_smaller_than_the_cap_drops_the_oldest_declared_and_goes_on(tmp_path: Path) -> None:
    disk = SmallDisk(600 * KIB)
    settings = small_settings(8 * MIB, 64 * KIB)
    async with opened(tmp_path / "log", settings, disk=disk) as log:
        accepted, refused = await survive(tmp_path / "log", log, count=600)
        await settled(log)
        await eventually(lambda: dropped(log) | set(waiting(log)) >= accepted | refused)

        assert disk.refusals > 0, "the disk was never full: this shows nothing"
        assert accepted - dropped(log) <= set(waiting(log))
        assert max(waiting(log)) > 590, "the newest are there"
        assert {drop.reason for drop in drops(log)} <= {"disk_full", "no_room"}
        epoch = log.epoch
        killed = snapshot(tmp_path / "log", tmp_path / "killed")
        standing, gone = set(waiting(log)), dropped(log)

    async with opened(killed, settings) as log:
        await settled(log)
        found = {one.header.seq for one in of_epoch(everything(log), epoch)}
        assert standing <= found
        assert dropped(log, epoch) >= gone
        assert dropped(log, epoch) | found >= accepted


async def test_a_disk_without_any_room_refuses_and_recovers_when_there_is_some(tmp_path: Path) -> None:
    disk = SmallDisk(3 * STEP_BYTES)
    async with opened(tmp_path / "log", disk=disk) as log:
        disk.capacity = 0
        _, refused = await survive(tmp_path / "log", log, count=5)
        assert len(refused) == 5

        disk.capacity = MIB
        await eventually(lambda: dropped(log) == refused)
        await safe(log, put(log))
        assert log.stats().failed is None


async def test_a_drop_is_on_disk_before_what_it_declares_is_unlinked(tmp_path: Path) -> None:
    disk = TracingDisk()
    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB), disk=disk) as log:
        while len(drops(log)) < 3:
            await safe(log, put(log, size=4 * KIB))
        await settled(log)
        kept = segments(tmp_path / "log", "kept")[0].name
    unlinks = [at for at, (call, name) in enumerate(disk.calls) if call == "unlink" and name.endswith(".seg")]
    assert len(unlinks) >= 3
    start = 0
    for at in unlinks:
        assert [call for call, name in disk.calls[start:at] if name == kept][-1] == "sync", disk.calls[
            start:at
        ]
        assert ("write", kept) in disk.calls[start:at]
        assert disk.calls[at + 2] == ("sync_directory", "log"), "behind the unlink of its index"
        start = at


async def test_a_drop_that_finds_no_room_keeps_what_it_would_declare(tmp_path: Path) -> None:
    """Control for the rule above: as long as the DROP cannot be written nothing is unlinked."""
    disk = TracingDisk()
    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB), disk=disk) as log:
        await settled(log)
        disk.refuse = "kept"
        for _ in range(280):
            record = put(log, size=4 * KIB)
        await safe(log, record)
        assert [name for call, name in disk.calls if call == "unlink" and "samples" in name] == []
        disk.refuse = ""
        await settled(log)
        await eventually(lambda: any(call == "unlink" and "samples" in name for call, name in disk.calls))
        assert dropped(log)


async def test_a_kept_record_that_finds_no_room_takes_the_ballasts(tmp_path: Path) -> None:
    ballast = tmp_path / "log" / "ballast"

    class FullBesideBallast(TracingDisk):
        def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
            self.refuse = "kept" if ballast.exists() else ""
            return super().write(file, data, offset)

    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB), disk=FullBesideBallast()) as log:
        await eventually(ballast.exists)
        await safe(log, put(log, Kind.IMPULSE))
        assert not ballast.exists()
        assert log.stats().failed is None

        while not dropped(log):
            await safe(log, put(log, size=4 * KIB))
        await eventually(ballast.exists)


async def test_a_drop_that_never_reached_the_disk_is_not_taken_for_told(tmp_path: Path) -> None:
    disk = TracingDisk()
    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB), disk=disk) as log:
        await settled(log)
        disk.refuse = "kept"
        for _ in range(280):
            record = put(log, size=4 * KIB)
        await safe(log, record)
        epoch = log.epoch

    async with opened(tmp_path / "log", small_settings(8 * MIB, 64 * KIB)) as log:
        await settled(log)
        found = {one.header.seq for one in of_epoch(everything(log), epoch)}
        assert set(range(1, record.header.seq)) - dropped(log, epoch) <= found
        assert {drop.reason for drop in drops(log)} == {"not_synced"}, (
            "only the DROP records themselves are gone"
        )


async def test_a_listener_that_fails_does_not_keep_a_record_from_the_disk(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        log.on_closed = lambda record: 1 / 0  # type: ignore[func-returns-value, assignment, return-value]
        with pytest.raises(ZeroDivisionError):
            put(log)
        log.on_closed = None
        await settled(log)

        assert waiting(log) == [0, 1]


async def test_a_writer_that_ends_for_any_reason_is_heard(tmp_path: Path) -> None:
    class Wrong(Disk):
        def sync(self, file: int) -> None:
            raise ZeroDivisionError("a mistake of ours")

    async with opened(tmp_path / "log", disk=Wrong()) as log:
        with pytest.raises(BufferFailed, match="a mistake of ours"):
            await safe(log, put(log))


@pytest.mark.parametrize("number", range(1, 6))
async def test_after_a_failed_sync_nothing_more_is_acknowledged(tmp_path: Path, number: int) -> None:
    disk = FailingDisk("sync", number, errno.EIO)
    told: list[int] = []
    failures: list[BufferFailed] = []
    async with opened(tmp_path / "log", disk=disk) as log:
        log.on_synced, log.on_failed = told.extend, failures.append
        for seq in range(number - 1):
            await safe(log, put(log))
            assert told[-1] == seq
        with pytest.raises(BufferFailed, match="check the medium"):
            await safe(log, put(log))
        with pytest.raises(BufferFailed):
            put(log)
        assert told == list(range(number - 1))
        assert len(failures) == 1
        assert log.head == number - 2
        assert "check the medium" in (log.stats().failed or "")
        epoch = log.epoch

    async with opened(tmp_path / "log") as log:
        await settled(log)
        found = {one.header.seq for one in of_epoch(everything(log), epoch)}
        assert set(range(number - 1)) <= found


async def test_a_write_error_that_is_not_a_full_disk_stops_the_buffer(tmp_path: Path) -> None:
    async with opened(tmp_path / "log", disk=FailingDisk("write", 3, errno.EIO)) as log:
        with pytest.raises(BufferFailed):
            await survive(tmp_path / "log", log)


async def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file is in the way")
    log = SegmentLog(tmp_path / "log", small_settings())

    with pytest.raises(BufferFailed, match="may write there"):
        log.open()


async def test_a_kept_segment_is_always_written_ahead(tmp_path: Path) -> None:
    async with opened(tmp_path / "log", small_settings(4 * MIB, 256 * KIB)) as log:
        for _ in range(150):
            await safe(log, put(log, Kind.LOG, size=1_000))
            file = segments(tmp_path / "log", "kept")[-1]
            content = file.read_bytes()
            assert (
                len(content) - len(content.rstrip(b"\0")) >= min(RESERVE_BYTES, 256 * KIB - len(content)) - 1
            )


def test_the_steps_fit_into_the_least_segment() -> None:
    assert STEP_BYTES <= 64 * KIB
    assert journal_module.STEP_BYTES == STEP_BYTES
