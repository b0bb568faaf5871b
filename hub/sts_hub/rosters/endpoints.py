"""Routes of rosters."""

from typing import Any, Final
from uuid import UUID

from fastapi import Request

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.rosters import service
from sts_hub.rosters.schemas import Roster, RosterPreview, Stored

router = Router(prefix="/teams/{team_id}/roster", tags=["rosters"])

_LIST: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "Pasted rows, CSV or .xlsx; columns are known by their heading (name, number, birth date, contact).",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/preview", responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE), openapi_extra=_LIST)
async def preview_roster(caller: Asking, session: Reads, team_id: UUID, request: Request) -> RosterPreview:
    """What a list would change in a team: looked at first, stored by nobody."""
    return await service.previewed(session, caller, team_id, await request.body())


@router.post("", responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE))
async def store_roster(caller: Asking, session: Writes, team_id: UUID, roster: Roster) -> Stored:
    """Add and change people of a team, all or nobody."""
    return await service.stored(session, caller, team_id, roster)
