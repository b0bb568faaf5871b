"""Whether two files, or a file and what sensors told, are of one workout. Pure, on numpy arrays.

One athlete has one heart: where both tell heart rates, these decide. Where one tells none, only nearly the same
stretch of time does.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sts_hub.activities.activity import Floats, Ints

# Of the shorter one's time so much must lie within the other's for them to be compared at all.
SHARED: Final = 0.5
# Two devices that listen to one strap differ by 0 or 1 /min; wrist and strap by some more, for a while.
SAME_HEART_RATE: Final = 5.0
# A minute of common seconds: less decides nothing.
COMMON_S: Final = 60
# Without heart rates: begun and ended together, of the longer one's time.
SAME_SPAN: Final = 0.95
# Device clocks are set by satellites or a phone; where they are not, half a minute is a lot.
MOST_SHIFT_S: Final = 30


class Likeness(Enum):
    """What a comparison gave."""

    SAME = "same"
    OTHER = "other"
    CONTRADICTION = "contradiction"


class Side(NamedTuple):
    """One of the two: its span and its heart rates, all in µs since 1970 and /min."""

    since_us: int
    until_us: int
    t_us: Ints
    heart_rate: Floats


class Comparison(NamedTuple):
    """What it gave, and the middle difference of heart rate, /min; None where none could be compared."""

    likeness: Likeness
    difference: float | None


def compared(one: Side, other: Side) -> Comparison:
    """Whether they are the same workout; a contradiction is one body with two heart rates at once."""
    shared_us = min(one.until_us, other.until_us) - max(one.since_us, other.since_us)
    lengths = sorted((one.until_us - one.since_us, other.until_us - other.since_us))
    if shared_us <= 0 or shared_us < SHARED * lengths[0]:
        return Comparison(Likeness.OTHER, None)
    difference = middle_difference(one, other)
    if difference is not None:
        alike = difference <= SAME_HEART_RATE
        return Comparison(Likeness.SAME if alike else Likeness.CONTRADICTION, difference)
    return Comparison(Likeness.SAME if shared_us >= SAME_SPAN * lengths[1] else Likeness.OTHER, None)


def middle_difference(one: Side, other: Side) -> float | None:
    """The median of |difference| over common seconds, at the shift of clocks within half a minute that makes it least."""
    seconds, rates = _by_second(one.t_us, one.heart_rate)
    other_seconds, other_rates = _by_second(other.t_us, other.heart_rate)
    found = [
        float(np.median(np.abs(rates[mine] - other_rates[theirs])))
        for shift in range(-MOST_SHIFT_S, MOST_SHIFT_S + 1)
        for mine, theirs in [_common(seconds, other_seconds + shift)]
        if mine.size >= COMMON_S
    ]
    return min(found, default=None)


def _by_second(t_us: Ints, value: Floats) -> tuple[Ints, Floats]:
    seconds, first = np.unique(t_us // 1_000_000, return_index=True)
    return seconds, value[first]


def _common(one: Ints, other: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    _, mine, theirs = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return mine, theirs
