"""Impulses in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.impulses")


@dataclass(frozen=True, slots=True)
class ImpulseRow:
    """An impulse as stored; `stored_t` is its arrival before any correction of its epoch's clock."""

    stored_t: datetime
    epoch: UUID
    seq: int
    place: int
    timer: str
    ticks: int | None
    channel: str
    bib: str | None
    marks: list[str]
    deleted: bool
    line: bytes
    arrived: datetime
    clock_error_us: int | None
    moment: datetime | None
    moment_error_us: int | None
    assigned_bib: str | None
    athlete_id: UUID | None
    assigned_by: str | None
    assigned_at: datetime | None

    @property
    def key(self) -> tuple[datetime, str, int, int]:
        """Where it stands in the list."""
        return self.stored_t, str(self.epoch), self.seq, self.place


async def page(
    session: ReadSession, gateway: str, since: datetime | None, after: tuple[Any, ...], limit: int
) -> list[ImpulseRow]:
    """Up to `limit` + 1 impulses of a gateway behind the key given, arrived since then."""
    return [ImpulseRow(**row) for row in await session.rows(_SQL.page, gateway, since, *after, limit + 1)]


async def moment(
    session: ReadSession, gateway: str, impulse: tuple[UUID, int, int]
) -> tuple[datetime | None, int | None] | None:
    """When an impulse was, and how far off that may be, µs; None where the gateway told of no such impulse."""
    row = await session.row(_SQL.moment, gateway, *impulse)
    return (row["moment"], row["error_us"]) if row else None


async def assign(
    session: WriteSession,
    club_id: UUID,
    impulse: tuple[UUID, int, int],
    bib: str | None,
    athlete_id: UUID | None,
    assigned_by: str,
) -> None:
    """Note whose an impulse is from now on."""
    await session.do(_SQL.assign, club_id, *impulse, bib, athlete_id, assigned_by)
