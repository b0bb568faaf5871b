"""Rules of assignments: a sensor is on one athlete at a time, and who wore it can be corrected afterwards.

Nothing else ties a sample to a person, so every act here moves values from one person to another; the samples
themselves stay where they are.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sts_hub.assignments import repository
from sts_hub.assignments.repository import AssignmentRow, Wanted
from sts_hub.assignments.schemas import (
    Assignment,
    AssignmentChange,
    Assignments,
    NewAssignment,
    NewAssignments,
    Suggestion,
    Suggestions,
    Swap,
)
from sts_hub.athletes import service as athletes
from sts_hub.errors import Conflict, Invalid
from sts_hub.gateways import service as gateways
from sts_hub.gateways.schemas import GatewaySensor
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import MAX_LIMIT, Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, may, missing
from sts_hub.sensors import service as sensors
from sts_hub.sensors.schemas import Sensor

# The resolution of PostgreSQL's times: the shortest range that holds an instant.
_INSTANT = timedelta(microseconds=1)


async def listed(session: ReadSession, caller: Caller, cut: Cut, wanted: Wanted) -> Page[Assignment]:
    """The assignments that the caller sees, newest first."""
    rows = await repository.page(session, wanted, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.since, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def one(session: ReadSession, caller: Caller, assignment_id: UUID, act: Act = Act.SEE) -> AssignmentRow:
    """An assignment that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, assignment_id)
    if row is None:
        raise missing(Kind.ASSIGNMENT)
    guard(caller, act, row.thing)
    return row


async def added(session: WriteSession, caller: Caller, new: NewAssignment) -> Assignment:
    """Give a sensor to an athlete; raises Conflict while another wears it, unless it is to be taken over."""
    since = new.since or datetime.now(UTC)
    _in_order(since, new.until)
    await _wearer(session, caller, new.athlete_id)
    await _in_use(session, caller, new.sensor_id)
    if new.take_over:
        await _end_running(session, caller, new.sensor_id, since)
    return await _given(session, caller, new.sensor_id, new.athlete_id, since, new.until)


async def _in_use(session: ReadSession, caller: Caller, sensor_id: int) -> Sensor:
    sensor = sensors.shown(await sensors.one(session, caller, sensor_id))
    if sensor.retired_at is not None:
        raise Conflict(
            f"The sensor {sensor.label} is retired.",
            way_out="Put it back into use first (PATCH /api/v1/sensors/{id} with retired: false).",
        )
    return sensor


async def _given(
    session: WriteSession,
    caller: Caller,
    sensor_id: int,
    athlete_id: UUID,
    since: datetime,
    until: datetime | None,
) -> Assignment:
    session.athletes.add(athlete_id)
    with conflicts({"assignment_one_wearer": await _worn(session, sensor_id, since, until)}):
        added_id = await repository.add(session, caller.club_id, sensor_id, athlete_id, since, until)
    return shown(await one(session, caller, added_id))


async def all_added(session: WriteSession, caller: Caller, new: NewAssignments) -> Assignments:
    """Give sensors to a squad, all or none. Those that are taken over end first, so that a squad may exchange them."""
    since = new.since or datetime.now(UTC)
    _in_order(since, new.until)
    await athletes.several(
        session, caller, {pair.athlete_id for pair in new.items}, Act.CHANGE, Kind.ASSIGNMENT
    )
    for pair in new.items:
        await _in_use(session, caller, pair.sensor_id)
        if new.take_over:
            await _end_running(session, caller, pair.sensor_id, since)
    return Assignments(
        items=[
            await _given(session, caller, pair.sensor_id, pair.athlete_id, since, new.until)
            for pair in new.items
        ]
    )


async def swapped(session: WriteSession, caller: Caller, swap: Swap) -> Assignments:
    """Say that an athlete wears a sensor from now on, or has since a time: one request, three assignments at most.

    What the athlete wore of its kind ends then, and so does who wore the sensor; with `exchange` these two change
    places. Raises Conflict where somebody began to wear one of them later.
    """
    at = swap.since or datetime.now(UTC)
    await _wearer(session, caller, swap.athlete_id)
    sensor = await _in_use(session, caller, swap.sensor_id)
    before = await repository.of_kind(session, swap.athlete_id, sensor.kind, at)
    others = await repository.overlapping(session, swap.sensor_id, at, at + _INSTANT)
    for row in (*before, *others):
        await _ended(session, caller, row, at)
    made = [await _given(session, caller, swap.sensor_id, swap.athlete_id, at, None)]
    if swap.exchange and before and others:
        given = await _given(session, caller, before[0].sensor_id, others[0].athlete_id, at, None)
        made.append(given)
    return Assignments(items=made)


async def _ended(session: WriteSession, caller: Caller, row: AssignmentRow, at: datetime) -> None:
    """End what was worn; what began at that very time never was."""
    if not may(caller, Act.CHANGE, row.thing):
        return
    if row.since < at:
        await repository.change(session, row.id, row.athlete_id, row.since, at)
    else:
        await repository.remove(session, row.id)


