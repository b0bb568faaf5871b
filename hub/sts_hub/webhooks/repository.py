"""Webhooks in the database. Their secrets are written here and never read."""

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
    session: WriteSession, club_id: UUID, name: str, url: str, events: Sequence[str], secret: bytes
) -> WebhookRow:
    """Add a webhook."""
    return WebhookRow(**await session.one(_SQL.add, club_id, name, url, sorted(set(events)), secret))


async def change(
    session: WriteSession, webhook_id: UUID, name: str, url: str, events: Sequence[str], enabled: bool
) -> WebhookRow:
    """Change a webhook."""
    changed = await session.one(_SQL.change, webhook_id, name, url, sorted(set(events)), enabled)
    return WebhookRow(**changed)


async def rotate(session: WriteSession, webhook_id: UUID, secret: bytes, overlap: timedelta) -> datetime:
    """Give it a new secret; until when the old one signs along."""
    until: datetime = await session.value(_SQL.rotate, webhook_id, secret, overlap)
    return until


async def remove(session: WriteSession, webhook_id: UUID) -> None:
    """Remove a webhook with its deliveries."""
    await session.do(_SQL.remove, webhook_id)


async def settle(
    session: WriteSession, webhook_id: UUID | None, reason: str | None, gone: bool, patience: timedelta
) -> Ended | None:
    """Note whether an event arrived (`reason` None); what was disabled by that."""
    row = await session.row(_SQL.settle, webhook_id, reason, gone, patience)
    return Ended(**row) if row else None
