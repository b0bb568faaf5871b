"""Values in columns, as charts and files tell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Values:
    """Values with their times (µs since 1970) and qualities by number, in columns of equal length."""

    t_us: Ints
    value: Floats
    quality: Ints

    def only(self, chosen: NDArray[Any]) -> Values:
        """Those of a mask, or in the order of an index."""
        return Values(self.t_us[chosen], self.value[chosen], self.quality[chosen])


@dataclass(frozen=True, slots=True)
class Series:
    """What one gateway heard of a sensor in one of its epochs; rising in time, never empty."""

    sensor: int
    gateway: str
    values: Values


@dataclass(frozen=True, slots=True)
class Rolled:
    """What one gateway heard of a sensor, or an activity's file tells, summed up in buckets of a level of time.

    Columns of equal length, rising in time, never empty. ok: how many values were fit to be summed; total, low and
    high are over these (low and high NaN without any); worst: the highest quality number of all values.
    """

    gateway: str
    activity: UUID | None
    t_us: Ints
    ok: Ints
    worst: Ints
    total: Floats
    low: Floats
    high: Floats
