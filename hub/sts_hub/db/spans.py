"""Record numbers as ranges, here and in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeAlias

from asyncpg import Range

from sts_hub.errors import HubError

Numbers: TypeAlias = "Range[int]"
Times: TypeAlias = "Range[datetime]"


class SpanError(HubError):
    """A range without an end came from the database; nobody writes such ranges."""


class Run(NamedTuple):
    """An unbroken run of records (both ends included) and its first and last wall time, µs."""

    first: int
    last: int
    first_us: int | None
    last_us: int | None


def runs(records: Iterable[tuple[int, int | None, int | None]]) -> list[Run]:
    """Unbroken runs of (number, first time, last time), in order of number."""
    return list(_runs(sorted(records, key=lambda record: record[0])))


def _runs(records: list[tuple[int, int | None, int | None]]) -> Iterator[Run]:
    start = 0
    for end in range(1, len(records) + 1):
        if end < len(records) and records[end][0] == records[end - 1][0] + 1:
            continue
        run = records[start:end]
        firsts = [first for _, first, _ in run if first is not None]
        lasts = [last for *_, last in run if last is not None]
        yield Run(run[0][0], run[-1][0], min(firsts, default=None), max(lasts, default=None))
        start = end


def multirange(ranges: Iterable[tuple[int, int]]) -> list[Numbers]:
    """Inclusive ranges as the database takes them."""
    return [Range(first, last + 1) for first, last in ranges]


def multirange_text(ranges: Iterable[tuple[int, int]]) -> str:
    """The same as text, for where the driver cannot send them (in an array)."""
    return "{" + ",".join(f"[{first},{last}]" for first, last in ranges) + "}"


def inclusive(stored: Iterable[Numbers]) -> list[tuple[int, int]]:
    """Ranges from the database with both ends included. Raises SpanError for one without an end."""
    return [(lower, upper - 1) for lower, upper in map(_bounds, stored)]


def _bounds(stored: Numbers) -> tuple[int, int]:
    if stored.lower is None or stored.upper is None:
        raise SpanError("The ledger holds a range of records without an end: restore it from a backup.")
    return stored.lower, stored.upper


def holds(ranges: list[tuple[int, int]], number: int) -> bool:
    """Whether ascending inclusive ranges contain a number."""
    low, high = 0, len(ranges)
    while low < high:
        middle = (low + high) // 2
        if ranges[middle][1] < number:
            low = middle + 1
        else:
            high = middle
    return low < len(ranges) and ranges[low][0] <= number
