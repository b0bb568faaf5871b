"""Clocks of competitions in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL: Final = queries.load("sts_hub.race_clocks")


@dataclass(frozen=True, slots=True)
class ClockRow:
    """What is to be added to what a clock shows, and how far off that may be."""

    name: str
    offset_us: int
    error_us: int
    how: str
    set_by: str
    set_at: datetime


async def clocks(session: ReadSession, competition_id: UUID) -> list[ClockRow]:
    """The clocks of a competition as they stand, by name."""
    return [ClockRow(**row) for row in await session.rows(_SQL.clocks, competition_id)]


async def set_clock(
    session: WriteSession,
    competition_id: UUID,
    club_id: UUID,
    name: str,
    offset_us: int,
    error_us: int,
    how: str,
    set_by: str,
) -> ClockRow:
    """Say how far a clock is off."""
    row = await session.one(_SQL.set, competition_id, club_id, name, offset_us, error_us, how, set_by)
    return ClockRow(**row)
