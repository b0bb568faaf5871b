"""Samples in the database: read only through functions that ask who is asking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import asyncpg
import numpy as np

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession
from sts_hub.samples.values import Ints, Rolled, Series, Values

_SQL = queries.load("sts_hub.samples")

Found = TypeVar("Found")

# PostgreSQL counts from 2000-01-01 UTC.
_EPOCH_US: Final = np.int64(946_684_800_000_000)


Of = dict[UUID, list[Found]]
"""What was found, by athlete: an empty list for whom there is nothing."""


async def worn(
    session: ReadSession, athlete_ids: Sequence[UUID], metric: int, since: datetime, until: datetime
) -> Of[tuple[datetime, datetime]]:
    """When athletes wore any sensor with consent, cut to the times given and to those in which the caller may read the
    metric."""
    rows = await session.rows(_SQL.worn, athlete_ids, since, until, metric)
    return _by_athlete(athlete_ids, rows, lambda row: (row["since"], row["until"]))


async def series(
    session: ReadSession, athlete_ids: Sequence[UUID], metric: int, since: datetime, until: datetime
) -> Of[Series]:
    """Athletes' values of one metric as they were received: 600,000 for a week of a sensor at 1 Hz."""
    rows = await session.rows(_SQL.series, athlete_ids, metric, since, until)
    return _by_athlete(athlete_ids, rows, lambda row: Series(row["sensor"], row["gateway"], _unpacked(row)))


def _by_athlete(
    athlete_ids: Sequence[UUID], rows: Sequence[asyncpg.Record], made: Callable[[asyncpg.Record], Found]
) -> Of[Found]:
    found: Of[Found] = {one: [] for one in athlete_ids}
    for row in rows:
        found[row["athlete"]].append(made(row))
    return found


@dataclass(frozen=True, slots=True)
class Recorded:
    """An activity that a watch recorded, or the part of it that was asked for."""

    activity: UUID
    since: datetime
    until: datetime


async def recorded(
    session: ReadSession, athlete_ids: Sequence[UUID], metric: int, since: datetime, until: datetime
) -> Of[Recorded]:
    """Athletes' activities with consent, cut alike."""
    rows = await session.rows(_SQL.recorded, athlete_ids, since, until, metric)
    return _by_athlete(athlete_ids, rows, lambda row: Recorded(row["activity"], row["since"], row["until"]))


async def recording(
    session: ReadSession, activity_id: UUID, metric: int, since: datetime, until: datetime
) -> Values | None:
    """One metric of an activity, rising in time; None where it tells nothing."""
    row = await session.row(_SQL.recording, activity_id, metric, since, until)
    return None if row is None else _unpacked(row)


def _unpacked(row: asyncpg.Record) -> Values:
    """Columns as the database packs them, the highest byte first."""
    return Values(
        _times(row["t_us"]),
        np.frombuffer(row["value"], ">f8").astype(np.float64),
        np.frombuffer(row["quality"], ">i2").astype(np.int64),
    )


def _times(packed: bytes) -> Ints:
    """Times as PostgreSQL sends them, in µs since 1970."""
    return np.frombuffer(packed, ">i8") + _EPOCH_US


async def level(
    session: ReadSession, athlete_id: UUID, metric: int, since: datetime, until: datetime, level: str
) -> list[Rolled]:
    """The same by a level of time: 130,000 minutes in three months of a sensor that is never taken off."""
    rows = await session.rows(_SQL.level, athlete_id, metric, since, until, level)
    return [
        Rolled(
            row["gateway"],
            row["activity"],
            _times(row["t_us"]),
            np.frombuffer(row["ok"], ">i4").astype(np.int64),
            np.frombuffer(row["worst"], ">i2").astype(np.int64),
            *(np.frombuffer(row[name], ">f8").astype(np.float64) for name in ("total", "low", "high")),
        )
        for row in rows
    ]


async def metrics_told(session: ReadSession, athlete_id: UUID, since: datetime, until: datetime) -> list[int]:
    """Numbers of metrics that there are series of."""
    return [row["metric"] for row in await session.rows(_SQL.metrics_told, athlete_id, since, until)]
