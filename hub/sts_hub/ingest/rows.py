"""Sample rows as numpy arrays, and as the bytes of PostgreSQL's binary COPY.

Tuples would cost eleven times the CPU: everything here is done to all rows of a transaction at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sts_protocols import metrics
from sts_protocols.columns import SampleColumns

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
        self._numbers: dict[bytes, dict[str, int]] = {}

    def number(self, epoch: bytes, names: Sequence[str]) -> list[int]:
        """The numbers of a record's names, in their order: that in which they were heard, so nearly every
        record has another."""
        known = self._numbers.setdefault(epoch, {})
        try:
            return [known[name] for name in names]
        except KeyError:
            for name in names:
                self._note(epoch, name, known)
            return [known[name] for name in names]

    def _note(self, epoch: bytes, name: str, known: dict[str, int]) -> None:
        if name not in known:
            known[name] = len(self.keys)
            self.keys.append((epoch, name))


def gather(records: Sequence[tuple[bytes, SampleColumns, int]]) -> tuple[Rows, Sensors]:
    """The rows of records given as (epoch, columns, what to add to boot time for wall time, µs)."""
    sensors = Sensors()
    numbers: list[int] = []
    firsts: list[int] = []
    for epoch, columns, _ in records:
        firsts.append(len(numbers))
        numbers += sensors.number(epoch, columns.sensors)
    lengths = [len(columns.boot_us) for _, columns, _ in records]
    place = _joined([columns.sensor for _, columns, _ in records], np.int32)
    place = place + np.repeat(np.array(firsts, np.int32), lengths)
    offset_us = np.repeat(np.array([offset for *_, offset in records], np.int64), lengths)
    rows = Rows(
        np.repeat(np.arange(len(records), dtype=np.int32), lengths),
        np.array(numbers, np.int32)[place],
        _joined([columns.metric for _, columns, _ in records], np.int16),
        _joined([columns.boot_us for _, columns, _ in records], np.int64) + offset_us,
        _joined([columns.value for _, columns, _ in records], np.float64),
        _joined([columns.quality for _, columns, _ in records], np.uint8),
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
    return [int(day) for day in np.unique(t_us // DAY_US)]


def copy_buffer(rows: Rows, series: NDArray[np.int32]) -> bytes:
    """The rows, sorted by series and time, as binary COPY of COLUMNS."""
    order = np.lexsort((rows.t_us, series))
    table = np.empty(len(order), _ROW)
    table["fields"] = len(COLUMNS)
    table["t_size"], table["t"] = 8, rows.t_us[order] - EPOCH_2000_US
    table["series_size"], table["series"] = 4, series[order]
    table["quality_size"], table["quality"] = 2, rows.quality[order]
    table["value_size"], table["value"] = 8, rows.value[order]
    return _HEADER + table.tobytes() + _TRAILER
