"""What was accepted is there after a restart; what is not there is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from buffer_support import (
    KIB,
    MIB,
    dropped,
    drops,
    everything,
    flip,
    of_epoch,
    opened,
    put,
    safe,
    segments,
    settled,
    small_settings,
    snapshot,
    without_indexes,
)
from sts_edge.buffer import BufferTaken, SegmentLog
from sts_edge.buffer.writer import STEP_BYTES
from sts_protocols.record import HEADER_BYTES, Kind, Record


async def a_life(folder: Path, count: int = 5, size: int = 60) -> list[Record]:
    """One epoch of samples, all accepted, ended in good order."""
    async with opened(folder) as log:
        records = [put(log, size=size) for _ in range(count)]
        await safe(log, records[-1])
    return records


async def test_what_was_accepted_is_there_after_a_kill(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        records = [put(log, kind) for kind in (Kind.SAMPLES, Kind.LOG, Kind.RAW, Kind.SAMPLES)]
        await safe(log, records[-1])
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with opened(killed) as log:
        await settled(log)
        assert of_epoch(everything(log), records[0].header.epoch) == records
        assert dropped(log, records[0].header.epoch) == set()


async def test_each_start_is_an_epoch_of_its_own_in_segments_of_its_own(tmp_path: Path) -> None:
    lives = [await a_life(tmp_path / "log") for _ in range(3)]

    assert len({life[0].header.epoch for life in lives}) == 3
    assert len({record.header.segment_id for life in lives for record in life}) == 3
    assert len(segments(tmp_path / "log")) == 3


async def test_older_epochs_come_first(tmp_path: Path) -> None:
    lives = [await a_life(tmp_path / "log") for _ in range(3)]

    async with opened(tmp_path / "log") as log:
        assert everything(log) == [record for life in lives for record in life]


async def test_what_was_confirmed_is_not_sent_again_after_a_stop(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        records = [put(log) for _ in range(5)]
        await safe(log, records[-1])
        log.confirm(log.epoch, [0, 1, 3])

    async with opened(tmp_path / "log") as log:
        assert everything(log) == [records[2], records[4]]
        assert log.epochs()[0].confirmed == [(0, 1), (3, 3)]


async def test_what_was_confirmed_before_it_was_numbered_is_there_after_a_restart(tmp_path: Path) -> None:
    """A confirm of a number that is not yet is a mistake of somebody; it must not cost the record."""
    async with opened(tmp_path / "log") as log:
        log.confirm(log.epoch, [0])
        record = await safe(log, put(log))

    async with opened(tmp_path / "log") as log:
        assert everything(log) == [record]


async def test_a_kill_forgets_late_confirms_and_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        records = [put(log) for _ in range(5)]
        await safe(log, records[-1])
        log.confirm(log.epoch, range(5))
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with opened(killed) as log:
        assert everything(log) == records


async def test_cut_at_any_byte_everything_before_the_cut_is_there(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Offsets near each record's border; every offset is tried on the reader itself (test_buffer_scan)."""
    records = await a_life(tmp_path / "log", count=4)
    whole = segments(tmp_path / "log")[0].read_bytes()
    borders = [sum(len(record.raw) for record in records[:at]) for at in range(5)]
    for cut in sorted({border + near for border in borders for near in (-1, 0, 1, 40) if border + near >= 0}):
        torn = snapshot(tmp_path / "log", tmp_path / f"cut-{cut}")
        segments(torn)[0].write_bytes(whole[:cut])
        standing = [record for at, record in enumerate(records) if borders[at + 1] <= cut]
        async with opened(torn) as log:
            await settled(log)
            epoch = records[0].header.epoch
            assert [one for one in everything(log) if one.header.epoch == epoch] == standing
            assert dropped(log, epoch) == set(range(len(standing), 4)), "the head is known from the stop"


OFFSETS = [0, 5, 9, 12, 13, 15, 30, 40, 50, 60, 65, 72, 74, HEADER_BYTES, HEADER_BYTES + 30]


