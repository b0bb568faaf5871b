"""Rules of what happens in a session: phases, markers, and who is in play. Each tap has the time at which it was made,
however late it arrives, and can be taken back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sts_hub.analytics.holding import Window
from sts_hub.db.times import microseconds
from sts_hub.errors import Conflict, Invalid, NotFound
from sts_hub.kit import editions
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.policy import Caller
from sts_hub.sessions import repository, service
from sts_hub.sessions.repository import InPhaseRow, SessionRow
from sts_hub.sessions.schemas import (
    AHEAD,
    Marker,
    NewMarker,
    NewPhase,
    NewPlay,
    Phase,
    PhaseChange,
    Play,
    Stretch,
    Timeline,
)

_REFUSED = {
    "phase_one_at_a_time": Conflict(
        "An athlete would be in two phases at once.",
        way_out="End or correct the other phase first; GET .../timeline shows it.",
    ),
    "phase_lasts": Conflict(
        "A phase would last no time at all.",
        way_out="A phase of these athletes begins or ends at that time already: correct that one.",
    ),
    "session_play_once": Conflict(
        "Something else was said of an athlete for that very time.", way_out="Remove that entry first."
    ),
}


class InPhase(NamedTuple):
    """A phase in which an athlete was, and when."""

    phase_id: UUID
    name: str
    window: Window


async def timeline(session: ReadSession, caller: Caller, session_id: UUID) -> Timeline:
    """What happened, as far as the caller sees whom it happened to."""
    row = await service.one(session, caller, session_id)
    seen = {one.athlete_id for one in await service.seen_roster(session, caller, row.id)}
    session.athletes.update(seen)
    in_phases = [one for one in await repository.phases(session, row.id) if one.athlete_id in seen]
    by_phase = sorted(in_phases, key=lambda one: one.id)
    phases = [_phase(list(rows)) for _, rows in groupby(by_phase, key=lambda one: one.id)]
    return Timeline(
        phases=sorted(phases, key=lambda phase: (phase.since, phase.id)),
        markers=[
            Marker.model_validate(one)
            for one in await repository.markers(session, row.id)
            if one.athlete_id is None or one.athlete_id in seen
        ],
        play=[
            Play.model_validate(one)
            for one in await repository.play(session, row.id)
            if one.athlete_id in seen
        ],
    )


async def phases_within(session: ReadSession, session_id: UUID, window: Window) -> dict[UUID, list[InPhase]]:
    """The phases in which each athlete was, in time, cut to a window, as far as row-level security shows them."""
    found: dict[UUID, list[InPhase]] = defaultdict(list)
    for row in await repository.phases(session, session_id):
        until_us = window.until_us if row.until is None else min(microseconds(row.until), window.until_us)
        part = Window(max(microseconds(row.since), window.since_us), until_us)
        if part.since_us < part.until_us:
            found[row.athlete_id].append(InPhase(row.id, row.name, part))
    return found


def _phase(rows: Sequence[InPhaseRow]) -> Phase:
    ends = [row.until for row in rows]
    known = [end for end in ends if end is not None]
    return Phase.model_validate(
        {
            "id": rows[0].id,
            "name": rows[0].name,
            "since": min(row.since for row in rows),
            "until": max(known) if len(known) == len(ends) else None,
            "athletes": [Stretch.model_validate(row) for row in rows],
        }
    )


async def phase(session: ReadSession, caller: Caller, session_id: UUID, phase_id: UUID) -> Phase:
    """One phase, for those of its athletes whom the caller sees. Raises NotFound."""
    row = await service.one(session, caller, session_id)
    return await _one_phase(session, caller, row.id, phase_id)


async def phase_begun(session: WriteSession, caller: Caller, session_id: UUID, new: NewPhase) -> Phase:
    """Let athletes go over into a new phase; the one in which they were ends at that moment."""
    row, at = await _tapped(session, caller, session_id, new.at)
    athlete_ids = await _chosen(session, caller, row, new)
    with conflicts(_REFUSED):
        phase_id = await repository.add_phase(session, row, new.name, at, athlete_ids)
    return await _one_phase(session, caller, row.id, phase_id)


async def _chosen(session: ReadSession, caller: Caller, row: SessionRow, new: NewPhase) -> list[UUID]:
    roster = await service.seen_roster(session, caller, row.id)
    if new.athlete_ids is not None:
        _on_roster(new.athlete_ids, (one.athlete_id for one in roster))
        return list(dict.fromkeys(new.athlete_ids))
    chosen = [one.athlete_id for one in roster if new.group in (None, one.squad)]
    if not chosen:
        raise Invalid(
            "Nobody would be in this phase.",
            way_out="Put athletes on the roster, or name a group that has some.",
        )
    return chosen


def _on_roster(athlete_ids: Iterable[UUID], roster: Iterable[UUID]) -> None:
    if not set(athlete_ids) <= set(roster):
        raise NotFound(
            "There is no such athlete on the roster.", way_out="Put the athlete on the roster first (PATCH)."
        )


async def phase_changed(
    session: WriteSession,
    caller: Caller,
    session_id: UUID,
    phase_id: UUID,
    change: PhaseChange,
    if_match: str | None,
) -> Phase:
    """Correct a phase that is still as the caller knows it; raises EditedMeanwhile with what is there now."""
    await phase(session, caller, session_id, phase_id)
    row = await service.held(session, caller, session_id)
    before = await _one_phase(session, caller, row.id, phase_id)
    editions.check(if_match, before)
    fields = change.model_dump(exclude_unset=True)
    if fields.get("name", "") is None or fields.get("since", before.since) is None:
        raise Invalid("A phase always has a name and a begin.", way_out="Leave them out to keep them.")
    since, until = fields.get("since", before.since), fields.get("until", before.until)
    if until is not None and until <= since:
        raise Invalid("The phase would end before it begins.", way_out="Give a `to` after `from`.")
    with conflicts(_REFUSED):
        await repository.change_phase(session, row.id, phase_id, fields)
    return await _one_phase(session, caller, row.id, phase_id)


async def phase_ended(
    session: WriteSession, caller: Caller, session_id: UUID, phase_id: UUID, at: datetime | None
) -> Phase:
    """End a phase for those who are still in it."""
    await phase(session, caller, session_id, phase_id)
    row, moment = await _tapped(session, caller, session_id, at)
    running = await _one_phase(session, caller, row.id, phase_id)
    if running.until is not None or moment <= running.since:
        raise Conflict("The phase does not run at that time.", way_out="Correct its borders with PATCH.")
    await repository.end_phases(session, row.id, moment, phase_id)
    return await _one_phase(session, caller, row.id, phase_id)


async def phase_removed(session: WriteSession, caller: Caller, session_id: UUID, phase_id: UUID) -> None:
    """Undo a phase: who was in another one before goes on in it, as if this one had never been."""
    await phase(session, caller, session_id, phase_id)
    row = await service.held(session, caller, session_id)
    if not await repository.remove_phase(session, row.id, phase_id):
        raise NotFound("There is no such phase.")


async def _one_phase(session: ReadSession, caller: Caller, session_id: UUID, phase_id: UUID) -> Phase:
    seen = {one.athlete_id for one in await service.seen_roster(session, caller, session_id)}
    rows = [row for row in await repository.phases(session, session_id, phase_id) if row.athlete_id in seen]
    if not rows:
        raise NotFound("There is no such phase.")
    session.athletes.update(row.athlete_id for row in rows)
    return _phase(rows)


async def marker_set(session: WriteSession, caller: Caller, session_id: UUID, new: NewMarker) -> Marker:
    """Set a marker, of the team or of one athlete."""
    row, at = await _tapped(session, caller, session_id, new.at)
    if new.athlete_id is not None:
        roster = await service.seen_roster(session, caller, row.id)
        _on_roster([new.athlete_id], (one.athlete_id for one in roster))
        session.athletes.add(new.athlete_id)
    return Marker.model_validate(await repository.add_marker(session, row.id, new.athlete_id, at, new.name))


async def marker_removed(session: WriteSession, caller: Caller, session_id: UUID, marker_id: UUID) -> None:
    """Take a marker away."""
    row = await service.held(session, caller, session_id)
    if not await repository.remove_marker(session, row.id, marker_id):
        raise NotFound("There is no such marker.")


async def play_changed(session: WriteSession, caller: Caller, session_id: UUID, new: NewPlay) -> list[Play]:
    """Note that athletes go into play, onto the bench, or out."""
    row, at = await _tapped(session, caller, session_id, new.at)
    roster = await service.seen_roster(session, caller, row.id)
    _on_roster(new.athlete_ids, (one.athlete_id for one in roster))
    athlete_ids = list(dict.fromkeys(new.athlete_ids))
    session.athletes.update(athlete_ids)
    with conflicts(_REFUSED):
        rows = await repository.add_play(session, row.id, athlete_ids, at, new.state)
    return [Play.model_validate(one) for one in rows]


async def play_removed(session: WriteSession, caller: Caller, session_id: UUID, play_id: UUID) -> None:
    """Take a change of state back: the one before it holds on."""
    row = await service.held(session, caller, session_id)
    if not await repository.remove_play(session, row.id, play_id):
        raise NotFound("There is no such change.")


async def _tapped(
    session: WriteSession, caller: Caller, session_id: UUID, at: datetime | None
) -> tuple[SessionRow, datetime]:
    """The session in which something happened, and when. Raises Conflict before its start, Invalid outside of it."""
    row = await service.held(session, caller, session_id)
    moment = service.not_ahead(at)
    if row.started_at is None:
        raise Conflict("The session has not begun.", way_out="Begin it first: POST .../start.")
    if not row.started_at <= moment <= (row.ended_at or datetime.now(UTC) + AHEAD):
        raise Invalid(
            "This lies outside the session.",
            way_out="Give a time within it, or correct its borders with PATCH.",
        )
    return row, moment
