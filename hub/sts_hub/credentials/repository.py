"""One's own logins and tokens in the database; of both only hashes are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Scope

_SQL = queries.load("sts_hub.credentials")


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A login as stored."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    agent: str
    this: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as stored."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


async def logins(session: ReadSession, asking: bytes) -> list[LoginRow]:
    """The asker's logins; `asking` is the hash of the one that asks."""
    return [LoginRow(**row) for row in await session.rows(_SQL.logins, asking)]


async def end_login(session: WriteSession, login_id: UUID) -> bool:
    """End a login of the asker; false where there is none."""
    return bool(await session.value(_SQL.end_login, login_id))


async def tokens(session: ReadSession) -> list[TokenRow]:
    """The asker's tokens."""
    return [TokenRow(**row) for row in await session.rows(_SQL.tokens)]


async def add_token(
    session: WriteSession,
    account_id: UUID,
    name: str,
    hashed: bytes,
    scopes: Sequence[Scope],
    lasts: timedelta,
) -> TokenRow:
    """Keep the hash of a new token."""
    words = sorted(set(map(str, scopes)))
    return TokenRow(**await session.one(_SQL.add_token, account_id, name, hashed, words, lasts))


async def remove_token(session: WriteSession, token_id: UUID) -> bool:
    """End a token of the asker; false where there is none."""
    return await session.value(_SQL.remove_token, token_id) is not None
