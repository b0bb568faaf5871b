"""Grants in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.grants")


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant as stored, with when it ends and the names that it is about; None where the database tells none."""

    id: UUID
    athlete_id: UUID
    to_club_id: UUID
    to_account_id: UUID | None
    metrics: list[int]
    since: datetime
    until: datetime | None
    ends_at: datetime | None
    given_by: Literal["athlete", "guardian"]
    given_at: datetime
    athlete: str | None
    from_club: str | None
    to_club: str | None
    to_name: str | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on: a thing of whoever it was given to."""
        kind = Kind.SHARED if self.to_account_id is None else Kind.ENTRUSTED
        return Thing(kind, self.to_club_id, owner=self.to_account_id)


async def page(session: ReadSession, athlete_id: UUID, after: tuple[Any, ...], limit: int) -> list[GrantRow]:
    """Up to `limit` + 1 grants of an athlete behind the (given_at, id) given, the newest first."""
    return [GrantRow(**row) for row in await session.rows(_SQL.page, athlete_id, *after, limit + 1)]


async def given_to(session: ReadSession, club_id: UUID, after: tuple[Any, ...], limit: int) -> list[GrantRow]:
    """Up to `limit` + 1 grants to a club or its people that have not ended, behind the (name, id) given."""
    return [GrantRow(**row) for row in await session.rows(_SQL.given_to, club_id, *after, limit + 1)]


async def of_athlete(session: ReadSession, athlete_id: UUID, grant_id: UUID) -> GrantRow | None:
    """The grant of this athlete, or None."""
    row = await session.row(_SQL.of_athlete, athlete_id, grant_id)
    return GrantRow(**row) if row else None


async def given(session: ReadSession, club_id: UUID, grant_id: UUID) -> GrantRow | None:
    """The grant to this club or to somebody of it, or None."""
    row = await session.row(_SQL.given, club_id, grant_id)
    return GrantRow(**row) if row else None


async def grantee(
    session: ReadSession, club_id: UUID | None, account_id: UUID | None
) -> tuple[UUID, UUID | None] | None:
    """The club, or the trainer's club and account; None where there is no such one."""
    row = await session.row(_SQL.grantee, club_id, account_id)
    return None if row is None else (row["club_id"], row["account_id"])


async def add(
    session: WriteSession,
    athlete_id: UUID,
    to: tuple[UUID, UUID | None],
    metrics: Sequence[int],
    during: tuple[datetime, datetime | None],
    ends_at: datetime | None,
    given_by: str,
) -> UUID:
    """Add a grant; its id."""
    row = await session.one(_SQL.add, athlete_id, *to, list(metrics), *during, ends_at, given_by)
    made: UUID = row["id"]
    return made


async def end(session: WriteSession, grant_id: UUID, at: datetime) -> None:
    """Set when a grant ends."""
    await session.one(_SQL.end, grant_id, at)
