"""Impulses in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession

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

    @property
    def key(self) -> tuple[datetime, str, int, int]:
        """Where it stands in the list."""
        return self.stored_t, str(self.epoch), self.seq, self.place


async def page(
    session: ReadSession, gateway: str, since: datetime | None, after: tuple[Any, ...], limit: int
) -> list[ImpulseRow]:
    """Up to `limit` + 1 impulses of a gateway behind the key given, arrived since then."""
    return [ImpulseRow(**row) for row in await session.rows(_SQL.page, gateway, since, *after, limit + 1)]
