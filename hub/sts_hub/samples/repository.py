"""Samples in the database: read only through functions that ask who is asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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

    def only(self, mask: NDArray[np.bool_]) -> "Buckets":
        """The entries of the mask, or in the order of an index."""
        return Buckets(*(getattr(self, name)[mask] for name in self.__slots__))


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
    columns = list(zip(*rows, strict=True)) or [()] * len(_TYPES)
    return Buckets(*(np.array(column, kind) for column, kind in zip(columns, _TYPES, strict=True)))


_TYPES = (np.int64,) * 5 + (np.float64,) * 3 + (np.int64,) * 2
