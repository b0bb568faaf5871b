"""Routes of gateways."""

from typing import Annotated

from fastapi import Path

from sts_hub.errors import Forbidden, NotFound, NotSignedIn
from sts_hub.gateways import service
from sts_hub.gateways.schemas import Gateway, GatewayChange
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_protocols.routing import GATEWAY_NAME

router = Router(prefix="/gateways", tags=["gateways"])

Name = Annotated[str, Path(pattern=f"^{GATEWAY_NAME.pattern}$")]


@router.get("", responses=described(NotSignedIn))
async def list_gateways(caller: Asking, session: Reads, part: Part) -> Page[Gateway]:
    """The gateways of your club with their last beat, by name."""
    return await service.listed(session, caller, part)


@router.get("/{name}", responses=described(NotSignedIn, NotFound))
async def get_gateway(caller: Asking, session: Reads, name: Name) -> Gateway:
    """One gateway with its last beat."""
    return service.shown(await service.one(session, caller, name))


@router.patch("/{name}", responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE))
async def change_gateway(caller: Asking, session: Writes, name: Name, change: GatewayChange) -> Gateway:
    """Move a gateway to another site."""
    return await service.changed(session, caller, name, change)
