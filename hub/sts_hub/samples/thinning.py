"""From buckets of several receptions to one line of points: pure, on numpy arrays.

When two gateways hear one sensor, each reception is a series of its own with nearly the same values at nearly
the same times. Drawn together they would show every beat twice, so for each stretch of time the reception
that heard most is taken, whole.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sts_hub.samples.repository import Buckets, Floats, Ints
from sts_protocols.sample import Quality

# A stretch is long beside what two gateways' clocks differ (tens of ms), so a border cuts at most one value
# in hundreds, and short beside a walk across the pitch, after which the other gateway hears better.
STRETCH_US = 10_000_000


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a line, rising in time; NaN in `value` and -1 in `quality` mark a gap."""

    t_us: Ints
    value: Floats
    low: Floats
    high: Floats
    quality: Ints


def best_reception(buckets: Buckets, width_us: int) -> Buckets:
    """In each stretch of time, only the reception with most values of quality ok (then most values, then
    the first)."""
    receptions = np.unique(buckets.series)
    if receptions.size < 2:
        return buckets
    stretch_us = width_us * -(-STRETCH_US // width_us)
    start = int(buckets.bucket_us.min())
    stretch = (buckets.bucket_us - start) // stretch_us
    column = np.searchsorted(receptions, buckets.series)
    heard = np.zeros((int(stretch.max()) + 1, receptions.size))
    # An ok value outweighs any number of others: no stretch holds a million.
    weight = np.where(buckets.quality == Quality.OK, 1e6, 1.0) * buckets.n
    np.add.at(heard, (stretch, column), weight)
    return buckets.only(heard.argmax(axis=1)[stretch] == column)


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
