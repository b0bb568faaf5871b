"""Routes of histories."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.histories import service
from sts_hub.histories.schemas import History, HistoryMapping, MappingName, SavedMapping, ToldNumber
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page

router = Router(tags=["histories"])

_TABLE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "CSV or .xlsx with a first row of headings, a line for each athlete in each session; 16 MB at most.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_WRITE: Final = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
By = Annotated[MappingName, Query(description="The saved mapping of its columns.")]


@router.get("/history-mappings", responses=described(NotSignedIn, Forbidden))
async def list_history_mappings(caller: Asking, session: Reads, part: Part) -> Page[SavedMapping]:
    """Mappings that the club has saved, by name."""
    return await service.mappings(session, caller, part)


@router.put("/history-mappings", responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE))
async def save_history_mapping(caller: Asking, session: Writes, mapping: HistoryMapping) -> SavedMapping:
    """Save which column of another system's tables is what, under its name."""
    return await service.mapping_saved(session, caller, mapping)


@router.post("/teams/{team_id}/history/preview", responses=_WRITE, openapi_extra=_TABLE)
async def preview_history(
    caller: Asking, session: Reads, team_id: UUID, request: Request, mapping: By
) -> History:
    """What would come of a table of past sessions: looked at first, stored by nobody."""
    return await service.previewed(session, caller, team_id, mapping, await request.body())


@router.post("/teams/{team_id}/history", responses=_WRITE, openapi_extra=_TABLE)
async def store_history(
    caller: Asking, session: Writes, team_id: UUID, request: Request, mapping: By
) -> History:
    """Store a table of past sessions with ratings and numbers, whole or not at all; once more it changes nothing."""
    return await service.stored(session, caller, team_id, mapping, await request.body())


@router.get("/sessions/{session_id}/told", responses=described(NotSignedIn, NotFound))
async def list_told_numbers(caller: Asking, session: Reads, session_id: UUID) -> list[ToldNumber]:
    """Numbers of a session as another system told them."""
    return await service.told(session, caller, session_id)
