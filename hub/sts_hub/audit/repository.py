"""The audit in the database: added to by one function, read by another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sts_hub.audit.chain import Head, Link
from sts_hub.db import queries

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection
    from sts_hub.kit.database import ReadSession

_SQL = queries.load("sts_hub.audit")

# Links read at a time: 2 MB.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An act as stored, with the name of the account behind it."""

    at: datetime
    number: int
    account_id: UUID
    name: str | None
    role: str | None
    club: str | None
    act: str
    things: str


@dataclass(frozen=True, slots=True)
class ClubEntryRow(EntryRow):
    """The same with the athlete whom it was about."""

    athlete_id: UUID | None
    athlete: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts of a club's people are meant; None means all."""

    account_id: UUID | None
    athlete_id: UUID | None
    act: str | None
    reads: bool | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of one club and where it is told to end."""

    club_id: UUID
    name: str
    head: Head


async def page(session: ReadSession, athlete_id: UUID, after: tuple[Any, ...], limit: int) -> list[EntryRow]:
    """Up to `limit` + 1 acts about an athlete, the newest first, behind the (at, number) given."""
    return [EntryRow(**row) for row in await session.rows(_SQL.of_athlete, athlete_id, *after, limit + 1)]


async def of_club(session: ReadSession, wanted: Wanted, before: int | None, limit: int) -> list[ClubEntryRow]:
    """Up to `limit` + 1 acts of the club's people, the newest first, behind the number given."""
    rows = await session.rows(_SQL.of_club, *astuple(wanted), before, limit + 1)
    return [ClubEntryRow(**row) for row in rows]


async def chains(connection: Connection) -> list[Chain]:
    """Every chain; for the owner of the database."""
    told = [
        Chain(row["club_id"], row["name"] or str(row["club_id"]), Head(row["number"], row["digest"]))
        for row in await connection.fetch(_SQL.heads)
    ]
    bare = await connection.fetch(_SQL.clubs_without_head)
    return told + [Chain(row["club_id"], str(row["club_id"]), Head()) for row in bare]


async def links(connection: Connection, club_id: UUID) -> AsyncIterator[list[Link]]:
    """The rows of a chain in order, some at a time; for the owner of the database."""
    behind = 0
    while rows := await connection.fetch(_SQL.links, club_id, behind, _AT_ONCE):
        yield [Link(row["number"], row["text"], row["digest"]) for row in rows]
        behind = rows[-1]["number"]