@pytest.mark.parametrize("indexed", [False, True], ids=["found by the scan", "found when it is sent"])
@pytest.mark.parametrize("offset", OFFSETS)
async def test_rot_costs_one_record_which_is_set_aside_and_told_with_its_time(
    tmp_path: Path, offset: int, indexed: bool
) -> None:
    records = await a_life(tmp_path / "log")
    epoch, size = records[0].header.epoch, len(records[0].raw)
    flip(segments(tmp_path / "log")[0], 2 * size + offset)
    if not indexed:
        without_indexes(tmp_path / "log")

    async with opened(tmp_path / "log") as log:
        assert [one.header.seq for one in of_epoch(everything(log), epoch)] == [0, 1, 3, 4]
        await settled(log)
        [drop] = drops(log)
        assert (drop.epoch, drop.ranges, drop.reason) == (epoch, [(2, 2)], "damaged")
        assert (drop.first_us, drop.last_us) == (records[1].header.last_us, records[3].header.first_us)
        assert log.stats().damaged_records == 1
        assert indexed or not list((tmp_path / "log").glob("*.idx")), (
            "until the loss is told it must be found again"
        )
    [aside] = (tmp_path / "log" / "quarantine").iterdir()
    assert len(aside.read_bytes()) == size


@pytest.mark.parametrize("indexed", [False, True])
async def test_a_loss_is_told_once_not_at_every_start(tmp_path: Path, indexed: bool) -> None:
    records = await a_life(tmp_path / "log")
    flip(segments(tmp_path / "log")[0], 2 * len(records[0].raw) + 20)

    for _ in range(3):
        if not indexed:
            without_indexes(tmp_path / "log")
        async with opened(tmp_path / "log") as log:
            everything(log)
            await settled(log)
            assert len(drops(log)) == 1
    assert len(list((tmp_path / "log" / "quarantine").iterdir())) == 1


async def test_a_loss_told_just_before_a_kill_is_not_told_again(tmp_path: Path) -> None:
    records = await a_life(tmp_path / "log")
    flip(segments(tmp_path / "log")[0], 2 * len(records[0].raw) + 20)
    async with opened(without_indexes(tmp_path / "log")) as log:
        await settled(log)
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with opened(killed) as log:
        await settled(log)
        assert len(drops(log)) == 1


