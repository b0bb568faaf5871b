"""What a writer said, against what its log holds afterwards."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from buffer_support import MIB, drops, everything, of_epoch, settled, straps
from buffer_writer import LASTS_US, body_of
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings
from sts_edge.config.settings import Policy
from sts_protocols.errors import RecordError
from sts_protocols.record import Kind, Record, encode_samples, iter_samples
from sts_protocols.sample import Quality

SECOND_US = 1_000_000
PROGRAM = Path(__file__).with_name("buffer_writer.py")
# So small a buffer is full after a thousand seconds of straps. What is refused is declared soon, within each life.
SMALL = ("--straps", "--max-bytes", "524288", "--segment-bytes", "65536", "--together", "11")
POLICIES: dict[Policy, tuple[str, ...]] = {
    "keep-summaries": (*SMALL, "--when-full", "keep-summaries"),
    "refuse-new": (*SMALL, "--when-full", "refuse-new", "--declare-after", "0.02"),
}


@dataclass
class Truth:
    """Numbers by epoch, as told through the pipe; of what was closed also from when to when, µs. `cut_ns`: when the power went, so far for the last time; what was
    synced since is no promise: a process without power says nothing more."""

    closed: dict[bytes, dict[int, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))
    accepted: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    synced_in_a_cut: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    failures: list[str] = field(default_factory=list)
    killed: int = 0
    epoch: bytes = b""
    cut_ns: int | None = None

    def hear(self, line: str) -> None:
        """Take what a process said. Each `E` begins the next process, for which there is power again."""
        word, _, rest = line.partition(" ")
        if word == "E":
            self.epoch, self.cut_ns = bytes.fromhex(rest), None
        elif word == "F":
            self.failures.append(rest)
        elif word == "K":
            self.killed += 1
        elif word == "C":
            seq, first_us, last_us = map(int, rest.split())
            self.closed[self.epoch][seq] = first_us, last_us
        else:
            seq, synced_ns = map(int, rest.split())
            in_time = self.cut_ns is None or synced_ns < self.cut_ns
            (self.accepted if in_time else self.synced_in_a_cut)[self.epoch].add(seq)

    @property
    def accepted_count(self) -> int:
        return sum(map(len, self.accepted.values()))


class Writer:
    """A process that fills a log, perhaps under another program; what it says goes to the truth."""

    def __init__(self, truth: Truth, folder: Path, *options: str, under: Sequence[str] = ()) -> None:
        command = [*under, sys.executable, str(PROGRAM), str(folder), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self._truth = truth
        self._begun = b""
        assert self.process.stdout is not None
        self._pipe = self.process.stdout.fileno()

    def wait_for_accepted(self, count: int) -> None:
        """Listen until so many more records are accepted."""
        enough = self._truth.accepted_count + count
        while self._truth.accepted_count < enough:
            assert self._listen(), "the writer has ended by itself"

    def hear_out(self) -> int:
        """Listen to the end; returns the exit code."""
        while self._listen():
            pass
        return self.process.wait(60)

    def _listen(self) -> bool:
        said = os.read(self._pipe, 1 << 16)
        *lines, self._begun = (self._begun + said).split(b"\n")
        for line in lines:
            self._truth.hear(line.decode())
        return bool(said)


@dataclass
class Found:
    """What a log holds and declares, after a start, and the CPU time that the start took."""

    records: dict[bytes, dict[int, Record]]
    declared: dict[bytes, set[int]]
    heads: dict[bytes, int]
    start_s: float = 0.0
    summarised: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: bool = False


async def find(folder: Path, settings: BufferSettings | None = None) -> Found:
    """Open a log as the agent would, and read all of it."""
    log = SegmentLog(folder, settings or BufferSettings(max_bytes=64 * MIB))
    began_s = time.process_time()
    log.open()
    start_s = time.process_time() - began_s
    everything(log)  # what has rotted in a file with an index is found, and told, when it is read
    await settled(log)
    records = everything(log)
    epochs = log.epochs()
    declared: dict[bytes, set[int]] = defaultdict(set)
    summarised: dict[bytes, set[int]] = defaultdict(set)
    for drop in drops(log):
        for first, last in drop.ranges:
            declared[drop.epoch] |= set(range(first, last + 1))
            if drop.reason == "summarised":
                summarised[drop.epoch] |= set(range(first, last + 1))
    refused = any(drop.reason == "refused_new" for drop in drops(log))
    await log.close()
    by_epoch = {one.epoch: {r.header.seq: r for r in of_epoch(records, one.epoch)} for one in epochs}
    return Found(by_epoch, declared, {one.epoch: one.head for one in epochs}, start_s, summarised, refused)


def all_of(finds: Iterable[Found]) -> Found:
    """What several logs hold, each with epochs of its own."""
    whole = Found({}, defaultdict(set), {})
    for found in finds:
        whole.records.update(found.records)
        whole.declared.update(found.declared)
        whole.heads.update(found.heads)
        whole.summarised.update(found.summarised)
        whole.refused = whole.refused or found.refused
    return whole


def absent(numbers: Mapping[bytes, set[int]], found: Found) -> int:
    """How many of these records are neither there nor declared."""
    return sum(
        len(seqs - set(found.records.get(epoch, {})) - found.declared[epoch])
        for epoch, seqs in numbers.items()
    )


def lost(truth: Truth, found: Found) -> int:
    """How many accepted records are neither there nor declared."""
    return absent(truth.accepted, found)


def judge(truth: Truth, found: Found) -> None:
    """Nothing accepted is lost, nothing is there that was never closed, and every byte is as it was."""
    assert lost(truth, found) == 0
    for epoch, numbers in truth.closed.items():
        records = found.records.get(epoch, {})
        assert records.keys() <= numbers.keys(), "a record that never closed"
        assert all(is_true(record) for record in records.values()), "a record was altered"
        head = found.heads.get(epoch, -1)
        assert set(records) | found.declared[epoch] >= set(range(head + 1)), (
            "a gap below the head is not declared"
        )


def is_true(record: Record) -> bool:
    """Tell whether a record is one that the writer wrote, unchanged, or a true summary of some."""
    if record.header.kind == Kind.DROP:
        return True
    tag, rest = record.body[:8], record.body[8:]
    return rest == body_of(tag) or _is_of_straps(record)


def _is_of_straps(record: Record) -> bool:
    try:
        told = summary_of(record)
    except RecordError:
        return False
    if not told:
        return record.body == encode_samples(straps(record.header.first_us // SECOND_US))
    return all(value == medians(second).get(sensor) for (sensor, second), value in told.items())


def summary_of(record: Record) -> dict[tuple[str, int], float]:
    """What a record of summaries says of each strap and second; nothing of any other record. Raises RecordError."""
    if record.header.kind != Kind.SAMPLES:
        return {}
    return {
        (packet.sensor, packet.boot_us // SECOND_US): value.value
        for packet in iter_samples(record.body)
        for value in packet.values
        if value.quality == Quality.ESTIMATED
    }


@cache
def medians(second: int) -> dict[str, float]:
    """The lower median of the good values that the writer's straps say in a second."""
    good: dict[str, list[float]] = defaultdict(list)
    for packet in straps(second):
        good[packet.sensor] += [one.value for one in packet.values if one.quality == Quality.OK]
    return {sensor: statistics.median_low(values) for sensor, values in good.items()}


