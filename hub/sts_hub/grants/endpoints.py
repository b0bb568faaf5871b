"""Routes of grants: the athlete's, and what others are given by them."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from sts_hub.config import Settings
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.grants import service
from sts_hub.grants.schemas import Grant, GrantChange, NewGrant, Shared
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.removals import Removals
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.samples.endpoints import wanted
from sts_hub.samples.schemas import Chart
from sts_hub.samples.service import Wanted

router = Router(tags=["grants"])

_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)


@router.get("/athletes/{athlete_id}/grants", responses=_READ)
async def list_grants(caller: Asking, session: Reads, athlete_id: UUID, part: Part) -> Page[Grant]:
    """What an athlete lets other clubs and trainers read, the newest first."""
    return await service.listed(session, caller, athlete_id, part)


@router.post("/athletes/{athlete_id}/grants", status_code=201, responses=_WRITE)
async def add_grant(
    caller: Asking,
    session: Writes,
    settings: Annotated[Settings, Depends(provided(Settings))],
    athlete_id: UUID,
    new: NewGrant,
) -> Grant:
    """Let a second club or a trainer read some metrics of some time: as the athlete, or as a guardian."""
    return await service.added(session, caller, athlete_id, new, settings.digital_consent_age)


@router.patch("/athletes/{athlete_id}/grants/{grant_id}", responses=_WRITE)
async def end_grant(
    caller: Asking,
    session: Writes,
    removals: Annotated[Removals, Depends(provided(Removals))],
    athlete_id: UUID,
    grant_id: UUID,
    change: GrantChange,
) -> Grant:
    """Revoke a grant, now or from a time on."""
    return await service.ended(session, caller, removals, athlete_id, grant_id, change)


@router.get("/shared", responses=described(NotSignedIn))
async def list_shared(caller: Asking, session: Reads, part: Part) -> Page[Shared]:
    """What athletes of other teams and clubs let you read."""
    return await service.shared(session, caller, part)


@router.get("/shared/{shared_id}/samples", responses=_READ)
async def get_shared_samples(
    caller: Asking, session: Reads, shared_id: UUID, asked: Annotated[Wanted, Depends(wanted)]
) -> Chart:
    """What was measured of it, in columns, thinned to the pixels asked for."""
    return await service.chart(session, caller, shared_id, asked)
