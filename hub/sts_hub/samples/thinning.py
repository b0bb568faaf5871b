"""From buckets of several receptions to one line of points: pure, on numpy arrays.

When two gateways hear one sensor, each reception is a series of its own with nearly the same values at nearly
the same times; drawn together they would show every beat twice. Where a bucket holds several values they are
pooled: the extremes of both are the extremes of the sensor. Where a bucket holds one value at most, in each
stretch of time the reception that heard most is taken, and the others fill in where it was deaf.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sts_hub.samples.repository import Buckets, Floats, Ints
from sts_protocols.sample import Quality

# Long beside what two gateways' clocks differ; short beside a walk across the pitch, after which the other one
# hears better.
STRETCH_US = 10_000_000

# Before and after every time there is.
_FAR = np.int64(2**61)


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a line, rising in time; NaN in `value` and -1 in `quality` mark a gap."""

    t_us: Ints
    value: Floats
    low: Floats
    high: Floats
    quality: Ints


def merged(buckets: Buckets, width_us: int, apart_us: int) -> Buckets:
    """One entry for each bucket and quality. Values of one sensor are at least `apart_us` from each other."""
    if np.unique(buckets.series).size < 2:
        return buckets
    return _pooled(buckets) if width_us >= apart_us else _filled(in_time(buckets), apart_us)


def _pooled(buckets: Buckets) -> Buckets:
    """Entries of the same bucket and quality made one; their extremes are kept."""
    keys = np.stack((buckets.bucket_us, buckets.quality))
    _, first, group = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    group = group.ravel()
    pooled = buckets.only(first)
    for name, gather in _POOLED.items():
        gather(getattr(pooled, name), group, getattr(buckets, name), first)
    return pooled


def _sum(into: Floats, group: Ints, values: Floats, first: Ints) -> None:
    into[:] = 0
    np.add.at(into, group, values)


def _low(into: Floats, group: Ints, values: Floats, first: Ints) -> None:
    np.minimum.at(into, group, values)


def _high(into: Floats, group: Ints, values: Floats, first: Ints) -> None:
    np.maximum.at(into, group, values)


_POOLED = {"low": _low, "high": _high, "first_us": _low, "last_us": _high, "total": _sum, "n": _sum}


def _filled(buckets: Buckets, apart_us: int) -> Buckets:
    """The best reception of each stretch, and of the others what lies apart from everything taken before."""
    rank = _rank(buckets)
    taken = _once(buckets, rank == 0, apart_us)
    for order in range(1, int(rank.max()) + 1):
        candidates = np.flatnonzero(rank == order)
        taken[candidates[_lies_apart(buckets, taken, candidates, apart_us)]] = True
        taken = _once(buckets, taken, apart_us)
    return buckets.only(taken)


def _rank(buckets: Buckets) -> Ints:
    """For each entry, how its reception stands in its stretch: 0 heard most values of quality ok."""
    receptions, column = np.unique(buckets.series, return_inverse=True)
    stretch = (buckets.first_us - int(buckets.first_us.min())) // STRETCH_US
    _, row = np.unique(stretch, return_inverse=True)
    heard = np.zeros((int(row.max()) + 1, receptions.size))
    # An ok value outweighs any number of others: no stretch holds a million.
    np.add.at(heard, (row, column), np.where(buckets.quality == Quality.OK, 1e6, 1.0) * buckets.n)
    ranks: Ints = np.argsort(np.argsort(-heard, axis=1, kind="stable"), axis=1)
    return ranks[row, column]


def _once(buckets: Buckets, taken: NDArray[np.bool_], apart_us: int) -> NDArray[np.bool_]:
    """Without what, where the reception changes, the next one heard again a little later."""
    places = np.flatnonzero(taken)
    series, first = buckets.series[places], buckets.first_us[places]
    turns = np.flatnonzero(np.diff(series)) + 1
    run = np.searchsorted(turns, np.arange(places.size), side="right")
    before = np.concatenate(([-_FAR], buckets.last_us[places][turns - 1]))[run]
    once = taken.copy()
    once[places[first - before < apart_us]] = False
    return once


def _lies_apart(
    buckets: Buckets, taken: NDArray[np.bool_], candidates: NDArray[np.intp], apart_us: int
) -> NDArray[np.bool_]:
    known = np.sort(buckets.first_us[taken])
    first, last = buckets.first_us[candidates], buckets.last_us[candidates]
    after = np.searchsorted(known, first)
    behind = np.concatenate(([-_FAR], known))[after]
    ahead = np.concatenate((known, [_FAR]))[after]
    apart: NDArray[np.bool_] = (first - behind >= apart_us) & (ahead - last >= apart_us)
    return apart


def in_time(buckets: Buckets) -> Buckets:
    """The same, rising in time."""
    order: NDArray[np.intp] = np.lexsort((buckets.quality, buckets.last_us, buckets.first_us))
    return buckets.only(order)


def line(buckets: Buckets, longest_pause_us: int | None) -> Points:
    """The points of buckets that rise in time; a pause longer than that becomes a gap (None: no rhythm, no
    gaps)."""
    mean = np.where(buckets.n > 1, np.round(buckets.total / np.maximum(buckets.n, 1), 3), buckets.total)
    points = Points(
        buckets.first_us,
        np.clip(mean, buckets.low, buckets.high),
        buckets.low,
        buckets.high,
        buckets.quality,
    )
    if longest_pause_us is None or buckets.n.size < 2:
        return points
    heard_until = np.maximum.accumulate(buckets.last_us)[:-1]
    before = np.flatnonzero(buckets.first_us[1:] - heard_until > longest_pause_us) + 1
    return _with_gaps(points, before, heard_until[before - 1] + longest_pause_us // 2)


def _with_gaps(points: Points, before: Ints, at_us: Ints) -> Points:
    return Points(
        np.insert(points.t_us, before, at_us),
        np.insert(points.value, before, np.nan),
        np.insert(points.low, before, np.nan),
        np.insert(points.high, before, np.nan),
        np.insert(points.quality, before, -1),
    )