async def test_rot_while_running_is_found_before_the_record_is_sent(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        records = [put(log) for _ in range(5)]
        await safe(log, records[-1])
        flip(segments(tmp_path / "log")[0], 2 * len(records[0].raw) + 100)

        assert [one.header.seq for one in everything(log)] == [0, 1, 3, 4]
        await settled(log)
        assert dropped(log) == {2}
        assert log.stats().damaged_records == 1
    assert len(list((tmp_path / "log" / "quarantine").iterdir())) == 1


async def test_many_rotten_records_of_a_file_are_told_together(tmp_path: Path) -> None:
    records = await a_life(tmp_path / "log", count=30)
    file, size = segments(tmp_path / "log")[0], len(records[0].raw)
    content = file.read_bytes()
    file.write_bytes(content[: 5 * size] + b"\xff" * (20 * size) + content[25 * size :])

    async with opened(tmp_path / "log") as log:
        everything(log)
        await settled(log)
        [drop] = drops(log)
        assert drop.ranges == [(5, 24)]
        assert (drop.first_us, drop.last_us) == (records[4].header.last_us, records[25].header.first_us)
        assert log.stats().damaged_records == 20
    [aside] = (tmp_path / "log" / "quarantine").iterdir()
    assert aside.read_bytes() == b"\xff" * (20 * size)


async def test_a_number_that_never_reached_the_disk_is_told(tmp_path: Path) -> None:
    """Two files are synced one after the other; a cut between leaves a gap below the head."""
    async with opened(tmp_path / "log") as log:
        await safe(log, put(log, Kind.SAMPLES))
        await safe(log, put(log, Kind.LOG))
        epoch = log.epoch
        killed = snapshot(tmp_path / "log", tmp_path / "killed")
    segments(killed)[0].write_bytes(bytes(STEP_BYTES))

    async with opened(killed) as log:
        await settled(log)
        assert dropped(log, epoch) == {0}
        assert drops(log)[0].reason == "not_synced"


async def test_a_file_of_which_nothing_can_be_read_is_set_aside_whole(tmp_path: Path) -> None:
    records = await a_life(tmp_path / "log")
    segments(tmp_path / "log")[0].write_bytes(b"\xff" * 3_000)

    async with opened(tmp_path / "log") as log:
        await settled(log)
        assert dropped(log, records[0].header.epoch) == set(range(5))
    assert [one.stat().st_size for one in (tmp_path / "log" / "quarantine").iterdir()] == [3_000]


async def test_a_bad_sector_costs_what_lay_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = await a_life(tmp_path / "log", count=40, size=500)
    broken = segments(without_indexes(tmp_path / "log"))[0]
    real_read, real_pread = Path.read_bytes, __import__("os").pread

    def read_bytes(path: Path) -> bytes:
        if path == broken:
            raise OSError(5, "Input/output error")
        return real_read(path)

    def pread(file: int, size: int, offset: int) -> bytes:
        if offset == 8192 and size == 4096:
            raise OSError(5, "Input/output error")
        return bytes(real_pread(file, size, offset))

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    monkeypatch.setattr("os.pread", pread)
    async with opened(tmp_path / "log") as log:
        await settled(log)
        gone = dropped(log, records[0].header.epoch)
        assert gone == {seq for seq in range(40) if seq * 575 < 12_288 and (seq + 1) * 575 > 8_192}


@pytest.mark.parametrize("damage", ["lost", "overwritten", "cut short"])
async def test_without_its_state_file_the_log_sends_what_it_has_and_accuses_nobody(
    tmp_path: Path, damage: str
) -> None:
    async with opened(tmp_path / "log") as log:
        records = [put(log) for _ in range(5)]
        await safe(log, records[-1])
        log.confirm(log.epoch, [0, 1])
    state = tmp_path / "log" / "state.db"
    content = state.read_bytes()
    state.unlink()
    if damage != "lost":
        state.write_bytes(
            b"not a database, but long enough" * 40 if damage == "overwritten" else content[:5_000]
        )

    async with opened(tmp_path / "log") as log:
        await settled(log)
        assert of_epoch(everything(log), records[0].header.epoch) == records
        assert drops(log) == []
        assert log.epochs()[0].boot_id == ""


async def test_a_second_process_is_told_who_holds_the_buffer(tmp_path: Path) -> None:
    async with opened(tmp_path / "log"):
        second = SegmentLog(tmp_path / "log", small_settings())
        with pytest.raises(BufferTaken, match=r"in use by process \d+"):
            second.open()

    second = SegmentLog(tmp_path / "log", small_settings())
    second.open()
    await second.close()


async def test_a_copied_card_is_two_epochs_from_then_on(tmp_path: Path) -> None:
    records = await a_life(tmp_path / "log")
    copy = snapshot(tmp_path / "log", tmp_path / "copy")

    async with opened(tmp_path / "log") as one, opened(copy) as two:
        assert one.epoch != two.epoch
        assert everything(one) == everything(two) == records


async def test_files_of_others_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    await a_life(tmp_path / "log")
    stranger = tmp_path / "log" / "0000000009-samples-readme.txt"
    stranger.write_text("mine")

    async with opened(tmp_path / "log"):
        pass

    assert stranger.read_text() == "mine"


async def test_zeros_written_ahead_are_given_back_after_a_kill(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        record = await safe(log, put(log))
        killed = snapshot(tmp_path / "log", tmp_path / "killed")
    assert segments(killed)[0].stat().st_size == STEP_BYTES

    async with opened(killed):
        assert segments(killed)[0].stat().st_size == len(record.raw)


async def test_a_hundred_restarts_without_a_record_leave_no_files(tmp_path: Path) -> None:
    for _ in range(20):
        async with opened(tmp_path / "log"):
            pass

    assert list((tmp_path / "log").glob("*.seg")) == []


async def test_what_was_confirmed_and_made_room_is_not_told_as_lost_after_a_kill(tmp_path: Path) -> None:
    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB)) as log:
        for _ in range(25):
            records = [put(log, size=4 * KIB) for _ in range(16)]
            await safe(log, records[-1])
            log.confirm(log.epoch, [record.header.seq for record in records])
        await settled(log)
        assert log.epochs()[-1].first > 100, "nothing made room: this shows nothing"
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with opened(killed, small_settings(MIB, 64 * KIB)) as log:
        await settled(log)
        assert drops(log) == []


async def test_a_drop_that_was_declared_is_finished_after_a_kill(tmp_path: Path) -> None:
    """Killed between the sync of the DROP and the unlink: the segment goes, it is not sent after all."""
    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB)) as log:
        while not dropped(log):
            before = snapshot(tmp_path / "log", tmp_path / f"at-{log.head}")
            last = log.head
            for _ in range(9):
                put(log, size=4 * KIB)
            await settled(log)
        await settled(log)
        epoch, gone = log.epoch, dropped(log)
        killed = snapshot(tmp_path / "log", tmp_path / "killed")
    victim = segments(before)[0]
    shutil.copy(victim, killed / victim.name)

    async with opened(killed, small_settings(MIB, 64 * KIB)) as log:
        await settled(log)
        assert not (killed / victim.name).exists()
        assert dropped(log, epoch) == gone
        samples = [
            one.header.seq for one in of_epoch(everything(log), epoch) if one.header.kind == Kind.SAMPLES
        ]
        assert min(samples) > max(gone)
        assert last < max(samples)
