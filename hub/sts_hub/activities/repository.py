"""Activities in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sts_hub.activities.schemas import ActivityFile
from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.samples.values import Values

_SQL = queries.load("sts_hub.activities")


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity as stored."""

    id: UUID
    club_id: UUID
    athlete_id: UUID
    form: str
    since: datetime
    until: datetime
    said: str
    told: int
    stored: int
    withheld: int
    expired: int
    same_as: UUID | None
    difference: float | None
    beside: float | None
    added_by: UUID
    added_at: datetime

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where it stands in lists."""
        return self.since, self.id


@dataclass(frozen=True, slots=True)
class Beside:
    """Another activity of the athlete in the same time."""

    id: UUID
    file_key: str | None
    since: datetime
    until: datetime
    stored: int


@dataclass(frozen=True, slots=True)
class NewActivity:
    """What is stored of a file, beside its values."""

    club_id: UUID
    athlete_id: UUID
    form: str
    sha256: bytes
    file_key: str | None
    since: datetime
    until: datetime
    said: ActivityFile
    told: int
    beside: float | None
    added_by: UUID


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of values."""

    stored: int = 0
    withheld: int = 0
    expired: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.stored + other.stored, self.withheld + other.withheld, self.expired + other.expired
        )


async def page(
    session: ReadSession, athlete_id: UUID, after: tuple[Any, ...], limit: int
) -> list[ActivityRow]:
    """Up to `limit` + 1 activities behind the (since, id) given, newest first."""
    return [ActivityRow(**row) for row in await session.rows(_SQL.page, athlete_id, *after, limit + 1)]


async def by_id(session: ReadSession, athlete_id: UUID, activity_id: UUID) -> ActivityRow | None:
    """The activity of this athlete, or None."""
    row = await session.row(_SQL.by_id, athlete_id, activity_id)
    return ActivityRow(**row) if row else None


async def by_content(session: ReadSession, athlete_id: UUID, sha256: bytes) -> ActivityRow | None:
    """The activity that these very bytes made, or None."""
    row = await session.row(_SQL.by_content, athlete_id, sha256)
    return ActivityRow(**row) if row else None


async def open_days(session: WriteSession, since: datetime, until: datetime) -> None:
    """Make the days of a file ready for its values; to be committed before these come."""
    await session.do(_SQL.open_days, since, until)


async def one_at_a_time(session: WriteSession, athlete_id: UUID) -> None:
    """Wait until nobody else adds to this athlete, up to the end of the transaction."""
    await session.do(_SQL.one_at_a_time, str(athlete_id))


async def add(session: WriteSession, new: NewActivity) -> UUID:
    """Add an activity, without its values."""
    row = await session.one(
        _SQL.add,
        new.club_id,
        new.athlete_id,
        new.form,
        new.sha256,
        new.file_key,
        new.since,
        new.until,
        new.said.model_dump_json(by_alias=False),
        new.told,
        new.beside,
        new.added_by,
    )
    return UUID(str(row["id"]))


async def add_values(session: WriteSession, activity_id: UUID, metric: int, values: Values) -> Counts:
    """Store one metric of an activity just added."""
    row = await session.one(
        _SQL.add_values,
        activity_id,
        metric,
        values.t_us.tolist(),
        values.value.tolist(),
        values.quality.tolist(),
    )
    return Counts(**row)


async def count(session: WriteSession, activity_id: UUID, counts: Counts) -> None:
    """Note what became of the values."""
    await session.do(_SQL.count, activity_id, counts.stored, counts.withheld, counts.expired)


async def in_the_same_time(
    session: ReadSession, athlete_id: UUID, since: datetime, until: datetime
) -> list[Beside]:
    """The athlete's activities that count and share this time."""
    return [Beside(**row) for row in await session.rows(_SQL.in_the_same_time, athlete_id, since, until)]


async def make_same(session: WriteSession, activity_id: UUID, as_id: UUID, difference: float | None) -> None:
    """From now on the first is told by the second."""
    await session.do(_SQL.make_same, activity_id, as_id, difference)


async def remove(session: WriteSession, activity_id: UUID) -> None:
    """Remove an activity with its values."""
    await session.do(_SQL.remove, activity_id)
