"""Invitations in the database; of a code only the hash is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Role, Thing

_SQL = queries.load("sts_hub.invitations")
CLUB_OF = _SQL.club_of


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as stored; `asks` is JSON, `athlete_team` the team of the athlete whom it is about."""

    id: UUID
    club_id: UUID
    role: Role
    team_id: UUID | None
    since: datetime | None
    until: datetime | None
    athlete_id: UUID | None
    athlete_team: UUID | None
    email: str | None
    asks: str
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: UUID | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return thing(self.club_id, self.role, self.athlete_team)


def thing(club_id: UUID, role: str, athlete_team: UUID | None) -> Thing:
    """An invitation as the policy sees it: one that makes an admin or director is as good as making that account."""
    if role in (Role.ADMIN, Role.DIRECTOR):
        return Thing(Kind.ACCOUNT, club_id)
    return Thing(Kind.INVITATION, club_id, athlete_team)


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """What the holder of a code is invited to."""

    id: UUID
    club_id: UUID
    club: str
    role: Role
    team: str | None
    athlete_id: UUID | None
    athlete: str | None
    since: datetime | None
    until: datetime | None
    email: str | None
    asks: str
    expires_at: datetime
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class New:
    """An invitation to keep."""

    role: Role
    team_id: UUID | None
    since: datetime | None
    until: datetime | None
    athlete_id: UUID | None
    email: str | None
    asks: str


async def page(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[InvitationRow]:
    """Up to `limit` + 1 invitations before the (made_at, id) given, newest first."""
    return [InvitationRow(**row) for row in await session.rows(_SQL.page, *after, limit + 1)]


async def by_id(session: ReadSession, invitation_id: UUID) -> InvitationRow | None:
    """The invitation, or None."""
    row = await session.row(_SQL.by_id, invitation_id)
    return InvitationRow(**row) if row else None


async def add(
    session: WriteSession, club_id: UUID, new: New, hashed: bytes, made_by: UUID, lasts: timedelta
) -> UUID:
    """Keep an invitation with the hash of its code."""
    row = await session.one(
        _SQL.add,
        club_id,
        str(new.role),
        new.team_id,
        new.since,
        new.until,
        new.athlete_id,
        new.email,
        new.asks,
        hashed,
        made_by,
        lasts,
    )
    return UUID(str(row["id"]))


async def remove(session: WriteSession, invitation_id: UUID) -> None:
    """Revoke an invitation, or forget one."""
    await session.do(_SQL.remove, invitation_id)


async def of_code(session: ReadSession, hashed: bytes) -> InvitedRow | None:
    """What the holder of a code is invited to, also when it has ended; None for a code that never was one."""
    row = await session.row(_SQL.of_code, hashed)
    return InvitedRow(**row) if row else None


async def texts_of(session: ReadSession, hashed: bytes) -> list[dict[str, Any]]:
    """What the consents say that an invitation asks for: purpose, version, and the texts as JSON."""
    return [dict(row) for row in await session.rows(_SQL.texts, hashed)]


async def join(
    session: WriteSession, hashed: bytes, email: str, name: str, password_hash: str
) -> UUID | None:
    """A new account by an invitation; None when that has ended meanwhile."""
    made: UUID | None = await session.value(_SQL.join, hashed, email, name, password_hash)
    return made


async def join_beside(session: WriteSession, hashed: bytes, email: str) -> UUID | None:
    """A second account of the asker by an invitation, with the same name and password; None when that has ended meanwhile."""
    made: UUID | None = await session.value(_SQL.join_beside, hashed, email)
    return made


async def accept(session: WriteSession, hashed: bytes) -> bool:
    """The asker's account takes what it is invited to; False when that has ended, or the account does not fit."""
    return bool(await session.value(_SQL.accept, hashed))