async def wearers_of(
    session: ReadSession, sensor_id: int, since: datetime, until: datetime
) -> dict[UUID, Thing]:
    """Whose values a sensor told in a time, as the policy is asked about them."""
    rows = await repository.overlapping(session, sensor_id, since, until)
    return {
        row.athlete_id: Thing(Kind.HEALTH, row.club_id, row.team_id, row.account_id, row.athlete_id)
        for row in rows
    }


async def suggested(session: ReadSession, caller: Caller) -> Suggestions:
    """What gateways hear now and nobody wears, with who wore it last; the strongest signal first."""
    fleet = await gateways.listed(session, caller, Cut(MAX_LIMIT))
    heard: dict[str, tuple[str, GatewaySensor]] = {}
    for gateway in fleet.items:
        for told in gateway.sensors if gateway.state in _LISTENING else []:
            best = heard.get(told.address)
            if told.state in _HEARD and (best is None or _signal(told) > _signal(best[1])):
                heard[told.address] = gateway.name, told
    known = await repository.heard(session, list(heard))
    free = [one for one in heard.items() if not known[one[0]].worn]
    return Suggestions(
        items=[
            Suggestion(
                sensor_id=known[address].sensor_id,
                label=known[address].label,
                address=address,
                kind=told.kind,
                gateway=gateway,
                rssi=told.rssi,
                athlete_id=known[address].last_athlete,
            )
            for address, (gateway, told) in sorted(free, key=lambda one: -_signal(one[1][1]))
        ]
    )


# A gateway that fell silent tells nothing of now; what is off or lost is on nobody.
_LISTENING = frozenset({"ok", "degraded"})
_HEARD = frozenset({"live", "late"})


def _signal(told: GatewaySensor) -> int:
    """dBm; a link tells none and is sorted behind all that do."""
    return -200 if told.rssi is None else told.rssi


async def _wearer(session: ReadSession, caller: Caller, athlete_id: UUID) -> None:
    """The athlete must be one for whom the caller may change assignments."""
    athlete = await athletes.one(session, caller, athlete_id)
    guard_new(caller, athlete.thing(Kind.ASSIGNMENT))


async def _end_running(session: WriteSession, caller: Caller, sensor_id: int, at: datetime) -> None:
    for row in await repository.overlapping(session, sensor_id, at, at + _INSTANT):
        if row.since < at and may(caller, Act.CHANGE, row.thing):
            await repository.change(session, row.id, row.athlete_id, row.since, at)


async def changed(
    session: WriteSession, caller: Caller, assignment_id: UUID, change: AssignmentChange
) -> Assignment:
    """End an assignment, correct its time, or say who really wore the sensor."""
    row = await one(session, caller, assignment_id, Act.CHANGE)
    fields: dict[str, Any] = {name: getattr(row, name) for name in ("athlete_id", "since", "until")}
    fields |= change.model_dump(exclude_unset=True)
    if fields["athlete_id"] is None or fields["since"] is None:
        raise Invalid(
            "An assignment always has an athlete and a beginning.", way_out="Leave them out to keep them."
        )
    _in_order(fields["since"], fields["until"])
    await _wearer(session, caller, fields["athlete_id"])
    worn = await _worn(session, row.sensor_id, fields["since"], fields["until"], but=row.id)
    with conflicts({"assignment_one_wearer": worn}):
        await repository.change(session, row.id, **fields)
    return shown(await one(session, caller, row.id))


async def removed(session: WriteSession, caller: Caller, assignment_id: UUID) -> None:
    """Remove an assignment that never was; its values then belong to nobody."""
    row = await one(session, caller, assignment_id, Act.CHANGE)
    await repository.remove(session, row.id)


def _in_order(since: datetime, until: datetime | None) -> None:
    if until is not None and until <= since:
        raise Invalid("The assignment would end before it begins.", way_out="Give a `to` after `from`.")


async def _worn(
    session: ReadSession, sensor_id: int, since: datetime, until: datetime | None, but: UUID | None = None
) -> Conflict:
    """The conflict to tell if the constraint refuses; assignments of other teams are not named."""
    rows = await repository.overlapping(session, sensor_id, since, until, but)
    if not rows:
        return Conflict(
            "The sensor is worn by somebody of another team in that time.",
            way_out="Ask an admin of the club to end that assignment, or use another sensor.",
        )
    first = rows[0]
    return Conflict(
        f"The sensor is already worn since {first.since.isoformat()}.",
        way_out="Send it again with take_over: true to end a running assignment at the new beginning, or "
        "change the one in the way with PATCH /api/v1/assignments/{id}: `to` when it ended, `athlete_id` for "
        "who really wore it.",
        conflicts=[shown(row).model_dump(mode="json", by_alias=True) for row in rows],
    )


def shown(row: AssignmentRow) -> Assignment:
    """The assignment as the API tells it."""
    return Assignment.model_validate(row, from_attributes=True)
