"""What overviews are made of, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession

_SQL: Final = queries.load("sts_hub.overviews")


class Held(NamedTuple):
    """A session that has ended. there: how many of the team."""

    kind: str
    started_at: datetime
    there: int


class Covered(NamedTuple):
    """How much of a session had heart rates of an athlete; None where nothing could be said."""

    athlete_id: UUID
    started_at: datetime
    percent: float | None


class Felt(NamedTuple):
    """How an athlete woke up on a day, 1 to 5; None for a form without an answer."""

    athlete_id: UUID
    day: date
    feeling: float | None


class Away(NamedTuple):
    """An absence; without a last day it lasts."""

    athlete_id: UUID
    first_day: date
    last_day: date | None
    reason: str


async def sessions(
    session: ReadSession, team_id: UUID, athlete_ids: Sequence[UUID], since: datetime, until: datetime
) -> list[Held]:
    """The sessions of a team that began from `since` up to before `until` and have ended."""
    rows = await session.rows(_SQL.sessions, team_id, list(athlete_ids), since, until)
    return [Held(**row) for row in rows]


async def coverages(
    session: ReadSession, team_id: UUID, athlete_ids: Sequence[UUID], since: datetime, until: datetime
) -> list[Covered]:
    """Of the same sessions, of each athlete whose numbers are worked out."""
    rows = await session.rows(_SQL.coverages, team_id, list(athlete_ids), since, until)
    return [Covered(**row) for row in rows]


async def feelings(session: ReadSession, athlete_ids: Sequence[UUID], first: date, last: date) -> list[Felt]:
    """The forms of these days."""
    return [Felt(**row) for row in await session.rows(_SQL.feelings, list(athlete_ids), first, last)]


async def absences(session: ReadSession, athlete_ids: Sequence[UUID], first: date, last: date) -> list[Away]:
    """The absences that hold on any of these days."""
    return [Away(**row) for row in await session.rows(_SQL.absences, list(athlete_ids), first, last)]
