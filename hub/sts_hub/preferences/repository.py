"""Preferences in the database: a row for each account that chose something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.preferences")


async def of(session: ReadSession, account_id: UUID) -> dict[str, Any] | None:
    """What the account chose, by the names of the API; None where that is nothing."""
    row = await session.row(_SQL.of, account_id)
    return dict(row) if row else None


async def keep(session: WriteSession, account_id: UUID, chosen: dict[str, Any]) -> None:
    """Keep all of what the account chose."""
    names = ("language", "theme", "units", "temperature", "week_start", "first_steps_done")
    await session.do(_SQL.keep, account_id, *(chosen[name] for name in names))
