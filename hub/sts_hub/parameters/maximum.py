"""Whether an athlete's heart went above the maximum in force, for long enough to be believed. Pure, on numpy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# One odd value of a strap lasts a second or two; a heart holds its maximum longer.
HELD_US: Final = 5_000_000
# Three expected intervals of a strap: after that a value is late, and what was between is not known.
PAUSE_US: Final = 3_000_000


class Maximum(NamedTuple):
    """The highest heart rate held for HELD_US (/min), and when that began, µs since 1970."""

    value: float
    since_us: int


def held(t_us: NDArray[np.int64], heart_rate: NDArray[np.float64], above: float) -> Maximum | None:
    """The highest heart rate that was not undercut for at least HELD_US without a pause; None if it is not above.

    t_us: rising times, µs. heart_rate: values of quality ok, /min. above: the maximum in force, /min.
    """
    ends = np.searchsorted(t_us, t_us + HELD_US)
    pauses = np.concatenate([[0], np.cumsum(np.diff(t_us) > PAUSE_US)])
    starts = np.flatnonzero((heart_rate > above) & (ends < t_us.size))
    found = [
        Maximum(float(heart_rate[start : ends[start] + 1].min()), int(t_us[start]))
        for start in starts.tolist()
        if pauses[ends[start]] == pauses[start]
    ]
    best = max(found, key=lambda one: (one.value, -one.since_us), default=None)
    return best if best is not None and best.value > above else None
