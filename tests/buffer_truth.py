"""What a writer said, against what its log holds afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from buffer_support import MIB, drops, everything, of_epoch, settled
from buffer_writer import body_of
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings
from sts_protocols.record import Kind, Record

WRITER = Path(__file__).with_name("buffer_writer.py")


@dataclass
class Truth:
    """Numbers by epoch, as told through the pipe."""

    closed: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    accepted: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    failures: list[str] = field(default_factory=list)
    epoch: bytes = b""

    def hear(self, line: str) -> None:
        """Take what a process said. Each `E` begins the next process."""
        word, _, rest = line.partition(" ")
        if word == "E":
            self.epoch = bytes.fromhex(rest)
        elif word == "F":
            self.failures.append(rest)
        else:
            (self.closed if word == "C" else self.accepted)[self.epoch].add(int(rest))

    @property
    def accepted_count(self) -> int:
        return sum(len(numbers) for numbers in self.accepted.values())


def start_writer(folder: Path, *options: str, under: Sequence[str] = ()) -> subprocess.Popen[str]:
    """A process that fills the log, perhaps under another program; what it says is read from its pipe."""
    command = [*under, sys.executable, str(WRITER), str(folder), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def wait_for_accepted(writer: subprocess.Popen[str], truth: Truth, count: int) -> None:
    """Read the pipe until so many more records are accepted."""
    assert writer.stdout is not None
    enough = truth.accepted_count + count
    while truth.accepted_count < enough:
        line = writer.stdout.readline().strip()
        assert line, "the writer has ended by itself"
        truth.hear(line)


def hear_out(writer: subprocess.Popen[str], truth: Truth) -> None:
    """Read what is left in the pipe of a writer that has ended or is about to."""
    assert writer.stdout is not None
    for line in writer.stdout:
        truth.hear(line.strip())
    writer.wait(60)


@dataclass
class Found:
    """What a log holds and declares, after a start."""

    records: dict[bytes, dict[int, Record]]
    declared: dict[bytes, set[int]]
    heads: dict[bytes, int]


async def find(folder: Path, settings: BufferSettings | None = None) -> Found:
    """Open a log as the agent would, and read all of it."""
    log = SegmentLog(folder, settings or BufferSettings(max_bytes=64 * MIB))
    log.open()
    everything(log)  # what has rotted in a file with an index is found, and told, when it is read
    await settled(log)
    records = everything(log)
    epochs = log.epochs()
    declared: dict[bytes, set[int]] = defaultdict(set)
    for drop in drops(log):
        for first, last in drop.ranges:
            declared[drop.epoch] |= set(range(first, last + 1))
    await log.close()
    by_epoch = {one.epoch: {r.header.seq: r for r in of_epoch(records, one.epoch)} for one in epochs}
    return Found(by_epoch, declared, {one.epoch: one.head for one in epochs})


def lost(truth: Truth, found: Found) -> int:
    """How many accepted records are neither there nor declared."""
    return sum(
        len(numbers - set(found.records.get(epoch, {})) - found.declared[epoch])
        for epoch, numbers in truth.accepted.items()
    )


def judge(truth: Truth, found: Found) -> None:
    """Nothing accepted is lost, nothing is there that was never closed, and every byte is as it was."""
    assert lost(truth, found) == 0
    for epoch, numbers in truth.closed.items():
        records = found.records.get(epoch, {})
        assert set(records) <= numbers, "a record that never closed"
        assert all(is_true(record) for record in records.values()), "a record was altered"
        head = found.heads.get(epoch, -1)
        assert set(records) | found.declared[epoch] >= set(range(head + 1)), (
            "a gap below the head is not declared"
        )


def is_true(record: Record) -> bool:
    """Tell whether a record is one that the writer wrote, unchanged."""
    if record.header.kind == Kind.DROP:
        return True
    tag, rest = record.body[:8], record.body[8:]
    return rest == body_of(tag)
