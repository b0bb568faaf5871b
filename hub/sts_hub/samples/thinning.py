"""From values to one line of points, thinned without losing an extreme: pure, on numpy arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sts_hub.samples.values import Floats, Ints, Values


@dataclass(frozen=True, slots=True)
class Buckets:
    """Values summed up: one entry per bucket of time and quality, rising in time. Times are µs since 1970."""

    quality: Ints
    first_us: Ints
    last_us: Ints
    low: Floats
    high: Floats
    total: Floats
    n: Ints


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a line, rising in time; NaN in `value` and -1 in `quality` mark a gap."""

    t_us: Ints
    value: Floats
    low: Floats
    high: Floats
    quality: Ints


def buckets(values: Values, since_us: int, width_us: int) -> Buckets:
    """Values that rise in time, in buckets of `width_us` from `since_us` on."""
    place = (values.t_us - since_us) // width_us
    if np.diff(values.quality).any():  # else they are in order: all of a bucket beside each other
        order: NDArray[np.intp] = np.lexsort((values.quality, place))
        place, values = place[order], values.only(order)
    first = np.flatnonzero(np.diff(place, prepend=-1) | np.diff(values.quality, prepend=-1))
    if not first.size:
        no_us, none = values.t_us, values.value
        return Buckets(values.quality, no_us, no_us, none, none, none, no_us)
    last = np.append(first[1:], place.size) - 1
    summed = Buckets(
        values.quality[first],
        values.t_us[first],
        values.t_us[last],
        np.minimum.reduceat(values.value, first),
        np.maximum.reduceat(values.value, first),
        np.add.reduceat(values.value, first),
        last - first + 1,
    )
    return _in_time(summed)


def _in_time(buckets: Buckets) -> Buckets:
    order: NDArray[np.intp] = np.lexsort((buckets.quality, buckets.last_us, buckets.first_us))
    return Buckets(*(getattr(buckets, name)[order] for name in Buckets.__slots__))


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
    return with_gaps(points, before, heard_until[before - 1] + longest_pause_us // 2)


def with_gaps(points: Points, before: Ints, at_us: Ints) -> Points:
    """The points with a gap at each of these times, before the points of these places."""
    return Points(
        np.insert(points.t_us, before, at_us),
        np.insert(points.value, before, np.nan),
        np.insert(points.low, before, np.nan),
        np.insert(points.high, before, np.nan),
        np.insert(points.quality, before, -1),
    )
