"""What a technician does with a buffer: copy it while it is written, or give it up on purpose."""

from __future__ import annotations

from pathlib import Path

from buffer_support import dropped, eventually, opened, put, safe, segments, settled, waiting
from sts_edge.buffer.export import stored_records
from sts_protocols.record import Kind, Record, split


async def test_an_export_beside_the_running_log_has_every_accepted_record_and_changes_nothing(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as log:
        records = [put(log) for _ in range(50)]
        await safe(log, records[-1])
        before = {path: path.read_bytes() for path in segments(tmp_path)}
        found = list(stored_records(tmp_path, waiting_only=True))
        assert {one.raw for one in records} <= {one.raw for one in found}
        assert {path: path.read_bytes() for path in segments(tmp_path)} == before
        assert list(split(b"".join(one.raw for one in found))) == found
        await safe(log, put(log))


async def test_what_is_confirmed_is_left_out_unless_all_is_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as log:
        records = [put(log) for _ in range(10)]
        await safe(log, records[-1])
        log.confirm(log.epoch, range(5))
    left = _samples(tmp_path, waiting_only=True)
    assert [one.header.seq for one in left] == [5, 6, 7, 8, 9]
    assert len(_samples(tmp_path, waiting_only=False)) == 10


async def test_a_torn_tail_and_rot_cost_only_themselves(tmp_path: Path) -> None:
    async with opened(tmp_path) as log:
        await safe(log, [put(log) for _ in range(10)][-1])
    (file,) = segments(tmp_path)
    content = bytearray(file.read_bytes())
    content[300] ^= 1
    file.write_bytes(content[:-20])
    assert 0 < len(_samples(tmp_path, waiting_only=False)) <= 8


async def test_a_purge_gives_up_all_that_waits_and_declares_it_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as log:
        records = [put(log) for _ in range(20)]
        kept = await safe(log, put(log, Kind.LOG))
        assert log.bulk() == {"samples": (20, sum(one.header.length for one in records))}
        assert log.purge() == 20
        assert log.bulk() == {}
        await settled(log)
        assert dropped(log) == {one.header.seq for one in records}
        assert kept.header.seq in waiting(log)
        assert not {one.header.seq for one in records} & set(waiting(log))
        await eventually(lambda: not segments(tmp_path))
        after = await safe(log, put(log))
        assert after.header.seq in waiting(log)
    async with opened(tmp_path) as log:
        assert log.stats().damaged_records == 0


async def test_a_purge_of_nothing_declares_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as log:
        await settled(log)
        assert log.purge() == 0
        assert dropped(log) == set()


def _samples(folder: Path, *, waiting_only: bool) -> list[Record]:
    found = stored_records(folder, waiting_only=waiting_only)
    return [one for one in found if one.header.kind == Kind.SAMPLES]
