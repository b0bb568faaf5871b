"""Routes of activities."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path, Query, Response
from starlette.requests import Request

from sts_hub.activities import service
from sts_hub.activities.schemas import Activity
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.database import Database
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Moment, Page

router = Router(prefix="/athletes/{athlete_id}/activities", tags=["activities"])

DocumentId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file: FIT, TCX or GPX, packed with gzip or not; 32 MB at most.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("", responses=_READ)
async def list_activities(caller: Asking, session: Reads, athlete_id: UUID, part: Part) -> Page[Activity]:
    """What an athlete's watch or head unit recorded, newest first."""
    return await service.listed(session, caller, part, athlete_id)


@router.post(
    "",
    status_code=201,
    responses={200: {"model": Activity, "description": "These bytes are known."}, **_WRITE},
    openapi_extra=_FILE,
)
async def add_activity(
    caller: Asking,
    database: Annotated[Database, Depends(provided(Database))],
    athlete_id: UUID,
    request: Request,
    response: Response,
    start: Annotated[
        Moment | None, Query(description="When it began, for a device that did not know the date.")
    ] = None,
) -> Activity:
    """Store an activity file, whole or not at all; the same bytes again change nothing."""
    added, new = await service.imported(database, caller, athlete_id, await request.body(), start)
    response.status_code = 201 if new else 200
    return added


@router.post(
    "/documents/{document_id}",
    status_code=201,
    responses={200: {"model": Activity, "description": "These bytes are known."}, **_WRITE},
)
async def add_activity_of_document(
    caller: Asking,
    database: Annotated[Database, Depends(provided(Database))],
    athlete_id: UUID,
    document_id: DocumentId,
    response: Response,
    start: Annotated[
        Moment | None, Query(description="When it began, for a device that did not know the date.")
    ] = None,
) -> Activity:
    """Say whose an activity file is that a gateway picked up: it is stored as if it had been sent."""
    added, new = await service.imported_document(database, caller, athlete_id, document_id, start)
    response.status_code = 201 if new else 200
    return added


@router.get("/{activity_id}", responses=_READ)
async def get_activity(caller: Asking, session: Reads, athlete_id: UUID, activity_id: UUID) -> Activity:
    """One activity."""
    return service.shown(await service.one(session, caller, athlete_id, activity_id))


@router.delete(
    "/{activity_id}", status_code=204, responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE)
)
async def remove_activity(caller: Asking, session: Writes, athlete_id: UUID, activity_id: UUID) -> None:
    """Remove an activity and all of its values."""
    await service.removed(session, caller, athlete_id, activity_id)
