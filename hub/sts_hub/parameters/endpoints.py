"""Routes of parameters and of proposed maxima."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Moment, Page
from sts_hub.parameters import service
from sts_hub.parameters.catalogue import Name
from sts_hub.parameters.schemas import NewParameter, Parameter, Proposal, State

router = Router(tags=["parameters"])

_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)


@router.get("/athletes/{athlete_id}/parameters", responses=described(NotSignedIn, NotFound))
async def list_parameters(
    caller: Asking,
    session: Reads,
    part: Part,
    athlete_id: UUID,
    name: Annotated[Name | None, Query(description="Only of this name.")] = None,
    at: Annotated[Moment | None, Query(description="Only those in force at this time.")] = None,
) -> Page[Parameter]:
    """What formulas know of an athlete, newest first, with where it comes from."""
    return await service.listed(session, caller, athlete_id, part, name, at)


@router.post("/athletes/{athlete_id}/parameters", status_code=201, responses=_WRITE)
async def add_parameter(caller: Asking, session: Writes, athlete_id: UUID, new: NewParameter) -> Parameter:
    """Enter a value that holds from a time on; earlier ones keep holding before it."""
    return await service.added(session, caller, athlete_id, new)


@router.delete("/athletes/{athlete_id}/parameters/{parameter_id}", status_code=204, responses=_WRITE)
async def remove_parameter(caller: Asking, session: Writes, athlete_id: UUID, parameter_id: UUID) -> None:
    """Remove a wrong entry: the value before it holds again."""
    await service.removed(session, caller, athlete_id, parameter_id)


@router.get("/proposals", responses=described(NotSignedIn))
async def list_proposals(
    caller: Asking,
    session: Reads,
    part: Part,
    athlete: Annotated[UUID | None, Query(description="Only of this athlete.")] = None,
    state: Annotated[State | None, Query(description="Only in this state.")] = None,
) -> Page[Proposal]:
    """Heart rates above the maximum in force, seen in sessions; newest first."""
    return await service.proposals(session, caller, part, athlete, state)


@router.post("/proposals/{proposal_id}/accept", status_code=201, responses=_WRITE)
async def accept_proposal(caller: Asking, session: Writes, proposal_id: UUID) -> Parameter:
    """Let a proposed maximum hold from when it was seen."""
    return await service.accepted(session, caller, proposal_id)


@router.post("/proposals/{proposal_id}/decline", responses=_WRITE)
async def decline_proposal(caller: Asking, session: Writes, proposal_id: UUID) -> Proposal:
    """Say that a proposed maximum is none."""
    return await service.declined(session, caller, proposal_id)
