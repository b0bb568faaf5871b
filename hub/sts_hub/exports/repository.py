"""Exports in the database: what was asked for, and how far it is. The files lie in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.exports")

EVERYTHING: Final = "everything"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as stored."""

    id: UUID
    club_id: UUID
    form: str
    since: datetime
    until: datetime
    athlete_ids: list[UUID]
    metrics: list[str]
    state: str
    done: int
    size: int | None
    error: str | None
    asked_by: UUID
    asked_at: datetime
    seen_at: datetime
    expires_at: datetime

    @property
    def total(self) -> int:
        """How much there is to write: athletes, or days of everything."""
        if self.form != EVERYTHING:
            return len(self.athlete_ids)
        return (self.until.date() - self.since.date()).days + 1

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.EXPORT, self.club_id, owner=self.asked_by)


async def page(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[ExportRow]:
    """Up to `limit` + 1 exports behind the (asked_at, id) given, newest first."""
    return [ExportRow(**row) for row in await session.rows(_SQL.page, *after, limit + 1)]


async def by_id(session: ReadSession, export_id: UUID) -> ExportRow | None:
    """The export, or None."""
    row = await session.row(_SQL.by_id, export_id)
    return ExportRow(**row) if row else None


async def add(session: WriteSession, *fields: Any) -> ExportRow:
    """Add one: club, who asks, form, since, until, athletes, metrics, when it expires."""
    return ExportRow(**await session.one(_SQL.add, *fields))


async def progress(
    session: WriteSession, export_id: UUID, state: str, done: int, size: int | None, error: str | None
) -> None:
    """Note how far it is."""
    await session.do(_SQL.progress, export_id, state, done, size, error)


async def remove(session: WriteSession, export_id: UUID) -> None:
    """Remove one."""
    await session.do(_SQL.remove, export_id)


async def kept(session: ReadSession, export_ids: list[UUID]) -> set[UUID]:
    """Which of these there still are, whosoever they are."""
    return {row["id"] for row in await session.rows(_SQL.kept, export_ids)}


async def everything_of(session: ReadSession, athlete_id: UUID) -> dict[str, list[str]]:
    """Every row that there is of an athlete as JSON, by its table; nothing for whoever may not have a copy."""
    parts: dict[str, list[str]] = {}
    for row in await session.rows(_SQL.everything_of, athlete_id):
        parts.setdefault(row["part"], []).append(row["body"])
    return parts


async def measured_since(session: ReadSession, athlete_id: UUID) -> datetime | None:
    """From when on something may have been measured of an athlete; None: never."""
    since: datetime | None = await session.value(_SQL.measured_since, athlete_id)
    return since
