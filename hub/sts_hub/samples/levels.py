"""Long charts: which level of time serves one, and its buckets as one line of points. Pure, on numpy arrays.

A level sums values up without knowing in which spans a reception led; of several gateways and activities that tell of
a bucket, the one with the most usable values is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from sts_hub.samples.thinning import Points, with_gaps
from sts_hub.samples.values import Floats, Ints, Rolled
from sts_protocols.sample import Quality


@dataclass(frozen=True, slots=True)
class Level:
    """A level of time: the table of its buckets and their width."""

    table: str
    bucket: timedelta

    @property
    def bucket_us(self) -> int:
        """Its width, µs."""
        return self.bucket // timedelta(microseconds=1)


MINUTES: Final = Level("sample_1m", timedelta(minutes=1))
HOURS: Final = Level("sample_1h", timedelta(hours=1))

# A sensor at 1 Hz makes 600,000 values in a week, which are read, merged and thinned in about a second.
LONGEST_OF_SAMPLES: Final = timedelta(days=7)
# Two seasons, as long as samples are kept.
LONGEST: Final = timedelta(days=731)


def level_of(span: timedelta, pixel: timedelta) -> Level | None:
    """The level that a chart of this length and width of a pixel is drawn from; None: the samples themselves."""
    if span <= LONGEST_OF_SAMPLES:
        return None
    return HOURS if pixel >= HOURS.bucket else MINUTES


@dataclass(frozen=True, slots=True)
class Buckets:
    """Buckets of a level, one for each time, rising. As in `Rolled`."""

    t_us: Ints
    ok: Ints
    worst: Ints
    total: Floats
    low: Floats
    high: Floats


def merged(heard: Sequence[Rolled]) -> Buckets:
    """Each bucket once: as the reception with the most usable values has it."""
    if not heard:
        no_us, none = np.empty(0, np.int64), np.empty(0)
        return Buckets(no_us, no_us, no_us, none, none, none)
    every = Buckets(*(np.concatenate([getattr(one, name) for one in heard]) for name in Buckets.__slots__))
    order = np.lexsort((-every.ok, every.t_us))
    first = order[np.flatnonzero(np.diff(every.t_us[order], prepend=-1))]
    return Buckets(*(getattr(every, name)[first] for name in Buckets.__slots__))


def line(buckets: Buckets, level: Level, since_us: int, pixel_us: int, rhythmic: bool) -> Points:
    """One point for each pixel that has a bucket: the mean of its usable values and their extremes. A pixel with no
    usable value says why by its quality; a bucket without any value is a gap where the metric has a rhythm."""
    pixel = np.maximum(buckets.t_us - since_us, 0) // pixel_us
    first = np.flatnonzero(np.diff(pixel, prepend=-1))
    if not first.size:
        return Points(buckets.t_us, buckets.total, buckets.low, buckets.high, buckets.worst)
    ok = np.add.reduceat(buckets.ok, first)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(ok > 0, np.round(np.add.reduceat(buckets.total, first) / ok, 3), np.nan)
    low, high = np.fmin.reduceat(buckets.low, first), np.fmax.reduceat(buckets.high, first)
    quality = np.where(ok > 0, Quality.OK, np.maximum.reduceat(buckets.worst, first))
    points = Points(buckets.t_us[first], np.clip(mean, low, high), low, high, quality)
    if not rhythmic:
        return points
    last = np.append(first[1:], buckets.t_us.size) - 1
    silent = np.flatnonzero(buckets.t_us[first[1:]] - buckets.t_us[last[:-1]] > level.bucket_us) + 1
    return with_gaps(points, silent, buckets.t_us[last[silent - 1]] + level.bucket_us)


def coverage(buckets: Buckets, interval_us: int, level: Level, worn_us: int) -> float:
    """The part of the time worn that usable values cover, 0 to 1: each stands for one interval, and all of a bucket
    for no more than the bucket."""
    covered_us = np.minimum(buckets.ok * interval_us, level.bucket_us).sum()
    return round(min(1.0, float(covered_us) / worn_us), 4) if worn_us else 0.0
