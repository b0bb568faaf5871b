"""Accounts in the database. Hashes of passwords are written here and never read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Role, Thing

_SQL = queries.load("sts_hub.accounts")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as stored."""

    id: UUID
    club_id: UUID
    email: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    teams: list[UUID]

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.ACCOUNT, self.club_id, owner=self.id)


async def page(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[AccountRow]:
    """Up to `limit` + 1 accounts behind the (email, id) given."""
    return [AccountRow(**row) for row in await session.rows(_SQL.page, *after, limit + 1)]


async def by_id(session: ReadSession, account_id: UUID) -> AccountRow | None:
    """The account, or None."""
    row = await session.row(_SQL.by_id, account_id)
    return AccountRow(**row) if row else None


async def add(session: WriteSession, club_id: UUID, email: str, name: str, role: Role, hashed: str) -> UUID:
    """Add an account without teams."""
    row = await session.one(_SQL.add, club_id, email, name, str(role), hashed)
    return UUID(str(row["id"]))


async def rename(session: WriteSession, account_id: UUID, name: str) -> None:
    """Give an account another name."""
    await session.do(_SQL.change, account_id, name)


async def change_role(session: WriteSession, account_id: UUID, role: Role) -> None:
    """Give an account another role; the database ends its logins."""
    await session.do(_SQL.change_role, account_id, str(role))


async def change_password(session: WriteSession, account_id: UUID, hashed: str) -> None:
    """Set the hash of a new password; the database ends the account's logins."""
    await session.do(_SQL.change_password, account_id, hashed)


async def change_disabled(session: WriteSession, account_id: UUID, disabled: bool) -> None:
    """Disable an account, which ends its logins, or enable it."""
    await session.do(_SQL.change_disabled, account_id, disabled)


async def set_teams(session: WriteSession, account_id: UUID, club_id: UUID, teams: Collection[UUID]) -> None:
    """Give an account these teams and no others."""
    await session.do(_SQL.clear_teams, account_id, list(set(teams)))
    await session.do(_SQL.add_teams, account_id, list(set(teams)), club_id)


async def other_admins(session: ReadSession, account_id: UUID) -> int:
    """How many other admins of the club can sign in."""
    return int(await session.value(_SQL.admins, account_id))


async def begin_recovery(
    session: WriteSession, account_id: UUID, hashed: bytes, lasts: timedelta
) -> datetime | None:
    """Keep the hash of a one-time code; when it ends, None for an account that cannot sign in."""
    ends: datetime | None = await session.value(_SQL.recovery_begin, hashed, account_id, lasts)
    return ends


async def ask_recovery(session: WriteSession, email: str, hashed: bytes, lasts: timedelta, body: str) -> None:
    """Keep the hash of a code for the account of this e-mail and queue the letter; nothing where there is none."""
    await session.value(_SQL.recovery_ask, email, hashed, lasts, body)


async def take_tries(
    session: WriteSession, keys: Sequence[bytes], limits: Sequence[int], window: timedelta
) -> float:
    """One try more by each key, all or none; how many seconds until they may, 0 where they were counted."""
    return float(await session.value(_SQL.take_tries, keys, limits, window))


async def forgive_tries(session: WriteSession, key: bytes) -> None:
    """Forget the tries of a key."""
    await session.do(_SQL.forgive_tries, key)


async def club(session: WriteSession, name: str) -> UUID:
    """The club of this name, made if it is new; only for the owner of the database."""
    return UUID(str(await session.value(_SQL.club, name)))
