"""Rules of sessions: planned, running, ended; two who edit one lose nothing of each other; borders may be corrected
afterwards."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.errors import Conflict, Invalid
from sts_hub.kit import editions
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.outbox import service as outbox
from sts_hub.policy import Act, Caller, Kind, guard, may, missing
from sts_hub.sessions import plans, repository
from sts_hub.sessions.repository import RosterRow, SessionRow, Wanted
from sts_hub.sessions.schemas import (
    AHEAD,
    NewSession,
    Participant,
    Session,
    SessionChange,
    SessionEntry,
)


async def listed(session: ReadSession, caller: Caller, cut: Cut, wanted: Wanted) -> Page[SessionEntry]:
    """The sessions of a time that the caller sees, by when they begin."""
    rows = await repository.page(session, wanted, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.begins, row.id),
        item=SessionEntry.model_validate,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def one(session: ReadSession, caller: Caller, session_id: UUID, act: Act = Act.SEE) -> SessionRow:
    """A session that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, session_id)
    if row is None:
        raise missing(Kind.SESSION)
    guard(caller, act, row.thing)
    return row


async def held(session: WriteSession, caller: Caller, session_id: UUID) -> SessionRow:
    """A session that the caller may change, and nobody else does until this transaction ends."""
    await one(session, caller, session_id, Act.CHANGE)
    await repository.hold(session, session_id)
    return await one(session, caller, session_id, Act.CHANGE)


async def shown(session: ReadSession, caller: Caller, row: SessionRow) -> Session:
    """The session as the API tells it: the roster as far as the caller sees it, notes to those who train."""
    return Session(
        **SessionEntry.model_validate(row).model_dump(),
        live_data=row.live_data,
        notes=row.notes if may(caller, Act.CHANGE, row.thing) else None,
        plan=plans.of_json(row.plan),
        roster=[
            Participant(athlete_id=one.athlete_id, group=one.squad)
            for one in await seen_roster(session, caller, row.id)
        ],
    )


async def seen_roster(
    session: ReadSession, caller: Caller, session_id: UUID, kind: Kind = Kind.ATHLETE
) -> list[RosterRow]:
    """Those on the roster whom, or of whom this kind of thing, the caller sees."""
    rows = await repository.roster(session, session_id)
    return [row for row in rows if may(caller, Act.SEE, row.thing(kind))]


async def added(session: WriteSession, caller: Caller, new: NewSession) -> Session:
    """Plan a session of a team of the caller."""
    await plans.guard_new_of_team(session, caller, Kind.SESSION, new.team_id)
    fields = await _with_template(session, caller, new)
    _in_order(fields)
    row = await one(session, caller, await repository.add(session, caller.club_id, fields))
    if new.roster is None:
        await repository.join_team(session, row.id, row.team_id)
    else:
        await _set_roster(session, caller, row, new.roster)
    return await shown(session, caller, row)


async def _with_template(session: ReadSession, caller: Caller, new: NewSession) -> dict[str, Any]:
    """The session's fields: what is given, else the template's, else what is usual."""
    fields: dict[str, Any] = {"kind": "training", "plan": "[]", "name": None}
    if new.template_id is not None:
        template = await plans.template(session, caller, new.template_id)
        fields = {"kind": template.kind, "plan": template.plan, "name": template.name}
    given = {name: value for name, value in _columns(new).items() if value is not None}
    fields |= {"planned_from": datetime.now(UTC), "planned_to": None} | given
    if fields["name"] is None:
        raise Invalid("A session has a name.", way_out="Give `name`, or a `template_id` that has one.")
    return fields


def _columns(given: NewSession | SessionChange) -> dict[str, Any]:
    fields = given.model_dump(exclude_unset=True, exclude={"roster", "template_id"})
    if fields.get("plan") is not None:
        fields["plan"] = plans.as_json(given.plan or [])
    if isinstance(given, NewSession):
        fields |= {"live_data": given.live_data, "notes": given.notes}
    return fields


async def changed(
    session: WriteSession, caller: Caller, session_id: UUID, change: SessionChange, if_match: str | None
) -> Session:
    """Change a session that is still as the caller knows it; raises EditedMeanwhile with what is there now."""
    row = await held(session, caller, session_id)
    editions.check(if_match, await shown(session, caller, row))
    fields = _columns(change)
    for name in _ALWAYS:
        if name in fields and fields[name] is None:
            raise Invalid(f"A session always has {name}.", way_out=f"Leave {name} out to keep it.")
    after = asdict(row) | fields
    _in_order(after)
    await repository.change(session, row, fields)
    if change.roster is not None:
        await _set_roster(session, caller, row, change.roster)
    return await shown(session, caller, await one(session, caller, session_id))


_ALWAYS = ("kind", "name", "planned_from", "live_data", "notes", "plan")


async def _set_roster(
    session: WriteSession, caller: Caller, row: SessionRow, roster: Sequence[Participant]
) -> None:
    squads = {one.athlete_id: one.group for one in roster}
    if len(squads) < len(roster):
        raise Invalid("An athlete stands on the roster twice.", way_out="Name each athlete once.")
    await athletes.several(session, caller, list(squads))
    await repository.set_roster(session, row, list(squads.items()))


async def started(session: WriteSession, caller: Caller, session_id: UUID, at: datetime | None) -> Session:
    """Begin a planned session."""
    row = await held(session, caller, session_id)
    if row.state != "planned":
        raise _moved(row, "begun")
    await repository.change(session, row, {"started_at": not_ahead(at)})
    return await shown(session, caller, await one(session, caller, session_id))


async def ended(session: WriteSession, caller: Caller, session_id: UUID, at: datetime | None) -> Session:
    """End a running session, and the phases that run in it."""
    row = await held(session, caller, session_id)
    if row.state != "running":
        raise _moved(row, "ended")
    fields = {"ended_at": not_ahead(at)}
    _in_order(asdict(row) | fields)
    await repository.change(session, row, fields)
    await repository.end_phases(session, row.id, fields["ended_at"])
    about = {"session_id": str(row.id), "team_id": str(row.team_id)}
    await outbox.event(session, row.club_id, "session.ended", fields["ended_at"], about)
    return await shown(session, caller, await one(session, caller, session_id))


async def removed(session: WriteSession, caller: Caller, session_id: UUID) -> None:
    """Remove a session that never was, with all that was said of it; no sample goes with it."""
    row = await held(session, caller, session_id)
    await repository.remove(session, row.id)


def _moved(row: SessionRow, how: str) -> Conflict:
    return Conflict(
        f"The session is {row.state}, so it cannot be {how} now.",
        way_out="Correct its borders with PATCH: started_at, ended_at.",
    )


def not_ahead(at: datetime | None) -> datetime:
    """The time of a tap, now when none is told; raises Invalid for one in the future."""
    now = datetime.now(UTC)
    if at is None:
        return now
    if at > now + AHEAD:
        raise Invalid("This time is in the future.", way_out="Set the clock of the device that told it.")
    return at


def _in_order(fields: dict[str, Any]) -> None:
    for begin, end in (("planned_from", "planned_to"), ("started_at", "ended_at")):
        since, until = fields.get(begin), fields.get(end)
        if until is not None and (since is None or until <= since):
            raise Invalid(
                f"The session would end before it begins: {end}.", way_out=f"Give {end} after {begin}."
            )
