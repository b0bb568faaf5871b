"""What the audit is told of a request that was answered: its operation, the ids in its path and of what it wrote, and the
athletes that it was about. No name, no value, nothing of its body.

A change is noted in its own transaction; what was read, in one of its own before the answer is sent, so that nothing is
read unnoted. Every route does so by itself; one that shows several athletes names them to its session (`shows`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sts_hub.db import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from sts_hub.kit.database import Database, ReadSession, WriteSession
    from sts_hub.policy import Caller

_SQL = queries.load("sts_hub.kit")

# Ids, numbers, names of gateways and metrics; free text in a path is left out.
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
# As the table's own limit; an act about more says of the first ones.
_LONGEST: Final = 500


async def changed(session: WriteSession, request: Request) -> None:
    """Note a change, in its transaction."""
    things = [*_in_path(request), *(f"made={one}" for one in sorted(session.made))]
    await session.do(_SQL.note, _act(request), _joined(things), _athletes(session, request), False)


async def read(database: Database, caller: Caller, session: ReadSession, request: Request) -> None:
    """Note what was read of athletes, if anything was. Raises Away; then it must not be shown."""
    athletes = _athletes(session, request)
    if athletes:
        await watched(database, caller, _act(request), athletes, _joined(_in_path(request)))


async def watched(
    database: Database, caller: Caller, act: str, athletes: Iterable[UUID], things: str = ""
) -> None:
    """Note that the caller reads these athletes."""
    async with database.writing(caller) as session:
        await session.do(_SQL.note, act, things, sorted(athletes), True)


def _act(request: Request) -> str:
    return str(request.scope["route"].name)


def _in_path(request: Request) -> list[str]:
    return [f"{name}={value}" for name, value in request.path_params.items() if _ID.fullmatch(str(value))]


def _athletes(session: ReadSession, request: Request) -> list[UUID]:
    named = request.path_params.get("athlete_id")
    return sorted(session.athletes | ({UUID(str(named))} if named else set()))


def _joined(things: Iterable[str]) -> str:
    text = " ".join(things)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(" ")[0]
