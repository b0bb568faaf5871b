"""What one transaction will write: decided from records and ledger alone, without I/O.

Here stand the rules of what is stored, parked and refused. `decide` may be asked again with the same
records after a transaction had to be rolled back; it changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from sts_hub.db.spans import Run, holds, runs
from sts_hub.db.times import FLOOR_US, FUTURE_US, is_of_today
from sts_hub.ingest import rows as sample_rows
from sts_hub.ingest.documents import PartLine
from sts_hub.ingest.intake import Entry, Impulses, Unusable, unusable
from sts_hub.ingest.rows import Mask, Rows, Sensors, SeriesIndex
from sts_protocols.columns import Share
from sts_protocols.record import Anchor, ClockSource, DocumentPart, Drop, Header, Impulse, Log

MAX_DAYS = 3
"""A record lasts seconds; with a suspend inside it may touch two days, or three. More is not a time."""

Period: TypeAlias = tuple[int, int]
Withheld: TypeAlias = Callable[[str, str], Sequence[Period]]


class EpochRow(NamedTuple):
    """What the ledger says of an epoch before the transaction; `known` are received and parked records."""

    gateway: str
    pin_offset_us: int | None
    delta_us: int
    known: list[tuple[int, int]]
    corrections: int = 0
    is_copy: bool = False


@dataclass
class LedgerLine:
    """What is entered for one epoch."""

    epoch: bytes
    delta_us: int
    corrections: int = 0
    runs: list[Run] = field(default_factory=list)
    parked: list[Run] = field(default_factory=list)
    backlog_head: int = -1
    drops: list[tuple[Drop, int | None]] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    touched: Period | None = None

    @property
    def enters(self) -> bool:
        """Whether records of the epoch itself are entered (else only losses in it are declared)."""
        return bool(self.runs or self.parked)


class LogLine(NamedTuple):
    """A log record, with its wall time where it has one."""

    gateway: str
    epoch: bytes
    t_us: int
    log: Log


class ImpulseLine(NamedTuple):
    """One impulse of a record. offset_us ties its boot times to the wall without the epoch's correction;
    clock_error_us is None where the epoch's pin placed it."""

    gateway: str
    epoch: bytes
    seq: int
    place: int
    offset_us: int
    clock_error_us: int | None
    impulse: Impulse


@dataclass
class Plan:
    """Everything that one transaction writes."""

    rows: Rows
    sensors: Sensors
    series: SeriesIndex
    ledger: list[LedgerLine]
    unusable: list[Unusable]
    logs: list[LogLine]
    impulses: list[ImpulseLine]
    parts: list[PartLine]
    records: int
    refused: int
    withheld: int


class Timed(NamedTuple):
    """A record and what to add to its boot times for wall time (µs); None where its clock is unknown."""

    entry: Entry
    offset_us: int | None


def decide(
    entries: Sequence[Entry],
    broken: Sequence[Unusable],
    epochs: Mapping[bytes, EpochRow],
    withheld: Withheld,
    now_us: int,
) -> Plan:
    """The plan for these records; `epochs` must hold every epoch that they name."""
    fresh, refused = _without_known(entries, epochs)
    parked, again = _broken_without_known(broken, epochs, {entry.identity for entry in fresh})
    timed = [Timed(entry, offset_of(entry, epochs[entry.header.epoch])) for entry in fresh]
    good = _sound(timed, epochs, now_us, parked)
    rows, sensors, good = _sound_rows(good, now_us, parked)
    rows, hidden = _without_withheld(rows, sensors, epochs, withheld)
    lines = _ledger(good, parked, epochs)
    _touch(lines, rows, sensors)
    others = [record for record in good if not isinstance(record.entry.content, Share)]
    logs = [_log(record, now_us) for record in others if isinstance(record.entry.content, Log)]
    parts = [_part(record, now_us) for record in others if isinstance(record.entry.content, DocumentPart)]
    series = sample_rows.series_of(rows)
    ledger = [lines[epoch] for epoch in sorted(lines)]
    impulses = [line for record in others for line in _impulses(record, epochs)]
    known = refused + again
    return Plan(rows, sensors, series, ledger, parked, logs, impulses, parts, len(good), known, hidden)


