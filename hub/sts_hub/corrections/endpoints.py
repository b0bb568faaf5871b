"""Routes of epochs that wait for a place in time."""

from typing import Annotated

from fastapi import Path

from sts_hub.corrections import service
from sts_hub.corrections.schemas import Placed, Placement, UnplacedEpoch
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_protocols.routing import GATEWAY_NAME

router = Router(prefix="/gateways", tags=["gateways"])

Name = Annotated[str, Path(pattern=f"^{GATEWAY_NAME.pattern}$")]


@router.get("/{name}/unplaced", responses=described(NotSignedIn, NotFound))
async def list_unplaced(caller: Asking, session: Reads, part: Part, name: Name) -> Page[UnplacedEpoch]:
    """The starts of a gateway that never knew the time and have records that wait for a person to place them."""
    return await service.listed(session, caller, part, name)


@router.post("/{name}/unplaced", responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE))
async def place_epoch(caller: Asking, session: Writes, name: Name, placement: Placement) -> Placed:
    """Say when one of them was; its records are then stored at their times."""
    return await service.placed(session, caller, name, placement)
