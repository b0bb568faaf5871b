"""Routes of pushes."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.database import Database
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sealing import Sealing
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.pushes import service
from sts_hub.pushes.schemas import NewPush, NewPushTarget, Push, PushTarget

router = Router(prefix="/athletes/{athlete_id}", tags=["pushes"])

_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)


@router.get("/push-target", responses=_READ)
async def get_push_target(caller: Asking, session: Reads, athlete_id: UUID) -> PushTarget:
    """Where your workouts are pushed to; 404: nowhere."""
    return await service.target(session, caller, athlete_id)


@router.put("/push-target", responses=_WRITE)
async def set_push_target(
    caller: Asking,
    session: Writes,
    sealing: Annotated[Sealing, Depends(provided(Sealing))],
    athlete_id: UUID,
    new: NewPushTarget,
) -> PushTarget:
    """Say where your workouts are pushed to, with your own key there."""
    return await service.target_set(session, caller, sealing, athlete_id, new)


@router.delete("/push-target", status_code=204, responses=_WRITE)
async def remove_push_target(caller: Asking, session: Writes, athlete_id: UUID) -> None:
    """Forget the key; nothing is pushed any more."""
    await service.target_removed(session, caller, athlete_id)


@router.get("/pushes", responses=_READ)
async def list_pushes(caller: Asking, session: Reads, athlete_id: UUID, part: Part) -> Page[Push]:
    """Your workouts that were pushed, newest first, and what became of each."""
    return await service.listed(session, caller, part, athlete_id)


@router.post("/pushes", status_code=202, responses=_WRITE)
async def add_push(
    caller: Asking, database: Annotated[Database, Depends(provided(Database))], athlete_id: UUID, new: NewPush
) -> Push:
    """Push a workout; the same one again is the same push, and one that failed is tried anew."""
    return await service.pushed(database, caller, athlete_id, new)
