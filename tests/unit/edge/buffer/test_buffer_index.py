"""With an index a start need not read its segment; a bad index is as good as none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from buffer_support import (
    KIB,
    KNOWN_CLOCK,
    MIB,
    dropped,
    drops,
    everything,
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
from sts_protocols.record import UNKNOWN_CLOCK, Kind, Record


async def a_life(folder: Path, count: int = 50) -> list[Record]:
    async with opened(folder, small_settings(4 * MIB, 64 * KIB)) as log:
        records = [
            put(log, size=3 * KIB, clock=KNOWN_CLOCK if at % 3 else UNKNOWN_CLOCK) for at in range(count)
        ]
        await safe(log, records[-1])
    return records


@pytest.fixture
def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the segments that are read whole."""
    names: list[str] = []
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.suffix == ".seg":
            names.append(path.name)
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    return names


async def test_a_start_reads_no_segment_that_has_its_index(tmp_path: Path, read_files: list[str]) -> None:
    records = await a_life(tmp_path / "log")
    assert len(segments(tmp_path / "log")) == 3

    async with opened(tmp_path / "log") as log:
        assert read_files == []
        assert everything(log) == records
        known = {record.header.seq for record in everything(log, lambda held: held.clock_known)}
        assert known == {seq for seq in range(50) if seq % 3}


async def test_without_its_index_a_segment_is_read(tmp_path: Path, read_files: list[str]) -> None:
    """Control for the rule above."""
    records = await a_life(tmp_path / "log")

    async with opened(without_indexes(tmp_path / "log")) as log:
        assert len(read_files) == 3
        assert everything(log) == records


async def test_after_a_kill_only_what_was_open_is_read_and_gets_an_index(
    tmp_path: Path, read_files: list[str]
) -> None:
    async with opened(tmp_path / "log", small_settings(4 * MIB, 64 * KIB)) as log:
        records = [put(log, size=3 * KIB) for _ in range(50)]
        await safe(log, records[-1])
        killed = snapshot(tmp_path / "log", tmp_path / "killed")

    async with opened(killed) as log:
        assert [name for name in read_files if "samples" in name] == [segments(killed)[-1].name]
        assert everything(log) == records
    read_files.clear()
    async with opened(killed):
        assert [name for name in read_files if "samples" in name] == []


async def test_an_index_damaged_at_any_byte_is_as_good_as_none(tmp_path: Path) -> None:
    records = await a_life(tmp_path / "log", count=3)
    [index] = (tmp_path / "log").glob("*.idx")
    content = index.read_bytes()
    for at in range(0, len(content), 7):
        index.write_bytes(content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :])
        async with opened(tmp_path / "log") as log:
            assert everything(log) == records
    for cut in (0, 3, 4, 10, len(content) - 1):
        index.write_bytes(content[:cut])
        async with opened(tmp_path / "log") as log:
            assert everything(log) == records


async def test_the_index_of_another_segment_is_not_believed(tmp_path: Path) -> None:
    records = await a_life(tmp_path / "log")
    first, second, _ = sorted((tmp_path / "log").glob("*.idx"))
    shutil.copy(first, second)

    async with opened(tmp_path / "log") as log:
        assert everything(log) == records
        assert drops(log) == []


async def test_the_index_of_a_file_that_has_changed_its_length_is_not_believed(tmp_path: Path) -> None:
    records = await a_life(tmp_path / "log")
    last = segments(tmp_path / "log")[-1]
    last.write_bytes(last.read_bytes()[:-1])

    async with opened(tmp_path / "log") as log:
        await settled(log)
        assert everything(log)[:49] == records[:49]
        assert dropped(log, records[0].header.epoch) == {49}


async def test_an_index_goes_with_its_segment(tmp_path: Path) -> None:
    async with opened(tmp_path / "log", small_settings(MIB, 64 * KIB)) as log:
        for _ in range(25):
            records = [put(log, size=4 * KIB) for _ in range(16)]
            await safe(log, records[-1])
        await settled(log)
        assert dropped(log)
        names = {file.stem for file in segments(tmp_path / "log")}
        assert {file.stem for file in (tmp_path / "log").glob("*.idx")} <= names


async def test_an_index_that_has_lost_its_segment_is_removed(tmp_path: Path) -> None:
    await a_life(tmp_path / "log")
    segments(tmp_path / "log")[0].unlink()

    async with opened(tmp_path / "log"):
        assert len(list((tmp_path / "log").glob("*.idx"))) == 2


async def test_kept_segments_are_always_read_for_the_drops_in_them(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        await safe(log, put(log))
        log.declare(log.epoch, [(0, 0)], "not_held")
        await settled(log)
        epoch = log.epoch
    assert [file for file in (tmp_path / "log").glob("*.idx") if "kept" in file.name] == []
    (tmp_path / "log" / "state.db").unlink()

    async with opened(tmp_path / "log") as log:
        numbers = [
            one.header.seq for one in of_epoch(everything(log), epoch) if one.header.kind == Kind.SAMPLES
        ]
        assert numbers == []