def named(entries: Iterable[Entry], broken: Iterable[Unusable]) -> dict[bytes, str]:
    """Every epoch that must be in the ledger first, with the gateway that speaks of it."""
    epochs = {entry.header.epoch: entry.gateway for entry in entries}
    for piece in broken:
        if piece.identity is not None:
            epochs.setdefault(piece.identity[0], piece.gateway)
    for entry in entries:
        if isinstance(entry.content, Drop):
            epochs.setdefault(entry.content.epoch, entry.gateway)
    return epochs


def numbers_by_epoch(
    entries: Iterable[Entry], broken: Iterable[Unusable]
) -> dict[bytes, list[tuple[int, int]]]:
    """The numbers in hand as ranges, to ask the ledger which of them it knows."""
    numbers: defaultdict[bytes, set[int]] = defaultdict(set)
    for epoch, seq in [entry.identity for entry in entries] + [p.identity for p in broken if p.identity]:
        numbers[epoch].add(seq)
    return {
        epoch: [(run.first, run.last) for run in runs((seq, None, None) for seq in seqs)]
        for epoch, seqs in numbers.items()
    }


def offset_of(entry: Entry, row: EpochRow) -> int | None:
    """What to add to the record's boot times: its own clock, else the epoch's pin, and the correction."""
    clock, content = entry.header.clock, entry.content
    if clock.source != ClockSource.UNKNOWN:
        return clock.offset_us + row.delta_us
    if row.pin_offset_us is not None:
        return row.pin_offset_us + row.delta_us
    if isinstance(content, Anchor):
        return content.wall_us - content.boot_us + row.delta_us
    return None


def _without_known(entries: Sequence[Entry], epochs: Mapping[bytes, EpochRow]) -> tuple[list[Entry], int]:
    fresh: dict[tuple[bytes, int], Entry] = {}
    for entry in entries:
        known = epochs[entry.header.epoch].known
        if not (known and holds(known, entry.header.seq)):
            fresh.setdefault(entry.identity, entry)
    return list(fresh.values()), len(entries) - len(fresh)


def _broken_without_known(
    broken: Sequence[Unusable], epochs: Mapping[bytes, EpochRow], taken: set[tuple[bytes, int]]
) -> tuple[list[Unusable], int]:
    """A record of another gateway's epoch loses its identity: it must not fill that gateway's ledger."""
    fresh: list[Unusable] = []
    for piece in broken:
        if piece.identity is None:
            fresh.append(piece)
        elif epochs[piece.identity[0]].gateway != piece.gateway:
            fresh.append(_foreign(piece))
        elif piece.identity not in taken and not holds(epochs[piece.identity[0]].known, piece.identity[1]):
            taken.add(piece.identity)
            fresh.append(piece)
    return fresh, len(broken) - len(fresh)


def _foreign(piece: Unusable) -> Unusable:
    return piece._replace(identity=None, reason="foreign", detail="Its epoch belongs to another gateway.")


def _sound(
    timed: list[Timed], epochs: Mapping[bytes, EpochRow], now_us: int, parked: list[Unusable]
) -> list[Timed]:
    """Those that no rule of the whole record speaks against; the others are parked."""
    good = []
    for record in timed:
        fault = _fault(record, epochs, now_us)
        if fault is None:
            good.append(record)
        elif fault[0] == "foreign":
            parked.append(_foreign(unusable(record.entry, *fault)))
        else:
            parked.append(unusable(record.entry, *fault))
    return good