def without_summary(truth: Truth, found: Found) -> int:
    """How many seconds are declared as summarised, while a summary of each strap is neither there nor itself declared."""
    count = 0
    for epoch, seqs in found.summarised.items():
        told = {key for record in found.records[epoch].values() for key in summary_of(record)}
        seconds = {truth.closed[epoch][seq][0] // SECOND_US for seq in seqs}
        seconds -= _given_up(truth.closed[epoch], found.declared[epoch])
        count += sum(any((sensor, second) not in told for sensor in medians(second)) for second in seconds)
    return count


def told_twice(truth: Truth, found: Found) -> int:
    """How many seconds of a strap are there as what was measured and as its summary, too."""
    count = 0
    for epoch, records in found.records.items():
        kept = [record for seq, record in records.items() if seq not in found.declared[epoch]]
        summarised = {second for record in kept for _, second in summary_of(record)}
        count += sum(
            record.header.first_us // SECOND_US in summarised
            for record in kept
            if record.header.kind == Kind.SAMPLES and not summary_of(record)
        )
    return count


def _given_up(closed: Mapping[int, tuple[int, int]], declared: set[int]) -> set[int]:
    """The seconds of summaries that went the way of what they stood for."""
    return {
        second
        for seq, (first_us, last_us) in closed.items()
        if seq in declared and last_us - first_us > LASTS_US
        for second in range(first_us // SECOND_US, last_us // SECOND_US + 1)
    }


def reasons_of(policy: Policy, truth: Truth, found: Found) -> None:
    """What the policy did was really there to be lost: records summed up, each with its summary, or refused."""
    if policy == "keep-summaries":
        assert sum(map(len, found.summarised.values())) > 100
        assert without_summary(truth, found) == 0
        assert told_twice(truth, found) == 0
        nothing_held: dict[bytes, dict[int, Record]] = {epoch: {} for epoch in found.records}
        assert without_summary(truth, replace(found, records=nothing_held)) > 0, (
            "control: it would be noticed"
        )
    else:
        assert found.refused
