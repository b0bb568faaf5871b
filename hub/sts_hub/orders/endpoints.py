"""Routes of orders."""

from typing import Annotated

from fastapi import Path

from sts_hub.errors import Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.orders import service
from sts_hub.orders.schemas import NewOrder, Order
from sts_protocols.routing import GATEWAY_NAME

router = Router(prefix="/gateways", tags=["gateways"])

Name = Annotated[str, Path(pattern=f"^{GATEWAY_NAME.pattern}$")]


@router.get("/{name}/orders", responses=described(NotSignedIn, NotFound))
async def list_orders(caller: Asking, session: Reads, part: Part, name: Name) -> Page[Order]:
    """What a gateway was told to do, the newest first, and what became of it."""
    return await service.listed(session, caller, part, name)


@router.post(
    "/{name}/orders", status_code=201, responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE)
)
async def give_order(caller: Asking, session: Writes, name: Name, wanted: NewOrder) -> Order:
    """Tell a gateway to do something once; it goes down with the answer to its next beat."""
    return await service.given(session, caller, name, wanted)