def _fault(record: Timed, epochs: Mapping[bytes, EpochRow], now_us: int) -> tuple[str, str] | None:
    entry, offset_us = record
    content = entry.content
    dropped = content.epoch if isinstance(content, Drop) else entry.header.epoch
    if not epochs[entry.header.epoch].gateway == epochs[dropped].gateway == entry.gateway:
        return "foreign", "It speaks of an epoch of another gateway."
    if epochs[entry.header.epoch].is_copy:
        return (
            "copied",
            "A copy of the gateway's card says it: enrol one of the two anew, then retry or discard it.",
        )
    if offset_us is None and isinstance(content, Share | Impulses):
        return "unpinned", "Its clock is unknown and its epoch has no pin yet."
    if isinstance(content, Anchor) and not is_of_today(content.wall_us, now_us):
        return "anchor", f"It ties its clock to {content.wall_us} us since 1970, which is no time of today."
    if offset_us is not None and entry.header.last_us + offset_us > now_us + FUTURE_US:
        return "future", "It is dated after the hub's time."
    return _impulses_fault(content, entry.header, offset_us) if isinstance(content, Impulses) else None


def _impulses_fault(content: Impulses, header: Header, offset_us: int | None) -> tuple[str, str] | None:
    if not _lies_within(content, header):
        return "body", "It has impulses outside of the times that its header tells."
    if header.first_us + (offset_us or 0) < FLOOR_US:
        return "past", "It has a time before 2020: a clock that was never set."
    return None


def _sound_rows(good: list[Timed], now_us: int, parked: list[Unusable]) -> tuple[Rows, Sensors, list[Timed]]:
    """The rows of the records whose every value can be stored; the other records are parked whole."""
    carriers = [
        (entry, entry.content, offset_us)
        for entry, offset_us in good
        if isinstance(entry.content, Share) and offset_us is not None
    ]
    rows, sensors = sample_rows.gather(
        [(entry.header.epoch, content, offset_us) for entry, content, offset_us in carriers]
    )
    faults = _row_faults(rows, now_us)
    if not faults:
        return rows, sensors, good
    parked.extend(unusable(carriers[place][0], *fault) for place, fault in sorted(faults.items()))
    bad = {carriers[place][0].identity for place in faults}
    return _sound_rows([record for record in good if record.entry.identity not in bad], now_us, parked)


def _row_faults(rows: Rows, now_us: int) -> dict[int, tuple[str, str]]:
    faults: dict[int, tuple[str, str]] = {}
    tests: tuple[tuple[Mask, str, str], ...] = (
        (~sample_rows.known(rows.metric), "metric", "It has a metric that this version does not know."),
        (~np.isfinite(rows.value), "value", "It has a value that is not a number."),
        (rows.t_us > now_us + FUTURE_US, "future", "It has a time after the hub's."),
        (rows.t_us < FLOOR_US, "past", "It has a time before 2020: a clock that was never set."),
    )
    for mask, reason, detail in tests:
        for place in np.unique(rows.record[mask]).tolist() if mask.any() else ():
            faults.setdefault(place, (reason, detail))
    return faults or _scattered(rows)


