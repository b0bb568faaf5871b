"""The outbox in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.outbox.message import Outgoing, Settled
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.outbox")


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as it is listed: without what it says."""

    id: UUID
    club_id: UUID
    what: str
    address: str
    queued_at: datetime
    state: str
    tries: int
    next_at: datetime
    ended_at: datetime | None
    reason: str | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.LETTER, self.club_id)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An event on its way to a webhook."""

    id: UUID
    what: str
    queued_at: datetime
    state: str
    tries: int
    next_at: datetime
    ended_at: datetime | None
    reason: str | None


async def add_letter(session: WriteSession, club_id: UUID, what: str, address: str, body: str) -> None:
    """Queue a letter."""
    await session.value(_SQL.queue_letter, club_id, what, address, body)


async def add_event(session: WriteSession, club_id: UUID, what: str, body: str) -> int:
    """Queue an event for each webhook that wants it; how many do."""
    return int(await session.value(_SQL.queue_event, club_id, what, body))


async def take(session: WriteSession, letters: bool, count: int, lease: timedelta) -> list[Outgoing]:
    """Borrow up to `count` messages that are due."""
    rows = await session.rows(_SQL.take, letters, count, lease)
    return [Outgoing(**{**row, "secrets": tuple(row["secrets"])}) for row in map(dict, rows)]


async def settle(session: WriteSession, message_id: UUID, settled: Settled) -> None:
    """Note what became of a message."""
    await session.do(_SQL.settle, message_id, settled.state, settled.reason, settled.pause)


async def letters(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[LetterRow]:
    """Up to `limit` + 1 letters before the (queued_at, id) given, newest first."""
    return [LetterRow(**row) for row in await session.rows(_SQL.letters, *after, limit + 1)]


async def deliveries(
    session: ReadSession, webhook_id: UUID, after: tuple[Any, ...], limit: int
) -> list[DeliveryRow]:
    """Up to `limit` + 1 events of a webhook before the (queued_at, id) given, newest first."""
    return [DeliveryRow(**row) for row in await session.rows(_SQL.deliveries, webhook_id, *after, limit + 1)]


async def again(session: WriteSession, webhook_id: UUID, message_id: UUID) -> bool:
    """Have an event be carried now; False where there is none, or it is under way."""
    return bool(await session.value(_SQL.again, webhook_id, message_id))
