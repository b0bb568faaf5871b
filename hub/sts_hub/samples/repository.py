"""Samples in the database: read only through functions that ask who is asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession

_SQL = queries.load("sts_hub.samples")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Buckets:
    """Values summed up: one entry per reception (series), bucket of time and quality. Times are µs since
    1970."""

    series: Ints
    bucket_us: Ints
    quality: Ints
    first_us: Ints
    last_us: Ints
    low: Floats
    high: Floats
    total: Floats
    n: Ints
    covered_us: Ints

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Buckets":
        """The entries of a mask, or in the order of an index."""
        return Buckets(*(getattr(self, name)[chosen] for name in self.__slots__))


async def worn(
    session: ReadSession, athlete_id: UUID, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When the athlete wore any sensor with consent, cut to the times given."""
    rows = await session.rows(_SQL.worn, athlete_id, since, until)
    return [(row["since"], row["until"]) for row in rows]


async def buckets(
    session: ReadSession,
    athlete_id: UUID,
    metric: int,
    since: datetime,
    until: datetime,
    width: timedelta,
    rhythm: tuple[timedelta, timedelta],
) -> Buckets:
    """The values of one metric in buckets of `width` from `since` on.

    rhythm: how long one value stands for time covered, and the longest pause that still counts as covered.
    """
    rows = await session.rows(_SQL.buckets, athlete_id, metric, since, until, width, *rhythm)
    integers = {name: np.array([row[name] for row in rows], np.int64) for name in _INTEGERS}
    floats = {name: np.array([row[name] for row in rows], np.float64) for name in _FLOATS}
    columns: dict[str, Any] = {**integers, **floats}
    return Buckets(**columns)


_INTEGERS = ("series", "bucket_us", "quality", "first_us", "last_us", "n", "covered_us")
_FLOATS = ("low", "high", "total")
