"""The route of completeness."""

from typing import Annotated

from fastapi import Path, Query

from sts_hub.completeness import service
from sts_hub.completeness.schemas import Completeness
from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.gateways import service as gateways
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.kit.shapes import Moment
from sts_protocols.routing import GATEWAY_NAME

router = Router(prefix="/gateways", tags=["gateways"])


@router.get("/{name}/completeness", responses=described(NotSignedIn, NotFound))
async def get_completeness(
    caller: Asking,
    session: Reads,
    name: Annotated[str, Path(pattern=f"^{GATEWAY_NAME.pattern}$")],
    since: Annotated[Moment, Query(alias="from")],
    until: Annotated[Moment, Query(alias="to", description="Not included; at most 31 days after `from`.")],
) -> Completeness:
    """Whether all that a gateway recorded has arrived, and the word for each stretch of time that has not."""
    await gateways.one(session, caller, name)
    return await service.completeness(session, name, since, until)
