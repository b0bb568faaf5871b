"""Counts what the system lost, doubled, invented or changed. Knows the wire format and nothing else of us.

It reads what the witness noted, decodes it with the reader that was written from protocols/README.md alone,
works out which rows a hub must hold, and compares them as multisets with the rows it does hold.

accepted   the gateway has said that the record is safe on its disk: each of its rows must be stored, once
closed     the record existed: its rows may be stored, once
declared   the gateway has said, in an accepted drop record, that it will not come: its rows may be missing

A row's time is its boot time plus the offset of wall time: the header's, or, for a record of unknown clock,
the pin of its epoch, which is its first anchor, else that of the next epoch of the same boot.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.witness import packets
from golden import read_record

NUMBER = struct.Struct("<16sQ")
SAMPLES, WAVEFORM, DROP, ANCHOR = 1, 2, 6, 7
HEART_RATE = 1
UNKNOWN_CLOCK = 0
EXAMPLES = 20

RecordId = tuple[str, int]


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One stored value; wall time in µs."""

    epoch: str
    sensor: str
    metric: int
    t_us: int
    value: float
    quality: int

    @property
    def series(self) -> tuple[str, str, int]:
        """What a value that was changed still has in common with itself."""
        return self.epoch, self.sensor, self.metric


@dataclass
class Account:
    """What the witness knows: records by (epoch, number), with the rows that they stand for."""

    closed: dict[RecordId, list[Row]] = field(default_factory=dict)
    accepted: set[RecordId] = field(default_factory=set)
    declared: set[RecordId] = field(default_factory=set)
    boot_times: list[tuple[RecordId, str, int, float]] = field(default_factory=list)

    def expected(self) -> list[Row]:
        """The rows of accepted records that were not declared lost."""
        return [row for record in self._due() for row in self.closed[record]]

    def rows_of(self, epoch: str, seq: int) -> list[Row]:
        """The rows of one record."""
        return self.closed[epoch, seq]

    def some_accepted_record(self, place: int = 0) -> RecordId:
        """One with rows; another one for each place."""
        with_rows = [record for record in self._due() if self.closed[record]]
        return with_rows[(place + 1) * len(with_rows) // 3 - 1]

    def accepted_heart_rates(self) -> Iterator[tuple[str, int, float]]:
        """(sensor, boot time µs, value) of every accepted heart rate."""
        return (told[1:] for told in self.boot_times if told[0] in self.accepted)

    def copy(self) -> Account:
        """One that can be spoilt without spoiling this."""
        return Account(dict(self.closed), set(self.accepted), set(self.declared), self.boot_times)

    def _due(self) -> list[RecordId]:
        return sorted(r for r in self.accepted - self.declared if r in self.closed)


@dataclass
class Findings:
    """The verdict, in samples; lost_records in records."""

    accepted: int
    lost: Counter[Row]
    duplicated: Counter[Row]
    phantom: Counter[Row]
    altered: list[tuple[Row, Row]]
    declared_dropped: int
    lost_records: list[RecordId]

    def counters(self) -> dict[str, int]:
        """Each counter by its name."""
        return {
            "lost": self.lost.total(),
            "duplicated": self.duplicated.total(),
            "phantom": self.phantom.total(),
            "altered": len(self.altered),
            "declared_dropped": self.declared_dropped,
            "lost_records": len(self.lost_records),
        }

    @property
    def examples(self) -> list[str]:
        """The first few of what is wrong, for a person."""
        told = [f"lost: {row}" for row in self.lost]
        told += [f"duplicated: {row}" for row in self.duplicated]
        told += [f"phantom: {row}" for row in self.phantom]
        told += [f"altered: {was} became {became}" for was, became in self.altered]
        told += [f"lost record: {epoch} {seq}" for epoch, seq in self.lost_records]
        return told[:EXAMPLES]


def read(log: Path) -> Account:
    """What the witness noted, decoded."""
    records: dict[RecordId, tuple[dict[str, Any], Any]] = {}
    account = Account()
    for packet in packets(log):
        if packet[:1] == b"A":
            epoch, seq = NUMBER.unpack(packet[1:])
            account.accepted.add((epoch.hex(), seq))
        else:
            header, content = _decoded(packet[1:])
            records[header["epoch"], header["seq"]] = header, content
    pins = _pins(records)
    for record, (header, content) in records.items():
        _enter(account, record, header, content, pins)
    return account


def compare(
    account: Account, stored: Counter[Row], unrowed_received: Iterable[RecordId] | None = None
) -> Findings:
    """Stored rows against the account.

    ``unrowed_received``: the records that the hub's ledger holds; asked for records that have no rows
    (anchors, logs, drops). None: those are not judged.
    """
    closed = Counter(row for rows in account.closed.values() for row in rows)
    due = Counter(account.expected())
    phantom = Counter({row: n for row, n in stored.items() if n > 0 and row not in closed})
    duplicated = Counter(
        {row: n - closed[row] for row, n in stored.items() if closed[row] and n > closed[row]}
    )
    lost = due - stored
    altered = _altered(lost, phantom)
    gone = [r for r in account.accepted & account.declared if r in account.closed]
    declared = Counter(row for record in gone for row in account.closed[record]) - stored
    return Findings(
        accepted=due.total(),
        lost=lost,
        duplicated=duplicated,
        phantom=phantom,
        altered=altered,
        declared_dropped=declared.total(),
        lost_records=_lost_records(account, stored, unrowed_received),
    )


def _decoded(raw: bytes) -> tuple[dict[str, Any], Any]:
    (piece,) = read_record.pieces(raw)
    if "damaged" in piece:
        raise ValueError(f"The gateway told a damaged record: {piece}")
    return piece, read_record.content_of(raw, piece)


def _pins(records: dict[RecordId, tuple[dict[str, Any], Any]]) -> dict[str, int]:
    """The offset (wall minus boot time, µs) of each epoch; epochs in the order in which they were heard."""
    first: dict[str, tuple[int, int]] = {}
    epochs: list[str] = []
    for (epoch, seq), (header, content) in records.items():
        if epoch not in epochs:
            epochs.append(epoch)
        if header["kind"] == ANCHOR:
            told = seq, content["wall_us"] - content["boot_us"]
            first[epoch] = min(first.get(epoch, told), told)
    pins: dict[str, int] = {}
    following: int | None = None
    for epoch in reversed(epochs):
        following = first[epoch][1] if epoch in first else following
        if following is not None:
            pins[epoch] = following
    return pins


def _enter(
    account: Account, record: RecordId, header: dict[str, Any], content: Any, pins: dict[str, int]
) -> None:
    account.closed[record] = []
    if header["kind"] == DROP and record in account.accepted:
        for first, last in content["ranges"]:
            account.declared |= {(content["epoch"], seq) for seq in range(first, last + 1)}
    if header["kind"] not in (SAMPLES, WAVEFORM):
        return
    offset_us, _, source = header["clock"]
    if source == UNKNOWN_CLOCK:
        offset_us = pins[record[0]]
    for sensor, metric, boot_us, value, quality in content:
        account.closed[record].append(Row(record[0], sensor, metric, boot_us + offset_us, value, quality))
        if metric == HEART_RATE:
            account.boot_times.append((record, sensor, boot_us, value))


def _altered(lost: Counter[Row], phantom: Counter[Row]) -> list[tuple[Row, Row]]:
    """Pairs of a lost and an invented row that are one value with one thing changed; taken out of both."""
    pairs = []
    by_series: dict[tuple[str, str, int], list[Row]] = {}
    for row in phantom:
        by_series.setdefault(row.series, []).append(row)
    for row in list(lost):
        near = [
            other for other in by_series.get(row.series, ()) if phantom[other] and _one_change(row, other)
        ]
        if near:
            pairs.append((row, near[0]))
            lost.subtract([row])
            phantom.subtract([near[0]])
    for counter in (lost, phantom):
        for row in [row for row, n in counter.items() if n <= 0]:
            del counter[row]
    return pairs


def _one_change(one: Row, other: Row) -> bool:
    changes = (one.t_us != other.t_us, one.value != other.value, one.quality != other.quality)
    return sum(changes) == 1


def _lost_records(
    account: Account, stored: Counter[Row], received: Iterable[RecordId] | None
) -> list[RecordId]:
    held = None if received is None else set(received)
    lost = []
    for record in account.accepted - account.declared:
        rows = account.closed.get(record)
        if not rows and (held is None or record in held):
            continue
        if not any(stored[row] > 0 for row in rows or ()):
            lost.append(record)
    return sorted(lost)
