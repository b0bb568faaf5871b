"""What lies in a buffer's folder, read from outside while the agent may be writing there.

Nothing is changed and no lock is taken: a segment is only ever appended to or removed, and what is not yet
whole at its end is no record yet.
"""

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterator
from contextlib import closing
from pathlib import Path

from sts_protocols.errors import RecordError
from sts_protocols.record import Impulse, Kind, Record, decode_impulses, iter_samples

from .ranges import RangeSet
from .recovery import content_of
from .scan import Rot, scan, segment_of
from .segment import Lane

Settled = dict[bytes, RangeSet]


def stored_records(
    directory: Path, *, waiting_only: bool, lanes: Container[Lane] = tuple(Lane)
) -> Iterator[Record]:
    """Yield the records, oldest segment first; of those that wait a few may have been confirmed just now.

    Raises OSError: the folder cannot be read.
    """
    settled = _settled(directory / "state.db") if waiting_only else defaultdict(RangeSet)
    for path in sorted(directory.iterdir()):
        segment = segment_of(path)
        if segment is None or segment.lane not in lanes:
            continue
        try:
            content = content_of(path)
        except FileNotFoundError:  # its room was needed just now
            continue
        for found in scan(content, segment.id):
            if not isinstance(found, Rot) and _is_wanted(found.record, settled):
                yield found.record


def stored_impulses(directory: Path) -> Iterator[Impulse]:
    """Yield what timers told, as far as it is held. Raises OSError."""
    for record in stored_records(directory, waiting_only=False, lanes=(Lane.KEPT,)):
        if record.header.kind == Kind.IMPULSE:
            with contextlib.suppress(RecordError):  # a body that nobody can read tells no line
                yield from decode_impulses(record.body)


def last_packets(directory: Path, epoch: bytes, since_us: int) -> dict[str, int]:
    """By sensor the newest packet, boot time in µs, of an epoch's records that end at or behind `since_us`. Raises
    OSError."""
    last: dict[str, int] = {}
    for record in stored_records(directory, waiting_only=False, lanes=(Lane.SAMPLES,)):
        if (record.header.epoch, record.header.kind) != (
            epoch,
            Kind.SAMPLES,
        ) or record.header.last_us < since_us:
            continue
        with contextlib.suppress(RecordError):
            for packet in iter_samples(record.body):
                last[packet.sensor] = max(last.get(packet.sensor, 0), packet.boot_us)
    return last


def _is_wanted(record: Record, settled: Settled) -> bool:
    return record.header.seq not in settled[record.header.epoch]


def _settled(file: Path) -> Settled:
    """What was confirmed or dropped, as far as it is stored: at most half a minute behind."""
    found: Settled = defaultdict(RangeSet)
    for epoch, first, last in _rows(file):
        found[epoch].add(first, last)
    return found


def _rows(file: Path) -> list[tuple[bytes, int, int]]:
    # A folder that may not be written has no place for SQLite's shared memory: then the file as it lies.
    for how in ("mode=ro", "immutable=1"):
        try:
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?{how}", uri=True)) as database:
                return database.execute("SELECT epoch, first, last FROM settled").fetchall()
        except sqlite3.Error:
            continue
    return []
