"""Webhooks in the database. Their secrets are written here, sealed, and never read but to seal those that lie open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.webhooks")


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook as stored."""

    id: UUID
    club_id: UUID
    name: str
    url: str
    events: list[str]
    old_until: datetime | None
    made_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_why: str | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.WEBHOOK, self.club_id)


@dataclass(frozen=True, slots=True)
class Ended:
    """A webhook that has just been disabled, and the addresses of its club's admins."""

    name: str
    admins: list[str]


async def page(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[WebhookRow]:
    """Up to `limit` + 1 webhooks behind the (made_at, id) given."""
    return [WebhookRow(**row) for row in await session.rows(_SQL.page, *after, limit + 1)]


async def by_id(session: ReadSession, webhook_id: UUID) -> WebhookRow | None:
    """The webhook, or None."""
    row = await session.row(_SQL.by_id, webhook_id)
    return WebhookRow(**row) if row else None


async def add(
    session: WriteSession,
    webhook_id: UUID,
    club_id: UUID,
    name: str,
    url: str,
    events: Sequence[str],
    sealed: bytes,
) -> WebhookRow:
    """Add a webhook with its sealed secret."""
    added = await session.one(_SQL.add, webhook_id, club_id, name, url, sorted(set(events)), sealed)
    return WebhookRow(**added)


async def change(
    session: WriteSession, webhook_id: UUID, name: str, url: str, events: Sequence[str], enabled: bool
) -> WebhookRow:
    """Change a webhook."""
    changed = await session.one(_SQL.change, webhook_id, name, url, sorted(set(events)), enabled)
    return WebhookRow(**changed)


async def rotate(session: WriteSession, webhook_id: UUID, sealed: bytes, overlap: timedelta) -> datetime:
    """Give it a new sealed secret; until when the old one signs along."""
    until: datetime = await session.value(_SQL.rotate, webhook_id, sealed, overlap)
    return until


async def lying_open(session: WriteSession) -> list[tuple[UUID, bytes, bytes | None]]:
    """Id, secret and old secret of each that was not sealed yet, of all clubs; nobody else seals them meanwhile."""
    return [tuple(row) for row in await session.rows(_SQL.lying_open)]


async def seal(session: WriteSession, webhook_id: UUID, sealed: bytes, sealed_old: bytes | None) -> None:
    """Keep the secrets of one that lay open sealed."""
    await session.do(_SQL.seal, webhook_id, sealed, sealed_old)


async def remove(session: WriteSession, webhook_id: UUID) -> None:
    """Remove a webhook with its deliveries."""
    await session.do(_SQL.remove, webhook_id)


async def settle(
    session: WriteSession, webhook_id: UUID | None, reason: str | None, gone: bool, patience: timedelta
) -> Ended | None:
    """Note whether an event arrived (`reason` None); what was disabled by that."""
    row = await session.row(_SQL.settle, webhook_id, reason, gone, patience)
    return Ended(**row) if row else None
