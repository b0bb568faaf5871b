"""Assignments in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.assignments")


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment as stored, with the team and account of its athlete where the caller sees the athlete."""

    id: UUID
    club_id: UUID
    sensor_id: int
    athlete_id: UUID
    since: datetime
    until: datetime | None
    team_id: UUID | None
    account_id: UUID | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.ASSIGNMENT, self.club_id, self.team_id, self.account_id, self.athlete_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which assignments of a list are meant; None means all."""

    sensor_id: int | None
    athlete_id: UUID | None
    at: datetime | None


async def page(
    session: ReadSession, wanted: Wanted, after: tuple[Any, ...], limit: int
) -> list[AssignmentRow]:
    """Up to `limit` + 1 assignments behind the (since, id) given, newest first."""
    rows = await session.rows(_SQL.page, wanted.sensor_id, wanted.athlete_id, wanted.at, *after, limit + 1)
    return [AssignmentRow(**row) for row in rows]


async def by_id(session: ReadSession, assignment_id: UUID) -> AssignmentRow | None:
    """The assignment, or None."""
    row = await session.row(_SQL.by_id, assignment_id)
    return AssignmentRow(**row) if row else None


async def add(
    session: WriteSession,
    club_id: UUID,
    sensor_id: int,
    athlete_id: UUID,
    since: datetime,
    until: datetime | None,
) -> UUID:
    """Add an assignment; the constraint `assignment_one_wearer` refuses an overlap."""
    row = await session.one(_SQL.add, club_id, sensor_id, athlete_id, since, until)
    return UUID(str(row["id"]))


async def change(
    session: WriteSession, assignment_id: UUID, athlete_id: UUID, since: datetime, until: datetime | None
) -> None:
    """Change wearer and time."""
    await session.one(_SQL.change, assignment_id, athlete_id, since, until)


async def remove(session: WriteSession, assignment_id: UUID) -> None:
    """Remove an assignment that never was."""
    await session.do(_SQL.remove, assignment_id)


async def overlapping(
    session: ReadSession, sensor_id: int, since: datetime, until: datetime | None, but: UUID | None = None
) -> list[AssignmentRow]:
    """The assignments of a sensor in a time, as far as the caller sees them."""
    rows = await session.rows(_SQL.overlapping, sensor_id, since, until, but)
    return [AssignmentRow(**row) for row in rows]


async def of_kind(session: ReadSession, athlete_id: UUID, kind: str, at: datetime) -> list[AssignmentRow]:
    """What an athlete wears of one kind at a time."""
    return [AssignmentRow(**row) for row in await session.rows(_SQL.of_kind, athlete_id, kind, at)]


@dataclass(frozen=True, slots=True)
class HeardRow:
    """What is known of a device that a gateway hears; without an id it is not registered."""

    address: str
    sensor_id: int | None
    label: str | None
    worn: bool
    last_athlete: UUID | None


async def heard(session: ReadSession, addresses: Sequence[str]) -> dict[str, HeardRow]:
    """What is known of the devices of these addresses."""
    return {row["address"]: HeardRow(**row) for row in await session.rows(_SQL.unworn, addresses)}
