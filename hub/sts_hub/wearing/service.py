"""Rules of worn sensors: straps are a technician's, what they measure is not.

Number and initials of a wearer are what a technician's gateways show, so they are told here, too. A value of the body is
told of a sensor that nobody wears, or to whoever may see its wearer.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sts_hub.assignments import service as assignments
from sts_hub.beats.roster import initials
from sts_hub.errors import Conflict, Invalid
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.policy import Act, Caller, may
from sts_hub.sensors import service as sensors
from sts_hub.wearing import repository
from sts_hub.wearing.repository import HeardRow
from sts_hub.wearing.schemas import MetricHeard, Replaced, Replacement, SensorHeard, Wearer, Wearers
from sts_protocols.metrics import BATTERY_LEVEL, SIGNAL_STRENGTH, by_id

# A test takes 15 s; who looks at more looks at a chart.
LONGEST: Final = timedelta(minutes=5)
# What is said of the device, not of a body.
_OWN_METRICS: Final = (BATTERY_LEVEL.id, SIGNAL_STRENGTH.id)


async def wearers(session: ReadSession, caller: Caller) -> Wearers:
    """Who wears which sensor now, of those whose assignments the caller sees."""
    return Wearers(
        items=[
            Wearer(
                sensor_id=row.sensor_id,
                athlete_id=row.athlete_id,
                number=row.number,
                initials=initials(row.name),
                since=row.since,
            )
            for row in await repository.wearers(session)
            if may(caller, Act.SEE, row.thing)
        ]
    )


async def heard(session: ReadSession, caller: Caller, sensor_id: int, since: datetime) -> SensorHeard:
    """What came of a sensor since a time. Raises NotFound, Invalid."""
    sensor = await sensors.one(session, caller, sensor_id)
    now = datetime.now(UTC)
    if not now - LONGEST <= since <= now:
        raise Invalid(
            "A sensor is listened to for five minutes at most.",
            way_out="Give a `from` of the last five minutes; what was before is in the athlete's chart.",
        )
    rows = await repository.heard(session, sensor.id, since, _OWN_METRICS)
    worn = await assignments.wearers_of(session, sensor.id, since, now)
    may_read = all(may(caller, Act.SEE, thing) for thing in worn.values())
    if may_read:
        session.athletes.update(worn)
    return SensorHeard(
        sensor_id=sensor.id,
        since=since,
        until=now,
        metrics=[told for row in rows if (told := _told(row, now - since, may_read)) is not None],
    )


def _told(row: HeardRow, listened: timedelta, may_read: bool) -> MetricHeard | None:
    metric = by_id(row.metric)
    if metric is None:
        return None
    interval = metric.interval_ms
    return MetricHeard(
        gateway=row.gateway,
        metric=metric.name,
        unit=metric.unit,
        heard=row.heard,
        good=row.good,
        expected=None if interval is None else listened // timedelta(milliseconds=interval),
        last_at=row.last_at,
        value=row.value if may_read or row.metric in _OWN_METRICS else None,
    )


async def replaced(
    session: WriteSession, caller: Caller, sensor_id: int, replacement: Replacement
) -> Replaced:
    """Put another sensor in the place of this one. Raises NotFound, Forbidden, Conflict."""
    old = await sensors.one(session, caller, sensor_id, Act.CHANGE)
    new = await sensors.one(session, caller, replacement.by, Act.CHANGE)
    at = replacement.since or datetime.now(UTC)
    if new.retired_at is not None or new.kind != old.kind:
        raise Conflict(
            f"{new.label} cannot take the place of {old.label}: it is retired, or of another kind.",
            way_out="Choose a sensor of the same kind that is in use.",
        )
    worn = Conflict(
        f"{new.label} is worn by somebody else in that time.",
        way_out="Choose another sensor, or ask a coach to end that assignment.",
    )
    with conflicts({"assignment_one_wearer": worn}):
        athlete_id = await repository.replace(session, old.id, new.id, at)
    if athlete_id is None:
        raise Conflict(
            f"Nobody wears {old.label} at that time.",
            way_out="Give a later or earlier `from`, or have a coach give the other sensor out.",
        )
    session.athletes.add(athlete_id)
    return Replaced(sensor_id=old.id, by=new.id, since=at)
