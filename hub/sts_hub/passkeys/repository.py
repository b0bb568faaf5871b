"""Passkeys in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.passkeys")


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey of the asker."""

    id: UUID
    name: str
    synced: bool
    created_at: datetime
    last_used_at: datetime | None
    credential_id: bytes


@dataclass(frozen=True, slots=True)
class BroughtRow:
    """What a signature is checked against."""

    id: UUID
    account_id: UUID
    public_key: bytes
    sign_count: int
    synced: bool


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What an authenticator has told of a passkey that it made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool


async def mine(session: ReadSession) -> list[PasskeyRow]:
    """The asker's passkeys, the oldest first."""
    return [PasskeyRow(**row) for row in await session.rows(_SQL.mine)]


async def add(session: WriteSession, account_id: UUID, name: str, new: NewPasskey) -> PasskeyRow:
    """Keep a passkey of the asker."""
    row = await session.one(
        _SQL.add, account_id, name, new.credential_id, new.public_key, new.sign_count, new.synced
    )
    return PasskeyRow(**row)


async def rename(session: WriteSession, passkey_id: UUID, name: str) -> PasskeyRow | None:
    """Give a passkey of the asker another name; None where there is none such."""
    row = await session.row(_SQL.rename, passkey_id, name)
    return PasskeyRow(**row) if row else None


async def remove(session: WriteSession, passkey_id: UUID) -> bool:
    """Remove a passkey of the asker; false where there is none such."""
    return await session.value(_SQL.remove, passkey_id) is not None


async def strengthen(session: WriteSession, login: bytes) -> None:
    """The asker's login, by its hash, has shown a passkey."""
    await session.do(_SQL.strengthen, login)


async def brought(session: ReadSession, credential_id: bytes) -> BroughtRow | None:
    """The passkey of this id, of whoever can sign in, or None."""
    row = await session.row(_SQL.brought, credential_id)
    return BroughtRow(**row) if row else None


async def used(session: WriteSession, passkey_id: UUID, sign_count: int) -> bool:
    """Note a use; false where its count was told before."""
    return bool(await session.value(_SQL.used, passkey_id, sign_count))
