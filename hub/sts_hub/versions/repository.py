"""Wanted and running versions in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

SQL = queries.load("sts_hub.versions")


@dataclass(frozen=True, slots=True)
class WantedRow:
    """What a club wants."""

    version: str
    percent: int
    asked_by: str
    asked_at: datetime


async def wanted(session: ReadSession, club_id: UUID) -> WantedRow | None:
    """What a club wants, or None."""
    row = await session.row(SQL.wanted, club_id)
    return WantedRow(**row) if row else None


async def want(session: WriteSession, club_id: UUID, version: str, percent: int, asked_by: str) -> WantedRow:
    """Want another version, or more gateways to have it."""
    return WantedRow(**await session.one(SQL.want, club_id, version, percent, asked_by))


async def running(session: ReadSession, club_id: UUID) -> dict[str, int]:
    """How many gateways told which version last."""
    return {row["version"] or "unknown": row["gateways"] for row in await session.rows(SQL.running, club_id)}
