"""What the log costs: device writes, memory and the time of a start, in counts and ratios."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from buffer_cuts import cuttable_disk
from buffer_support import MIB, opened, safe, without_indexes
from sts_edge.batcher import Batcher
from sts_edge.buffer import MemoryBuffer, SegmentLog
from sts_edge.config import BufferSettings, RecordSettings
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL
from sts_protocols.record import MAX_RECORD_BYTES, UNKNOWN_CLOCK, Kind, Record
from sts_protocols.sample import Packet, Quality, Value

STRAPS = 30
LIVE_RECORDS_PER_S = 4
# The promise: at most 40 KB/s to the device with thirty straps while the link is up.
MOST_DEVICE_BYTES_PER_S = 40_000


def beats_of_a_second(second: int) -> list[Packet]:
    """What thirty straps say in a second: a heart rate and two to three RR intervals each."""
    packets = []
    for strap in range(STRAPS):
        rate = 120 + (strap * 7 + second) % 50
        values = [Value(HEART_RATE.id, float(rate), Quality.OK)]
        for beat in range(2 + (strap + second) % 2):
            step = (60_000 * 1_024 // (rate * 1_000)) + (beat * 13 + strap * second) % 30
            values.append(Value(RR_INTERVAL.id, step * 1000 / 1024, Quality.OK))
        boot_us = 1_000_000 * second + 33_000 * strap
        packets.append(Packet(f"hr-{strap + 1:02}", boot_us, 1_000, 1_000_000, tuple(values)))
    return packets


async def records_of(seconds: int, per_second: int) -> list[Record]:
    """The records that so many seconds of thirty straps make."""
    memory = MemoryBuffer(BufferSettings(max_bytes=1 << 30))
    memory.open()
    closed: list[Record] = []
    memory.on_closed = closed.append
    batcher = Batcher(RecordSettings(), memory.append, lambda: UNKNOWN_CLOCK)
    for second in range(seconds):
        packets = beats_of_a_second(second)
        for part in range(per_second):
            for packet in packets[part::per_second]:
                batcher.add(packet)
            batcher.flush()
    await memory.close()
    return closed


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
async def test_a_second_of_thirty_straps_writes_less_to_the_device_than_promised(
    tmp_path: Path, kind: str, tell: Callable[[str], None]
) -> None:
    """Each record is synced by itself, as while the link is up; the file system's journal counts."""
    seconds = 30
    records = await records_of(seconds, LIVE_RECORDS_PER_S)
    with cuttable_disk(kind, tmp_path, "-b", "4096" if kind == "ext4" else "size=4096") as disk:
        async with opened(disk.folder / "log", BufferSettings()) as log:
            await safe(log, log.append(Kind.LOG, b"", 0, 0, UNKNOWN_CLOCK))
            before = disk.written_bytes()
            for record in records:
                header = record.header
                await safe(
                    log, log.append(header.kind, record.body, header.first_us, header.last_us, UNKNOWN_CLOCK)
                )
            per_second = (disk.written_bytes() - before) / seconds

    payload = sum(len(record.raw) for record in records) / seconds
    tell(f"{per_second / 1000:.1f} KB/s to the device for {payload / 1000:.2f} KB/s of records")
    assert payload < per_second < MOST_DEVICE_BYTES_PER_S


async def fill(folder: Path, count: int, size: int = 400) -> None:
    """Put so many records of one size into a log."""
    log = SegmentLog(folder, BufferSettings())
    log.open()
    body = bytes(range(256)) * (size // 256 + 1)
    for number in range(count):
        record = log.append(Kind.SAMPLES, body[:size], number, number, UNKNOWN_CLOCK)
        if number % 1_000 == 0:
            await log.synced(record.header.seq)
    await log.close()


class Filled(NamedTuple):
    """Two logs, both of more than one segment, one with five times the records of the other."""

    few: Path
    many: Path


@pytest.fixture(scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    logs = Filled(tmp_path_factory.mktemp("few"), tmp_path_factory.mktemp("many"))
    await fill(logs.few, 5_000)
    await fill(logs.many, 25_000)
    return logs


async def start_cost_s(folder: Path, indexed: bool) -> float:
    """CPU seconds that a start takes on this folder, with the indexes that a stop has left or without."""
    if not indexed:
        without_indexes(folder)
    log = SegmentLog(folder, BufferSettings())
    began = time.process_time()
    log.open()
    cost = time.process_time() - began
    await log.close()
    return cost


@pytest.mark.parametrize("indexed", [True, False], ids=["with indexes", "after a kill"])
async def test_a_start_costs_in_proportion_to_the_records(
    filled: Filled, indexed: bool, tell: Callable[[str], None]
) -> None:
    """Five times the records cost about five times as much at most, not twenty-five times."""
    few = min([await start_cost_s(filled.few, indexed) for _ in range(3)])
    many = min([await start_cost_s(filled.many, indexed) for _ in range(3)])

    tell(f"{few:.3f} s of CPU on 5,000 records, {many:.3f} s on 25,000")
    assert many < 12 * few


async def test_with_indexes_a_start_costs_a_fraction_of_a_scan(filled: Filled) -> None:
    scanned = await start_cost_s(filled.many, indexed=False)
    indexed = min([await start_cost_s(filled.many, indexed=True) for _ in range(3)])

    assert indexed < scanned / 3


MEMORY = """
import asyncio, sys
from pathlib import Path
from typing import NamedTuple
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings

def resident_bytes(which):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) * 1024

async def main():
    log = SegmentLog(Path(sys.argv[1]), BufferSettings())
    before = resident_bytes("VmRSS")
    log.open()
    for _ in range(10):
        records = log.oldest(65_536, frozenset(), lambda held: True)
        log.confirm(records[0].header.epoch, [record.header.seq for record in records])
    print(before, resident_bytes("VmRSS"), resident_bytes("VmHWM"), log.stats().waiting_records)
    await log.close()

asyncio.run(main())
"""


def memory_of(folder: Path) -> tuple[int, int, int, int]:
    """Resident bytes before and after a start on this folder, their peak, and how many records wait."""
    command = [sys.executable, "-c", MEMORY, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    before, after, peak, waiting = map(int, done.stdout.split())
    return before, after, peak, waiting


async def memory_in_use(folder: Path) -> int:
    """Bytes that a log which has just started on this folder keeps."""
    log = SegmentLog(folder, BufferSettings())
    tracemalloc.start()
    log.open()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    await log.close()
    return kept


async def test_a_waiting_record_costs_a_few_bytes_of_memory_not_itself(
    filled: Filled, tell: Callable[[str], None]
) -> None:
    per_record = (await memory_in_use(filled.many) - await memory_in_use(filled.few)) / 20_000

    tell(f"{per_record:.0f} bytes of memory per waiting record of 475 bytes on disk")
    assert per_record < 40


@pytest.mark.long
async def test_a_full_buffer_of_a_hundred_megabytes_stays_small_in_memory(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    await fill(tmp_path / "log", 210_000)
    before, after, peak, waiting = memory_of(tmp_path / "log")

    tell(
        f"{waiting} records: {before / MIB:.0f} MB before, {after / MIB:.0f} after, {peak / MIB:.0f} at the peak"
    )
    assert waiting > 200_000
    assert peak - before < 40 * MIB


async def test_the_largest_record_there_is_takes_its_way(tmp_path: Path) -> None:
    async with opened(tmp_path / "log") as log:
        record = await safe(log, log.append(Kind.RAW, bytes(MAX_RECORD_BYTES), 0, 0, UNKNOWN_CLOCK))
        assert log.oldest(1, frozenset(), lambda held: True) == [record]
