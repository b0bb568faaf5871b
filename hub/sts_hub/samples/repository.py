"""Samples in the database: read only through functions that ask who is asking."""

from dataclasses import dataclass
from datetime import datetime
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
class Values:
    """Values with their times (µs since 1970) and qualities by number, in columns of equal length."""

    t_us: Ints
    value: Floats
    quality: Ints

    def only(self, chosen: NDArray[Any]) -> "Values":
        """Those of a mask, or in the order of an index."""
        return Values(self.t_us[chosen], self.value[chosen], self.quality[chosen])


@dataclass(frozen=True, slots=True)
class Series:
    """What one gateway heard of a sensor in one of its epochs; rising in time, never empty."""

    sensor: int
    gateway: str
    values: Values


async def worn(
    session: ReadSession, athlete_id: UUID, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When the athlete wore any sensor with consent, cut to the times given."""
    rows = await session.rows(_SQL.worn, athlete_id, since, until)
    return [(row["since"], row["until"]) for row in rows]


async def series(
    session: ReadSession, athlete_id: UUID, metric: int, since: datetime, until: datetime
) -> list[Series]:
    """The athlete's values of one metric as they were received: 600,000 for a week of a sensor at 1 Hz."""
    rows = await session.rows(_SQL.series, athlete_id, metric, since, until)
    return [
        Series(
            row["sensor"],
            row["gateway"],
            Values(
                np.frombuffer(row["t_us"], ">i8").astype(np.int64),
                np.frombuffer(row["value"], ">f8").astype(np.float64),
                np.frombuffer(row["quality"], ">i2").astype(np.int64),
            ),
        )
        for row in rows
    ]
