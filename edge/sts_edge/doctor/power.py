"""The power test: does this card keep what it says it kept?

    1. write     the segment log's own writer fills a folder on the card; each number that it calls accepted
                 is told at once to whoever watches from elsewhere
    2. the plug is pulled
    3. verify    after the boot: every number that was seen must be there

The control leaves out the sync: then numbers must be missing, or the plug was pulled too late to prove
anything. Many cards keep everything either way when they idle for a second before the cut.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from sts_edge.buffer import BufferFailed, Range, SegmentLog
from sts_edge.buffer.disk import Disk
from sts_edge.buffer.export import stored_records
from sts_edge.buffer.ranges import RangeSet
from sts_edge.config import BufferSettings
from sts_protocols.record import UNKNOWN_CLOCK, Kind

FOLDER_NAME = "power-test"
# Twenty a second, five times what a gateway writes: a cut falls into a write more often than not.
EVERY_S = 0.05
# As large as a second of thirty straps.
BODY_BYTES = 500


class UnsyncedDisk(Disk):
    """The control: says that it synced, and does not."""

    def sync(self, file: int) -> None:
        return

    def sync_directory(self, path: Path) -> None:
        return


async def write(folder: Path, accepted: Callable[[int], None], *, synced: bool = True) -> None:
    """Fill the folder anew until cancelled; each accepted number is told. Raises BufferFailed, OSError."""
    _make_anew(folder)
    log = SegmentLog(folder, BufferSettings(), disk=Disk() if synced else UnsyncedDisk())
    log.open()
    try:
        while True:
            number = log.append(Kind.SAMPLES, _body(log.head), 0, 0, UNKNOWN_CLOCK).header.seq
            await log.synced(number)
            accepted(number)
            await asyncio.sleep(EVERY_S)
    finally:
        await _closed(log)


def _make_anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


async def _closed(log: SegmentLog) -> None:
    try:
        await log.close()
    except BufferFailed:
        return  # told already, by what ended the loop


def verify(folder: Path, last: int) -> tuple[list[Range], int]:
    """What is missing of the numbers up to the last one seen, and how many whole records are there.

    Raises OSError: there was no power test in this folder.
    """
    found = RangeSet()
    count = 0
    for record in stored_records(folder, waiting_only=False):
        if record.header.kind == Kind.SAMPLES and record.body == _body(record.header.seq - 1):
            found.add(record.header.seq, record.header.seq)
            count += 1
    return list(found.missing(0, last)), count


def _body(head: int) -> bytes:
    return (head + 1).to_bytes(8, "little") * (BODY_BYTES // 8)
