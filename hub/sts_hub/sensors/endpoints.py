"""Routes of sensors."""

from typing import Annotated

from fastapi import Path
from starlette.responses import PlainTextResponse

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.sensors import service
from sts_hub.sensors.schemas import NewSensor, Sensor, SensorChange

router = Router(prefix="/sensors", tags=["sensors"])

# The ids are PostgreSQL's int4.
SensorId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("", responses=described(NotSignedIn))
async def list_sensors(caller: Asking, session: Reads, part: Part) -> Page[Sensor]:
    """The sensors of your club, by label."""
    return await service.listed(session, caller, part)


@router.post("", status_code=201, responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE))
async def add_sensor(caller: Asking, session: Writes, new: NewSensor) -> Sensor:
    """Register a sensor."""
    return await service.added(session, caller, new)


@router.get("/sheet", response_class=PlainTextResponse, responses=described(NotSignedIn))
async def get_sensor_sheet(caller: Asking, session: Reads) -> PlainTextResponse:
    """The strap sheet, to print: number and QR code of every sensor in use."""
    return PlainTextResponse(await service.printed(session, caller))


@router.get("/{sensor_id}", responses=described(NotSignedIn, NotFound))
async def get_sensor(caller: Asking, session: Reads, sensor_id: SensorId) -> Sensor:
    """One sensor."""
    return service.shown(await service.one(session, caller, sensor_id))


@router.patch("/{sensor_id}", responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE))
async def change_sensor(caller: Asking, session: Writes, sensor_id: SensorId, change: SensorChange) -> Sensor:
    """Change a sensor; what is left out stays."""
    return await service.changed(session, caller, sensor_id, change)
