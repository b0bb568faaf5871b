"""Routes of enrolment for people; gateways come by the door."""

from typing import Annotated

from fastapi import Depends, Path

from sts_hub.enrolment import service
from sts_hub.enrolment.schemas import Code, NewCode
from sts_hub.enrolment.service import BrokerRefuses, Enrolment
from sts_hub.errors import Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Writes
from sts_protocols.routing import GATEWAY_NAME

router = Router(tags=["enrolment"])

Name = Annotated[str, Path(pattern=f"^{GATEWAY_NAME.pattern}$")]
_Enrolment = Annotated[Enrolment, Depends(provided(Enrolment))]


@router.post("/enrolment-codes", status_code=201, responses=described(NotSignedIn, Forbidden, *UNSAFE))
async def add_enrolment_code(caller: Asking, session: Writes, wanted: NewCode) -> Code:
    """Make a code that lets one gateway in, once, within 15 minutes."""
    return await service.new_code(session, caller, wanted)


@router.delete(
    "/gateways/{name}/enrolment",
    status_code=204,
    responses=described(NotSignedIn, NotFound, Forbidden, BrokerRefuses, *UNSAFE),
)
async def revoke_gateway(caller: Asking, session: Writes, enrolment: _Enrolment, name: Name) -> None:
    """End a gateway: its login and its connections are gone within 5 s; what it sent stays."""
    await enrolment.revoke(session, caller, name)
