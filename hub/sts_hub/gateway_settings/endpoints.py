"""Routes of gateways' settings."""

from typing import Annotated

from fastapi import Path

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.gateway_settings import service
from sts_hub.gateway_settings.schemas import GatewaySettings, SettingsWish
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_protocols.routing import GATEWAY_NAME

router = Router(prefix="/gateways", tags=["gateways"])

Name = Annotated[str, Path(pattern=f"^{GATEWAY_NAME.pattern}$")]


@router.get("/{name}/settings", responses=described(NotSignedIn, NotFound))
async def get_gateway_settings(caller: Asking, session: Reads, name: Name) -> GatewaySettings:
    """What is in force on a gateway, and what became of the last change from here."""
    return await service.shown(session, caller, name)


@router.put(
    "/{name}/settings",
    status_code=202,
    responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE),
)
async def change_gateway_settings(
    caller: Asking, session: Writes, name: Name, wish: SettingsWish
) -> GatewaySettings:
    """Have a gateway take up other settings: it judges them, tries them, and takes them back if it loses the hub."""
    return await service.changed(session, caller, name, wish)
