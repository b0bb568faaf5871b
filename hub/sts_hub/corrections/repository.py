"""Epochs that wait for a place in time, in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.corrections")


@dataclass(frozen=True, slots=True)
class UnplacedRow:
    """An epoch as it waits, with its first record as it came."""

    epoch: UUID
    running: bool
    starts_after: datetime | None
    ends_before: datetime | None
    records: int
    waits_since: datetime
    first_raw: bytes


async def unplaced(session: ReadSession, gateway: str, after: UUID | None, limit: int) -> list[UnplacedRow]:
    """Up to `limit` + 1 of the gateway's epochs without a place, behind the one given."""
    return [UnplacedRow(**row) for row in await session.rows(_SQL.unplaced, gateway, after, limit + 1)]


async def waiting(session: ReadSession, gateway: str, epoch: UUID) -> UnplacedRow | None:
    """One of them, or None."""
    row = await session.row(_SQL.waiting, gateway, epoch)
    return UnplacedRow(**row) if row else None


async def place(
    session: WriteSession, gateway: str, epoch: UUID, offset_us: int, error_us: int, reason: str
) -> bool:
    """Give an epoch its place and note who did it; False when somebody else has been quicker."""
    return bool(await session.value(_SQL.place_epoch, gateway, epoch, offset_us, error_us, reason))
