"""Routes of worn sensors."""

from typing import Annotated

from fastapi import Query

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Moment
from sts_hub.sensors.endpoints import SensorId
from sts_hub.wearing import service
from sts_hub.wearing.schemas import Replaced, Replacement, SensorHeard, Wearers

router = Router(prefix="/sensors", tags=["sensors"])


@router.get("/wearers", responses=described(NotSignedIn))
async def list_wearers(caller: Asking, session: Reads) -> Wearers:
    """Who wears which sensor now: number and initials, no name."""
    return await service.wearers(session, caller)


@router.get("/{sensor_id}/heard", responses=described(NotSignedIn, NotFound))
async def hear_sensor(
    caller: Asking,
    session: Reads,
    sensor_id: SensorId,
    since: Annotated[Moment, Query(alias="from", description="At most five minutes ago.")],
) -> SensorHeard:
    """What came of a sensor since a time: a test of it, asked once a second while somebody wears it for 15 s."""
    return await service.heard(session, caller, sensor_id, since)


@router.post(
    "/{sensor_id}/replacement", responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
)
async def replace_sensor(
    caller: Asking, session: Writes, sensor_id: SensorId, replacement: Replacement
) -> Replaced:
    """Whoever wears this sensor wears another one from now on, or has since a time; it need not be said who that is."""
    return await service.replaced(session, caller, sensor_id, replacement)
