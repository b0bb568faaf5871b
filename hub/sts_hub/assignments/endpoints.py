"""Routes of assignments."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from sts_hub.assignments import service
from sts_hub.assignments.repository import Wanted
from sts_hub.assignments.schemas import (
    Assignment,
    AssignmentChange,
    Assignments,
    NewAssignment,
    NewAssignments,
    SensorId,
    Suggestions,
    Swap,
)
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Moment, Page

router = Router(prefix="/assignments", tags=["assignments"])

_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)


@router.get("", responses=described(NotSignedIn))
async def list_assignments(
    caller: Asking,
    session: Reads,
    part: Part,
    sensor: Annotated[SensorId | None, Query(description="Only of this sensor.")] = None,
    athlete: Annotated[UUID | None, Query(description="Only of this athlete.")] = None,
    at: Annotated[Moment | None, Query(description="Only those that hold at this time.")] = None,
) -> Page[Assignment]:
    """Who wore what, newest first."""
    return await service.listed(session, caller, part, Wanted(sensor, athlete, at))


@router.post("", status_code=201, responses=_WRITE)
async def add_assignment(caller: Asking, session: Writes, new: NewAssignment) -> Assignment:
    """Give a sensor to an athlete; 409 while another wears it, with the way out."""
    return await service.added(session, caller, new)


@router.post("/batch", status_code=201, responses=_WRITE)
async def add_assignments(caller: Asking, session: Writes, new: NewAssignments) -> Assignments:
    """Give sensors to a squad at once: all of them, or none."""
    return await service.all_added(session, caller, new)


@router.post("/swap", status_code=201, responses=_WRITE)
async def swap_sensor(caller: Asking, session: Writes, swap: Swap) -> Assignments:
    """Say that a strap is now, or has been since a time, this athlete's; what was worn until then ends there."""
    return await service.swapped(session, caller, swap)


@router.get("/suggestions", responses=described(NotSignedIn))
async def suggest_assignments(caller: Asking, session: Reads) -> Suggestions:
    """Straps that are heard now and that nobody wears, with who wore each last."""
    return await service.suggested(session, caller)


@router.get("/{assignment_id}", responses=described(NotSignedIn, NotFound))
async def get_assignment(caller: Asking, session: Reads, assignment_id: UUID) -> Assignment:
    """One assignment."""
    return service.shown(await service.one(session, caller, assignment_id))


@router.patch("/{assignment_id}", responses=_WRITE)
async def change_assignment(
    caller: Asking, session: Writes, assignment_id: UUID, change: AssignmentChange
) -> Assignment:
    """End it, correct its time, or say who really wore the sensor."""
    return await service.changed(session, caller, assignment_id, change)


@router.delete("/{assignment_id}", status_code=204, responses=_WRITE)
async def remove_assignment(caller: Asking, session: Writes, assignment_id: UUID) -> None:
    """Remove an assignment that never was."""
    await service.removed(session, caller, assignment_id)
