"""A program that fills a segment log until it is killed, and tells on stdout what it did.

Lines, each written at once: `E <epoch>` begin, `C <seq>` closed (before it is written), `A <seq> <ns>` accepted
(after its sync, which had returned at this monotonic time), `F <sentence>` the buffer has failed. A record's body is a tag and a pure function of it, so
whoever reads the log later needs nothing else to judge it.

With `--die CALL:LIVES` it dies at the first call of that name, lives again and dies at the second, and so on, each
life in a folder named by its number, and tells with `K <number>` which of them were ended by the signal. Lives are
forks: one is there in a tenth of the time that a new Python takes.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import signal
import time
from pathlib import Path

from sts_edge.buffer import BufferFailed, SegmentLog
from sts_edge.buffer.disk import Disk
from sts_edge.config import BufferSettings
from sts_protocols.record import UNKNOWN_CLOCK, Kind


def body_of(tag: bytes) -> bytes:
    """What follows a tag in a body: 32 to 900 bytes."""
    seed = hashlib.sha256(tag).digest()
    return (seed * 29)[: 32 + int.from_bytes(seed[:2], "little") % 870]


class WatchedDisk(Disk):
    """Remembers when its last sync returned."""

    synced_ns = 0

    def sync(self, file: int) -> None:
        super().sync(file)
        self.synced_ns = time.monotonic_ns()


class MortalDisk(WatchedDisk):
    """The process dies at the n-th call of one name, before or after it was done."""

    def __init__(self, call: str, number: int) -> None:
        self._call, self._left = call, number

    def _count(self, call: str) -> None:
        if call == self._call:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)

    def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
        self._count("before-write")
        written = super().write(file, data, offset)
        self._count("write")
        return written

    def sync(self, file: int) -> None:
        self._count("before-sync")
        super().sync(file)
        self._count("sync")

    def sync_directory(self, path: Path) -> None:
        super().sync_directory(path)
        self._count("sync-directory")

    def unlink(self, path: Path) -> None:
        self._count("before-unlink")
        super().unlink(path)
        self._count("unlink")


class CarelessDisk(WatchedDisk):
    """The control: it never syncs, so a power cut must cost something."""

    def sync(self, file: int) -> None:
        self.synced_ns = time.monotonic_ns()

    def sync_directory(self, path: Path) -> None: ...


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


async def fill(log: SegmentLog, count: int, together: int) -> None:
    """Append `count` records, `together` at a time; every twentieth of a kind that is never dropped."""
    for first in range(0, count, together):
        for number in range(first, first + together):
            kind = Kind.IMPULSE if number % 20 == 7 else Kind.SAMPLES
            tag = number.to_bytes(8, "little")
            record = log.append(kind, tag + body_of(tag), 1_000 * number, 1_000 * number + 500, UNKNOWN_CLOCK)
        await log.synced(record.header.seq)


async def live(folder: Path, disk: WatchedDisk, arguments: argparse.Namespace) -> None:
    """One life, to its end or to its death."""
    settings = BufferSettings(max_bytes=arguments.max_bytes, segment_bytes=arguments.segment_bytes)
    log = SegmentLog(folder, settings, disk=disk)
    say(f"E {log.epoch.hex()}")
    log.on_closed = lambda record: say(f"C {record.header.seq}")
    log.on_synced = lambda seqs: say("\n".join(f"A {seq} {disk.synced_ns}" for seq in seqs))
    try:
        log.open()
        await fill(log, arguments.count, arguments.together)
        await log.close()
    except BufferFailed as failure:
        say(f"F {failure}")


def live_and_die(arguments: argparse.Namespace) -> None:
    """One life after the other, each a process of its own."""
    call, _, lives = arguments.die.partition(":")
    for number in range(1, int(lives) + 1):
        child = os.fork()
        if not child:
            asyncio.run(live(arguments.folder / str(number), MortalDisk(call, number), arguments))
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL:
            say(f"K {number}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1 << 30)
    parser.add_argument("--together", type=int, default=3)
    parser.add_argument("--max-bytes", type=int, default=64 << 20)
    parser.add_argument("--segment-bytes", type=int, default=256 << 10)
    parser.add_argument("--die", help="CALL:LIVES")
    parser.add_argument("--careless", action="store_true")
    arguments = parser.parse_args()
    if arguments.die:
        live_and_die(arguments)
    else:
        disk = CarelessDisk() if arguments.careless else WatchedDisk()
        asyncio.run(live(arguments.folder, disk, arguments))


if __name__ == "__main__":
    main()
