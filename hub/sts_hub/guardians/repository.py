"""Guardians in the database."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.guardians")


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """A guardian of an athlete, and the day that ends it."""

    account_id: UUID
    name: str
    until: date


async def of_athlete(session: ReadSession, athlete_id: UUID) -> list[GuardianRow]:
    """The guardians of an athlete, by name."""
    return [GuardianRow(**row) for row in await session.rows(_SQL.of_athlete, athlete_id)]


async def role_of(session: ReadSession, account_id: UUID) -> str | None:
    """The role of an account; None for one that the caller does not see."""
    role: str | None = await session.value(_SQL.role_of, account_id)
    return role


async def add(session: WriteSession, account_id: UUID, athlete_id: UUID, club_id: UUID) -> None:
    """Have an account stand for an athlete; twice is once."""
    await session.do(_SQL.add, account_id, athlete_id, club_id)


async def remove(session: WriteSession, athlete_id: UUID, account_id: UUID) -> None:
    """Have an account stand for an athlete no more."""
    await session.do(_SQL.remove, athlete_id, account_id)
