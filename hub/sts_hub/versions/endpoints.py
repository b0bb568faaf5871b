"""Routes of versions."""

from sts_hub.errors import Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.versions import service
from sts_hub.versions.schemas import FleetVersions, VersionWish

router = Router(prefix="/gateway-versions", tags=["gateways"])


@router.get("", responses=described(NotSignedIn, NotFound))
async def get_gateway_versions(caller: Asking, session: Reads) -> FleetVersions:
    """Which version the gateways of your club are to run, and which they do."""
    return await service.shown(session, caller)


@router.put("", responses=described(NotSignedIn, Forbidden, *UNSAFE))
async def want_gateway_version(caller: Asking, session: Writes, wish: VersionWish) -> FleetVersions:
    """Have a part of your club's gateways take up a version; each goes back by itself if that is not heard here."""
    return await service.wished(session, caller, wish)
