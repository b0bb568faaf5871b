"""Parked records in the database, as the functions for people tell of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.parked")


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A parked piece without its bytes."""

    id: int
    gateway: str
    epoch: UUID | None
    record: int | None
    reason: str
    detail: str
    bytes: int
    parked_at: datetime
    tried_at: datetime | None
    retry_asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Parked pieces of one gateway for one reason."""

    gateway: str
    reason: str
    records: int
    bytes: int
    since: datetime


@dataclass(frozen=True, slots=True)
class DiscardedRow:
    """A piece that was given up."""

    id: int
    gateway: str
    epoch: UUID | None
    record: int | None
    parked_for: str
    bytes: int
    parked_at: datetime
    reason: str
    discarded_by: str
    discarded_at: datetime


async def page(
    session: ReadSession, gateway: str | None, reason: str | None, after: int | None, limit: int
) -> list[ParkedRow]:
    """Up to `limit` + 1 parked pieces of the club behind the id given, of one gateway or reason when named."""
    return [ParkedRow(**row) for row in await session.rows(_SQL.page, gateway, reason, after or 0, limit + 1)]


async def groups(session: ReadSession) -> list[GroupRow]:
    """All that is parked of the club, in sum."""
    return [GroupRow(**row) for row in await session.rows(_SQL.groups)]


async def ask_retry(session: WriteSession, ids: Sequence[int]) -> int:
    """Have these tried again, as far as the caller may; how many."""
    return int(await session.value(_SQL.ask_retry, ids))


async def discard(session: WriteSession, ids: Sequence[int], reason: str, discarded_by: str) -> int:
    """Give these up, as far as the caller may; how many."""
    return int(await session.value(_SQL.discard, ids, reason, discarded_by))


async def given_up(session: ReadSession, before: int | None, limit: int) -> list[DiscardedRow]:
    """Up to `limit` + 1 that were given up, the newest first, behind the id given."""
    return [DiscardedRow(**row) for row in await session.rows(_SQL.given_up, before, limit + 1)]
