"""Ratings, wellness forms and absences in the database."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.wellbeing")
_FEELINGS = ("sleep_h", "sleep", "fatigue", "soreness", "stress", "mood", "notes")
_ABSENCE = ("first_day", "last_day", "reason", "training", "place", "notes")


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence as stored, with the club, team and account of its athlete."""

    id: UUID
    athlete_id: UUID
    first_day: date
    last_day: date | None
    reason: str
    training: str
    place: str | None
    notes: str
    club_id: UUID
    team_id: UUID
    account_id: UUID | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.WELLBEING, self.club_id, self.team_id, self.account_id, self.athlete_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which absences of a list are meant; None means all."""

    athlete_id: UUID | None
    team_id: UUID | None
    on: date | None


async def consents(session: ReadSession, athlete_id: UUID, at: datetime) -> bool:
    """Whether the athlete agrees to be monitored at that time."""
    return bool(await session.value(_SQL.consents, athlete_id, at))


async def session_ratings(session: ReadSession, session_id: UUID) -> dict[UUID, float]:
    """The ratings of a session, by athlete."""
    return {row["athlete_id"]: row["rating"] for row in await session.rows(_SQL.session_ratings, session_id)}


async def ratings(
    session: ReadSession, athlete_id: UUID, after: tuple[Any, ...], limit: int
) -> list[asyncpg.Record]:
    """Up to `limit` + 1 ratings behind the (rated_at, session_id) given, newest first."""
    return await session.rows(_SQL.ratings, athlete_id, *after, limit + 1)


async def rate(
    session: WriteSession, session_id: UUID, athlete_id: UUID, rating: float, by: UUID
) -> asyncpg.Record:
    """Note a rating."""
    return await session.one(_SQL.rate, session_id, athlete_id, rating, by)


async def wellness(
    session: ReadSession, athlete_id: UUID, before: date | None, limit: int
) -> list[asyncpg.Record]:
    """Up to `limit` + 1 forms before a day, newest first."""
    return await session.rows(_SQL.wellness, athlete_id, before, limit + 1)


async def say(
    session: WriteSession, athlete_id: UUID, day: date, fields: dict[str, Any], by: UUID
) -> asyncpg.Record:
    """Keep the form of a day."""
    return await session.one(_SQL.say, athlete_id, day, *(fields[name] for name in _FEELINGS), by)


async def absences(
    session: ReadSession, wanted: Wanted, after: tuple[Any, ...], limit: int
) -> list[AbsenceRow]:
    """Up to `limit` + 1 absences behind the (first_day, id) given, newest first."""
    rows = await session.rows(_SQL.absences, wanted.athlete_id, wanted.team_id, wanted.on, *after, limit + 1)
    return [AbsenceRow(**row) for row in rows]


async def absence_by_id(session: ReadSession, athlete_id: UUID, absence_id: UUID) -> AbsenceRow | None:
    """The absence of this athlete, or None."""
    row = await session.row(_SQL.absence_by_id, absence_id, athlete_id)
    return AbsenceRow(**row) if row else None


async def add_absence(session: WriteSession, athlete_id: UUID, fields: dict[str, Any], by: UUID) -> UUID:
    """Note an absence."""
    row = await session.one(_SQL.add_absence, athlete_id, *(fields[name] for name in _ABSENCE), by)
    return UUID(str(row["id"]))


async def change_absence(session: WriteSession, row: AbsenceRow, fields: dict[str, Any]) -> None:
    """Change what is named in `fields`."""
    after = asdict(row) | fields
    await session.one(_SQL.change_absence, row.id, *(after[name] for name in _ABSENCE))


async def remove_absence(session: WriteSession, absence_id: UUID) -> None:
    """Remove an absence that never was."""
    await session.do(_SQL.remove_absence, absence_id)
