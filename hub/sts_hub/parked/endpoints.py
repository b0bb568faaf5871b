"""Routes of parked records."""

from typing import Annotated

from fastapi import Query

from sts_hub.errors import Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.parked import service
from sts_hub.parked.schemas import Discard, DiscardedRecord, Handled, ParkedGroups, ParkedRecord, Retry
from sts_protocols.routing import GATEWAY_NAME

router = Router(tags=["gateways"])

_Gateway = Annotated[str | None, Query(pattern=f"^{GATEWAY_NAME.pattern}$", description="Only of this one.")]
_Reason = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$", description="Only for this reason.")]


@router.get("/parked-records", responses=described(NotSignedIn))
async def list_parked(
    caller: Asking, session: Reads, part: Part, gateway: _Gateway = None, reason: _Reason = None
) -> Page[ParkedRecord]:
    """What your gateways sent and could not be stored, the oldest first."""
    return await service.listed(session, caller, part, gateway, reason)


@router.get("/parked-records/summary", responses=described(NotSignedIn))
async def sum_parked(caller: Asking, session: Reads) -> ParkedGroups:
    """How much is parked of which gateway, and why."""
    return await service.summed(session, caller)


@router.post(
    "/parked-records/retry", status_code=202, responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE)
)
async def retry_parked(caller: Asking, session: Writes, wanted: Retry) -> Handled:
    """Have records tried again: within some seconds a worker stores them, or parks them with the reason of today."""
    return await service.retried(session, caller, wanted)


@router.post("/parked-records/discard", responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE))
async def discard_parked(caller: Asking, session: Writes, wanted: Discard) -> Handled:
    """Give records up for good: they are told as lost from then on."""
    return await service.discarded(session, caller, wanted)


@router.get("/discarded-records", responses=described(NotSignedIn))
async def list_discarded(caller: Asking, session: Reads, part: Part) -> Page[DiscardedRecord]:
    """What was given up, by whom and why; the newest first."""
    return await service.given_up(session, caller, part)
