"""The route of erasing."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from sts_hub.erasure import service
from sts_hub.erasure.schemas import Erasure
from sts_hub.errors import Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.removals import Removals
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Writes

router = Router(prefix="/athletes", tags=["athletes"])


@router.post("/{athlete_id}/erasure", responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE))
async def erase_athlete(
    caller: Asking,
    session: Writes,
    removals: Annotated[Removals, Depends(provided(Removals))],
    athlete_id: UUID,
) -> Erasure:
    """Delete everything that the hub holds of a person, for good; what gateways still bring of it is refused."""
    return await service.erased(session, caller, removals, athlete_id)
