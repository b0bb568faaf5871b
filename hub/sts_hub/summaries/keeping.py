"""Works numbers out before somebody asks: of sessions that have ended, and anew of those to which data came late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from sts_hub import logs
from sts_hub.errors import Refusal
from sts_hub.kit.database import WriteSession
from sts_hub.kit.operator import admin_of, ask_as_admin
from sts_hub.summaries import service
from sts_hub.summaries.repository import SQL

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

# A squad's match takes about a second: a round of the keeper is not held up by a season that was imported.
AT_ONCE: Final = 60

_log = logs.get("sts_hub.summaries")


async def work_out(connection: Connection) -> int:
    """The newest sessions first, each in a transaction of its own. Returns how many were looked at."""
    due = await connection.fetch(SQL.due, AT_ONCE)
    for row in due:
        await _one(connection, row["id"], row["club_id"])
    return len(due)


async def _one(connection: Connection, session_id: UUID, club_id: UUID) -> None:
    try:
        async with connection.transaction():
            await ask_as_admin(connection, club_id)
            await service.up_to_date(WriteSession(connection), admin_of(club_id), session_id)
    except Refusal as refusal:  # it was removed, or goes on again
        _log.info("summary_not_due", session=str(session_id), reason=refusal.detail)
