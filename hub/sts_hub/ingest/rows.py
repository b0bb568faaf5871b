"""Sample rows as numpy arrays, and as the bytes of PostgreSQL's binary COPY.

Tuples would cost eleven times the CPU: everything here is done to all rows of a transaction at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sts_protocols import metrics
from sts_protocols.columns import SampleColumns, Share

Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
_Number = TypeVar("_Number", bound=np.generic)

COLUMNS = ("t", "series", "quality", "value")

DAY_US = 86_400_000_000

EPOCH_2000_US = 946_684_800_000_000
"""PostgreSQL counts its timestamps from 2000-01-01."""

METRICS = 1 + max(metric.id for metric in metrics.CATALOGUE)
_KNOWN = np.zeros(32_768, np.bool_)
_KNOWN[[metric.id for metric in metrics.CATALOGUE]] = True

# PostgreSQL documentation, COPY, "Binary Format": signature, flags, no extension; each field behind its
# length.
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("t_size", ">i4"),
        ("t", ">i8"),
        ("series_size", ">i4"),
        ("series", ">i4"),
        ("quality_size", ">i4"),
        ("quality", ">i2"),
        ("value_size", ">i4"),
        ("value", ">f8"),
    ]
)


class Rows(NamedTuple):
    """One row per value: `record` is the place of its record in what was given, `sensor` an index into
    sensors."""

    record: NDArray[np.int32]
    sensor: NDArray[np.int32]
    metric: NDArray[np.int16]
    t_us: Ints
    value: NDArray[np.float64]
    quality: NDArray[np.uint8]

    def only(self, mask: Mask) -> Rows:
        """The rows where the mask is true."""
        return Rows(
            self.record[mask],
            self.sensor[mask],
            self.metric[mask],
            self.t_us[mask],
            self.value[mask],
            self.quality[mask],
        )


class Sensors:
    """Numbers the sensors of several records: a sensor is an epoch and a local name."""

    def __init__(self) -> None:
        self.keys: list[tuple[bytes, str]] = []
        self._numbers: dict[tuple[bytes, str], int] = {}

    def number(self, epoch: bytes, name: str) -> int:
        """The sensor's number, counted from 0 as they come."""
        key = (epoch, name)
        if key not in self._numbers:
            self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return self._numbers[key]


class _Tables:
    """The tables that records have shares of (nearly always whole messages), one after the other."""

    def __init__(self, sensors: Sensors) -> None:
        self.tables: list[SampleColumns] = []
        self.numbers: list[int] = []
        self._sensors = sensors
        self._places: dict[tuple[bytes, int], tuple[int, int]] = {}
        self._rows: dict[int, int] = {}
        self._next_row = 0

    def place(self, epoch: bytes, table: SampleColumns) -> tuple[int, int]:
        """Where its rows begin among those of all, and where in `numbers` those of its sensors in this epoch."""
        key = (epoch, id(table))
        return self._places.get(key) or self._places.setdefault(
            key, (self._row(table), self._named(epoch, table))
        )

    def _row(self, table: SampleColumns) -> int:
        if id(table) not in self._rows:
            self._rows[id(table)] = self._next_row
            self.tables.append(table)
            self._next_row += len(table.value)
        return self._rows[id(table)]

    def _named(self, epoch: bytes, table: SampleColumns) -> int:
        first = len(self.numbers)
        self.numbers += [self._sensors.number(epoch, name) for name in table.sensors]
        return first


def gather(records: Sequence[tuple[bytes, Share, int]]) -> tuple[Rows, Sensors]:
    """The rows of records given as (epoch, share, what to add to boot time for wall time, µs)."""
    sensors = Sensors()
    joined = _Tables(sensors)
    places = [joined.place(epoch, share.table) for epoch, share, _ in records]
    lengths = np.array([share.stop - share.start for _, share, _ in records], np.int64)
    record = np.arange(len(records), dtype=np.int32).repeat(lengths)
    starts = np.array(
        [row + share.start for (row, _), (_, share, _) in zip(places, records, strict=True)], np.int64
    )
    own = np.arange(len(record)) + (starts - (lengths.cumsum() - lengths))[record]
    tables = joined.tables
    offset_us = np.array([offset for *_, offset in records], np.int64)
    name = _joined([table.sensor for table in tables], np.int32)[own]
    name += np.array([first for _, first in places], np.int32)[record]
    rows = Rows(
        record,
        np.array(joined.numbers, np.int32)[name],
        _joined([table.metric for table in tables], np.int16)[own],
        _joined([table.boot_us for table in tables], np.int64)[own] + offset_us[record],
        _joined([table.value for table in tables], np.float64)[own],
        _joined([table.quality for table in tables], np.uint8)[own],
    )
    return rows, sensors


def _joined(parts: list[NDArray[_Number]], kind: type[_Number]) -> NDArray[_Number]:
    return np.concatenate(parts) if parts else np.empty(0, kind)


def known(metric: NDArray[np.int16]) -> Mask:
    """Which of these metrics are in the catalogue of this version."""
    return _KNOWN[metric]


class SeriesIndex(NamedTuple):
    """The series that rows belong to: `codes` are the different ones, `inverse` says which is each row's."""

    codes: list[int]
    inverse: NDArray[np.int64]

    def keys(self, sensors: Sensors) -> list[tuple[bytes, str, int]]:
        """Each series as (epoch, local name, metric)."""
        return [(*sensors.keys[code // METRICS], code % METRICS) for code in self.codes]


def series_of(rows: Rows) -> SeriesIndex:
    """Which series the rows belong to; their metrics must be known."""
    code = rows.sensor.astype(np.int64) * METRICS + rows.metric
    present = np.flatnonzero(np.bincount(code)) if len(code) else np.empty(0, np.int64)
    place = np.zeros(int(present[-1]) + 1 if len(present) else 1, np.int64)
    place[present] = np.arange(len(present))
    return SeriesIndex(present.tolist(), place[code])


def days(t_us: Ints) -> list[int]:
    """The different UTC days of these times, as days since 1970."""
    if not len(t_us):
        return []
    first, last = int(t_us.min()) // DAY_US, int(t_us.max()) // DAY_US
    if last - first <= 1:  # nearly always; to sort out all days takes longer than to build the COPY
        return [first, last][: 1 + last - first]
    return [int(day) for day in np.unique(t_us // DAY_US)]


def copy_buffer(rows: Rows, series: NDArray[np.int32]) -> bytearray:
    """The rows, sorted by series and time, as binary COPY of COLUMNS.

    Built in one piece: to put three together took half the time of it all.
    """
    order = np.lexsort((rows.t_us, series))
    buffer = bytearray(len(_HEADER) + len(order) * _ROW.itemsize + len(_TRAILER))
    buffer[: len(_HEADER)], buffer[-len(_TRAILER) :] = _HEADER, _TRAILER
    table = np.frombuffer(buffer, _ROW, len(order), len(_HEADER))
    table["fields"] = len(COLUMNS)
    table["t_size"], table["t"] = 8, rows.t_us[order] - EPOCH_2000_US
    table["series_size"], table["series"] = 4, series[order]
    table["quality_size"], table["quality"] = 2, rows.quality[order]
    table["value_size"], table["value"] = 8, rows.value[order]
    return buffer
