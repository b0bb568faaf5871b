"""Authenticators in the database: their secrets sealed, their backup codes as hashes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Role

_SQL = queries.load("sts_hub.second_factors")


@dataclass(frozen=True, slots=True)
class AuthenticatorRow:
    """An authenticator as stored; without `confirmed_at` it does not count yet."""

    secret: bytes
    confirmed_at: datetime | None
    last_step: int
    backup_codes: int


async def of(session: ReadSession, account_id: UUID) -> AuthenticatorRow | None:
    """The account's authenticator, or None."""
    row = await session.row(_SQL.authenticator, account_id)
    return AuthenticatorRow(**row) if row else None


async def begin(session: WriteSession, sealed: bytes) -> bool:
    """Keep the secret of the asker's new authenticator; false where one is confirmed already."""
    return bool(await session.value(_SQL.begin, sealed))


async def use_step(session: WriteSession, account_id: UUID, step: int) -> bool:
    """Use a step up; false where it was used before."""
    return bool(await session.value(_SQL.use_step, account_id, step))


async def use_backup_code(session: WriteSession, account_id: UUID, hashed: bytes) -> bool:
    """Use a backup code up; false where there is none such."""
    return bool(await session.value(_SQL.use_backup_code, account_id, hashed))


async def confirm(session: WriteSession) -> None:
    """From now on the asker's authenticator counts."""
    await session.do(_SQL.confirm)


async def strengthen(session: WriteSession, login: bytes) -> None:
    """The asker's login, by its hash, has shown a second factor."""
    await session.do(_SQL.strengthen, login)


async def set_backup_codes(session: WriteSession, hashes: Sequence[bytes]) -> None:
    """Give the asker these backup codes and no others."""
    await session.do(_SQL.set_backup_codes, hashes)


async def end(session: WriteSession) -> None:
    """Take the asker's authenticator away."""
    await session.do(_SQL.end)


async def reset(session: WriteSession, account_id: UUID) -> bool:
    """Take away what somebody else of the club has set up; false where the asker may not."""
    return bool(await session.value(_SQL.reset, account_id))


async def strong_roles(session: ReadSession, club_id: UUID) -> list[Role]:
    """The roles of which the club asks for a second factor."""
    return [Role(role) for role in await session.value(_SQL.strong_roles, club_id) or ()]


async def set_strong_roles(session: WriteSession, club_id: UUID, roles: Collection[Role]) -> None:
    """Ask these roles for a second factor, and no others."""
    await session.one(_SQL.set_strong_roles, club_id, sorted(set(roles)))
