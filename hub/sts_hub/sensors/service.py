"""Rules of sensors: an address is registered once in a club, and never changes."""

from sts_hub.errors import Conflict
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, may, missing
from sts_hub.sensors import repository
from sts_hub.sensors.repository import SensorRow
from sts_hub.sensors.schemas import NewSensor, Sensor, SensorChange
from sts_hub.sensors.sheet import sheet


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Sensor]:
    """The sensors that the caller sees."""
    rows = await repository.page(session, cut.after(str, int), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.label, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def printed(session: ReadSession, caller: Caller) -> str:
    """The sheet of the sensors in use that the caller sees, by label."""
    rows = await repository.in_use(session)
    return sheet([(row.label, row.address) for row in rows if may(caller, Act.SEE, row.thing)])


async def one(session: ReadSession, caller: Caller, sensor_id: int, act: Act = Act.SEE) -> SensorRow:
    """A sensor that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, sensor_id)
    if row is None:
        raise missing(Kind.SENSOR)
    guard(caller, act, row.thing)
    return row


async def added(session: WriteSession, caller: Caller, new: NewSensor) -> Sensor:
    """Register a sensor in the caller's club."""
    guard_new(caller, Thing(Kind.SENSOR, caller.club_id))
    taken = Conflict(
        f"The club already has a sensor with the address {new.address}.",
        way_out="Find it in the list; a retired one is put back into use with PATCH and retired: false.",
    )
    with conflicts({"sensor_club_id_address_key": taken}):
        return shown(await repository.add(session, caller.club_id, new.address, new.kind, new.label))


async def changed(session: WriteSession, caller: Caller, sensor_id: int, change: SensorChange) -> Sensor:
    """Change label or kind, retire a sensor or put it back into use."""
    row = await one(session, caller, sensor_id, Act.CHANGE)
    retired = row.retired_at is not None if change.retired is None else change.retired
    return shown(
        await repository.change(session, row.id, change.kind or row.kind, change.label or row.label, retired)
    )


def shown(row: SensorRow) -> Sensor:
    """The sensor as the API tells it."""
    return Sensor.model_validate(row, from_attributes=True)
