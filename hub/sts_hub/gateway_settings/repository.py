"""Versions of gateways' settings in the database."""

from dataclasses import dataclass
from datetime import datetime

from sts_hub.db import queries
from sts_hub.errors import Conflict
from sts_hub.gateway_settings.schemas import State
from sts_hub.kit.database import ReadSession, WriteSession, conflicts

SQL = queries.load("sts_hub.gateway_settings")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as stored, its tables as JSON."""

    id: int
    version: int
    state: State
    tables: str
    hash: str
    asked_by: str | None
    faults: list[str]
    made_at: datetime
    state_at: datetime


async def in_force(session: ReadSession, gateway: str) -> VersionRow | None:
    """What the gateway told last, or None."""
    row = await session.row(SQL.in_force, gateway)
    return VersionRow(**row) if row else None


async def last_change(session: ReadSession, gateway: str) -> VersionRow | None:
    """The last change that was asked for here, or None."""
    row = await session.row(SQL.last_change, gateway)
    return VersionRow(**row) if row else None


async def ask(
    session: WriteSession, gateway: str, base: VersionRow, tables: str, hashed: str, asked_by: str
) -> None:
    """Have a change wait for the gateway, in place of one that waits. Raises Conflict."""
    taken = Conflict("Somebody else asks for a change at this moment.", way_out="Read the settings again.")
    await session.do(SQL.withdraw, gateway)
    with conflicts({"settings_waiting_idx": taken}):
        await session.do(SQL.add, gateway, base.version + 1, tables, hashed, base.hash, asked_by)
