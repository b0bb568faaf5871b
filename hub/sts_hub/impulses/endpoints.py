"""Routes of impulses."""

from typing import Annotated

from fastapi import Path, Query

from sts_hub.errors import Forbidden, NotFound, NotSignedIn
from sts_hub.impulses import service
from sts_hub.impulses.schemas import Assigned, Impulse, ImpulseAssignments
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Moment, Page
from sts_protocols.routing import GATEWAY_NAME

router = Router(prefix="/gateways", tags=["impulses"])

Name = Annotated[str, Path(pattern=f"^{GATEWAY_NAME.pattern}$")]
Since = Annotated[Moment | None, Query(alias="from", description="Arrived at this time or later.")]


@router.get("/{name}/impulses", responses=described(NotSignedIn, NotFound))
async def list_impulses(
    caller: Asking, session: Reads, part: Part, name: Name, since: Since = None
) -> Page[Impulse]:
    """What the timers of a gateway told, by time of arrival: with unassigned, manual and deleted ones."""
    return await service.listed(session, caller, part, name, since)


@router.put("/{name}/impulses/assignments", responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE))
async def assign_impulses(caller: Asking, session: Writes, name: Name, new: ImpulseAssignments) -> Assigned:
    """Say whose impulses are, all of these or none; of one that was assigned before, the last word counts."""
    return await service.assigned(session, caller, name, new)