def _scattered(rows: Rows) -> dict[int, tuple[str, str]]:
    if len(sample_rows.days(rows.t_us)) <= MAX_DAYS:
        return {}
    pairs = np.unique(np.stack((rows.record, rows.t_us // sample_rows.DAY_US)), axis=1)
    places, count = np.unique(pairs[0], return_counts=True)
    fault = ("value", f"Its times lie on more than {MAX_DAYS} days.")
    return dict.fromkeys(places[count > MAX_DAYS].tolist(), fault)


def _without_withheld(
    rows: Rows, sensors: Sensors, epochs: Mapping[bytes, EpochRow], withheld: Withheld
) -> tuple[Rows, int]:
    """Leaves out what was measured on somebody who had not consented to it at that time."""
    hidden = np.zeros(len(rows.t_us), np.bool_)
    for number, (epoch, name) in enumerate(sensors.keys):
        for start_us, end_us in withheld(epochs[epoch].gateway, name):
            hidden |= (rows.sensor == number) & (rows.t_us >= start_us) & (rows.t_us < end_us)
    count = int(hidden.sum())
    return (rows.only(~hidden), count) if count else (rows, 0)


def _ledger(
    good: list[Timed], parked: list[Unusable], epochs: Mapping[bytes, EpochRow]
) -> dict[bytes, LedgerLine]:
    lines: dict[bytes, LedgerLine] = {}
    numbers: defaultdict[bytes, list[tuple[int, int | None, int | None]]] = defaultdict(list)
    for record in good:
        header, line = record.entry.header, _line(lines, epochs, record.entry.header.epoch)
        numbers[header.epoch].append((header.seq, *_times(record)))
        if record.entry.lane == "backlog" and header.seq > line.backlog_head:
            line.backlog_head = header.seq
        if not isinstance(record.entry.content, Share):
            _note(record, line, lines, epochs)
    for epoch, records in numbers.items():
        lines[epoch].runs = runs(records)
    set_aside: defaultdict[bytes, list[tuple[int, int | None, int | None]]] = defaultdict(list)
    for piece in parked:
        if piece.identity is not None:
            set_aside[piece.identity[0]].append((piece.identity[1], None, None))
    for epoch, records in set_aside.items():
        _line(lines, epochs, epoch).parked = runs(records)
    return lines


def _line(lines: dict[bytes, LedgerLine], epochs: Mapping[bytes, EpochRow], epoch: bytes) -> LedgerLine:
    if epoch not in lines:
        lines[epoch] = LedgerLine(epoch, epochs[epoch].delta_us, epochs[epoch].corrections)
    return lines[epoch]


def _times(record: Timed) -> tuple[int | None, int | None]:
    header, offset_us = record.entry.header, record.offset_us
    return (None, None) if offset_us is None else (header.first_us + offset_us, header.last_us + offset_us)


def _note(
    record: Timed, line: LedgerLine, lines: dict[bytes, LedgerLine], epochs: Mapping[bytes, EpochRow]
) -> None:
    content = record.entry.content
    if isinstance(content, Drop):
        same = content.epoch == record.entry.header.epoch
        pin_us = record.offset_us if same else epochs[content.epoch].pin_offset_us
        _line(lines, epochs, content.epoch).drops.append((content, pin_us))
    elif isinstance(content, Anchor):
        line.anchors.append(content)


def _touch(lines: dict[bytes, LedgerLine], rows: Rows, sensors: Sensors) -> None:
    """First and last time of the samples added to each epoch, for whoever fills the roll-ups."""
    if not len(rows.t_us):
        return
    epochs = sorted({epoch for epoch, _ in sensors.keys})
    of_sensor = np.array([epochs.index(epoch) for epoch, _ in sensors.keys])[rows.sensor]
    first = np.full(len(epochs), np.iinfo(np.int64).max)
    last = np.full(len(epochs), np.iinfo(np.int64).min)
    np.minimum.at(first, of_sensor, rows.t_us)
    np.maximum.at(last, of_sensor, rows.t_us)
    for epoch, first_us, last_us in zip(epochs, first.tolist(), last.tolist(), strict=True):
        if first_us <= last_us:
            lines[epoch].touched = (first_us, last_us)


def _lies_within(content: Impulses, header: Header) -> bool:
    return all(header.first_us <= impulse.boot_us <= header.last_us for impulse in content.told)


def _impulses(record: Timed, epochs: Mapping[bytes, EpochRow]) -> Iterator[ImpulseLine]:
    entry, offset_us = record
    if not isinstance(entry.content, Impulses) or offset_us is None:
        return
    header = entry.header
    known = header.clock.source != ClockSource.UNKNOWN
    bare_us = offset_us - epochs[header.epoch].delta_us
    for place, impulse in enumerate(entry.content.told):
        yield ImpulseLine(
            entry.gateway,
            header.epoch,
            header.seq,
            place,
            bare_us,
            header.clock.error_us if known else None,
            impulse,
        )


def _part(record: Timed, now_us: int) -> PartLine:
    entry = record.entry
    assert isinstance(entry.content, DocumentPart)
    t_us = now_us if record.offset_us is None else entry.header.first_us + record.offset_us
    return PartLine(entry.gateway, *entry.identity, t_us, entry.content, entry.raw)


def _log(record: Timed, now_us: int) -> LogLine:
    entry = record.entry
    assert isinstance(entry.content, Log)
    t_us = now_us if record.offset_us is None else entry.content.boot_us + record.offset_us
    return LogLine(entry.gateway, entry.header.epoch, t_us, entry.content)
