"""Sets of time as sorted, disjoint, half-open intervals of integer microseconds.

Everything here is exact: no floats, no time zones, no rounding. An interval is ``(start_us, end_us)`` with
start < end; a set of time is a list of such, sorted, that neither overlap nor touch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Interval = tuple[int, int]
Periods = list[Interval]


def union(intervals: Iterable[Interval]) -> Periods:
    """The set of time that any of the intervals covers; empty and reversed ones cover nothing."""
    joined: Periods = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def subtract(whole: Periods, taken: Periods) -> Periods:
    """What of ``whole`` is left without ``taken``; both are sets of time."""
    left: Periods = []
    for start, end in whole:
        at = start
        for hole_start, hole_end in taken:
            if hole_end <= at or hole_start >= end:
                continue
            if hole_start > at:
                left.append((at, hole_start))
            at = max(at, hole_end)
        if at < end:
            left.append((at, end))
    return left


def intersect(one: Periods, other: Periods) -> Periods:
    """The time that is in both sets."""
    return union((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def length_us(periods: Periods) -> int:
    """How long a set of time is in all, µs."""
    return sum(end - start for start, end in periods)


def longer_than(periods: Periods, limit_us: int) -> Periods:
    """Only the intervals that last longer than ``limit_us``."""
    return [(start, end) for start, end in periods if end - start > limit_us]
