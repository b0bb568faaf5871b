"""Who of a provider is which account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.providers")


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """A person of a provider that is the asker."""

    id: UUID
    issuer: str
    linked_at: datetime
    last_used_at: datetime | None


async def enter(session: WriteSession, issuer: str, subject: str, email: str | None) -> UUID | None:
    """The account of this person, tied to it now where its e-mail is known; None where there is none that can sign in."""
    found: UUID | None = await session.value(_SQL.enter, issuer, subject, email)
    return found


async def join(
    session: WriteSession, issuer: str, subject: str, email: str, name: str, hashed: str
) -> UUID | None:
    """A new account of this person by the newest invitation that was sent to the e-mail; None without one."""
    made: UUID | None = await session.value(_SQL.join, issuer, subject, email, name, hashed)
    return made


async def login_way(session: ReadSession, login: bytes) -> str:
    """How this login was proved."""
    return str(await session.value(_SQL.login_way, login))


async def mine(session: ReadSession) -> list[IdentityRow]:
    """The asker's identities, the oldest first."""
    return [IdentityRow(**row) for row in await session.rows(_SQL.mine)]


async def remove(session: WriteSession, identity_id: UUID) -> bool:
    """Untie an identity of the asker; false where there is none such."""
    return await session.value(_SQL.remove, identity_id) is not None
