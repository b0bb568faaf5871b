"""Pushes in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL: Final = queries.load("sts_hub.pushes")


@dataclass(frozen=True, slots=True)
class TargetRow:
    """Where an athlete's workouts go; the key stays in the database."""

    athlete_id: UUID
    service: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class PushRow:
    """A push as stored, without its file."""

    id: UUID
    athlete_id: UUID
    service: str
    since: datetime
    until: datetime
    name: str
    state: str
    tries: int
    reason: str | None
    asked_at: datetime
    ended_at: datetime | None

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where it stands in lists."""
        return self.asked_at, self.id


@dataclass(frozen=True, slots=True)
class Due:
    """A push that is due, lent to one process. `tries`: with this one."""

    id: UUID
    athlete_id: UUID
    service: str
    name: str
    body: bytes
    tries: int
    sealed_key: bytes | None


async def target(session: ReadSession, athlete_id: UUID) -> TargetRow | None:
    """Where the athlete's workouts go, or None."""
    row = await session.row(_SQL.target, athlete_id)
    return TargetRow(**row) if row else None


async def set_target(
    session: WriteSession, athlete_id: UUID, club_id: UUID, service: str, sealed_key: bytes
) -> TargetRow:
    """Say where they go."""
    return TargetRow(**await session.one(_SQL.set_target, athlete_id, club_id, service, sealed_key))


async def remove_target(session: WriteSession, athlete_id: UUID) -> None:
    """Forget it, with the key."""
    await session.do(_SQL.remove_target, athlete_id)


async def page(session: ReadSession, athlete_id: UUID, after: tuple[Any, ...], limit: int) -> list[PushRow]:
    """Up to `limit` + 1 pushes behind the (asked_at, id) given, newest first."""
    return [PushRow(**row) for row in await session.rows(_SQL.page, athlete_id, *after, limit + 1)]


async def add(session: WriteSession, *fields: Any) -> PushRow:
    """Queue one: club, athlete, service, since, until, name, file."""
    return PushRow(**await session.one(_SQL.add, *fields))


async def take(session: WriteSession, lease: timedelta) -> Due | None:
    """The push that is due longest, nobody else's for so long; None where none is due."""
    row = await session.row(_SQL.take, lease)
    return Due(**row) if row else None


async def settle(
    session: WriteSession, push_id: UUID, state: str, reason: str | None, pause: timedelta
) -> None:
    """Note what became of a try."""
    await session.do(_SQL.settle, push_id, state, reason, pause)
