"""A program that fills a segment log until it is killed, and tells on stdout what it did.

Lines, each written at once: `E <epoch>` begin, `C <seq> <us> <us>` closed (before it is written; from when to when), `A <seq> <ns>` accepted
(after its sync, which had returned at this monotonic time), `F <sentence>` the buffer has failed. A record's body is a tag and a pure function of it, so
whoever reads the log later needs nothing else to judge it. With `--straps` the samples are real ones, those of the second
where the record begins, which a policy can sum up.

With `--die CALL:LIVES` it dies at the first call of that name, lives again and dies at the second, and so on, each
life in a folder named by its number, and tells with `K <number>` which of them were ended by the signal. Lives are
forks: one is there in a tenth of the time that a new Python takes. With `--once-full` calls are counted from the first
record on that is given up or refused.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from buffer_support import POLICIES, straps
from sts_edge.buffer import BufferFailed, RecordDropped, SegmentLog, room
from sts_edge.buffer.disk import Disk
from sts_edge.config import BufferSettings
from sts_protocols.record import UNKNOWN_CLOCK, Kind, encode_samples

# A sum of a segment takes some 50 ms of a thread: about as long as so many batches fill the next one.
STRAPS_PAUSE_S = 0.01
# What the header of each of its records says; a summary, which the log makes, says more.
LASTS_US = 500


def body_of(tag: bytes) -> bytes:
    """What follows a tag in a body: 32 to 900 bytes."""
    seed = hashlib.sha256(tag).digest()
    return (seed * 29)[: 32 + int.from_bytes(seed[:2], "little") % 870]


class WatchedDisk(Disk):
    """Remembers when its last sync returned."""

    synced_ns = 0
    is_full = True

    def sync(self, file: int) -> None:
        super().sync(file)
        self.synced_ns = time.monotonic_ns()


class MortalDisk(WatchedDisk):
    """The process dies at the n-th call of one name, before or after it was done."""

    def __init__(self, call: str, number: int, once_full: bool) -> None:
        self._call, self._left = call, number
        self.is_full = not once_full

    def _count(self, call: str) -> None:
        if call == self._call and self.is_full:
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


async def fill(log: SegmentLog, disk: WatchedDisk, arguments: argparse.Namespace) -> None:
    """Append records, some at a time; every twentieth of a kind that is never dropped."""
    together = arguments.together
    for first in range(0, arguments.count, together):
        for number in range(first, first + together):
            kind = Kind.IMPULSE if number % 20 == 7 else Kind.SAMPLES
            first_us = (1_000_000 if arguments.straps else 1_000) * number
            body = content(kind, number, arguments)
            record = log.append(kind, body, first_us, first_us + LASTS_US, UNKNOWN_CLOCK)
        with suppress(RecordDropped):
            await log.synced(record.header.seq)
        disk.is_full = disk.is_full or log.stats().dropped_records > 0
        await asyncio.sleep(STRAPS_PAUSE_S if arguments.straps else 0)


def content(kind: Kind, number: int, arguments: argparse.Namespace) -> bytes:
    """What the record with this number holds."""
    if arguments.straps and kind == Kind.SAMPLES:
        return encode_samples(straps(number))
    tag = number.to_bytes(8, "little")
    return tag + body_of(tag)


async def live(folder: Path, disk: WatchedDisk, arguments: argparse.Namespace) -> None:
    """One life, to its end or to its death."""
    settings = BufferSettings(
        max_bytes=arguments.max_bytes, segment_bytes=arguments.segment_bytes, when_full=arguments.when_full
    )
    log = SegmentLog(folder, settings, disk=disk)
    say(f"E {log.epoch.hex()}")
    log.on_closed = lambda record: say(
        f"C {record.header.seq} {record.header.first_us} {record.header.last_us}"
    )
    log.on_synced = lambda seqs: say("\n".join(f"A {seq} {disk.synced_ns}" for seq in seqs))
    try:
        log.open()
        await fill(log, disk, arguments)
        await log.close()
    except BufferFailed as failure:
        say(f"F {failure}")


def live_and_die(arguments: argparse.Namespace) -> None:
    """One life after the other, each a process of its own."""
    call, _, lives = arguments.die.partition(":")
    for number in range(1, int(lives) + 1):
        child = os.fork()
        if not child:
            disk = MortalDisk(call, number, arguments.once_full)
            asyncio.run(live(arguments.folder / str(number), disk, arguments))
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
    parser.add_argument("--when-full", choices=POLICIES, default="oldest-raw-first")
    parser.add_argument("--straps", action="store_true")
    parser.add_argument("--declare-after", type=float, default=room.DECLARE_AFTER_S, metavar="SECONDS")
    parser.add_argument("--die", help="CALL:LIVES")
    parser.add_argument("--once-full", action="store_true")
    parser.add_argument("--careless", action="store_true")
    arguments = parser.parse_args()
    room.DECLARE_AFTER_S = arguments.declare_after
    if arguments.die:
        live_and_die(arguments)
    else:
        disk = CarelessDisk() if arguments.careless else WatchedDisk()
        asyncio.run(live(arguments.folder, disk, arguments))


if __name__ == "__main__":
    main()
