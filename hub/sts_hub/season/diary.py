"""Writes an outing into the calendar, as the staff beside the pitch would have told it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sts_hub.season.straps import SQL

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection
    from sts_hub.season.calendar import Illness, Outing

KICK_OFF = "Kick-off"


async def write(
    connection: Connection, club_id: UUID, team_id: UUID, outing: Outing, there: Sequence[UUID]
) -> None:
    """The session with its roster, its phases and, of a match, when each half began."""
    plan = [{"name": part.name, "minutes": part.minutes, "group": None} for part in outing.parts]
    session = (club_id, team_id, outing.kind, outing.name, outing.start, outing.end, json.dumps(plan), there)
    session_id = await connection.fetchval(SQL.session, *session)
    at = outing.start
    for part in outing.parts:
        until = at + timedelta(minutes=part.minutes)
        await connection.execute(SQL.phase, session_id, part.name, at, until, there)
        if part.name.endswith("half"):
            await connection.execute(SQL.marker, session_id, at, KICK_OFF)
        at = until


async def write_absences(
    connection: Connection, ill: Sequence[Illness], athletes: Mapping[tuple[int, int], UUID]
) -> None:
    """Who was ill, by team and number, from which day to which."""
    for one in ill:
        days = one.since.date(), one.until.date()
        await connection.execute(SQL.absence, athletes[one.team, one.number], *days)
