"""Rules of rosters: a list is looked at first and then stored whole; a person is found again by name, and by birth date
where names are alike."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.athletes.schemas import Athlete, AthleteChange, NewAthlete
from sts_hub.errors import Invalid
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Caller, Kind, Thing, guard_new
from sts_hub.rosters.columns import Told, people, plain
from sts_hub.rosters.lists import ListError, rows
from sts_hub.rosters.schemas import Roster, RosterLine, RosterPreview, Stored
from sts_hub.teams import service as teams

# What a list tells of a person, and how each is called in a sentence.
_FIELDS = {"number": "number", "birth_date": "birth date", "contact": "contact"}


async def previewed(session: ReadSession, caller: Caller, team_id: UUID, data: bytes) -> RosterPreview:
    """What a list would change in a team. Raises Invalid for what is no list."""
    await _may_add(session, caller, team_id)
    try:
        told = await asyncio.to_thread(lambda: people(rows(data), datetime.now(UTC).date()))
    except ListError as error:
        raise Invalid(str(error), way_out="Send pasted rows, CSV or .xlsx with names in it.") from None
    known = defaultdict(list)
    for row in await athletes.of_team(session, caller, team_id):
        known[plain(row.name)].append(row)
    twice = {name for name, count in Counter(_who(one) for one in told).items() if count > 1}
    lines = [_line(one, known, twice) for one in told]
    counts = Counter(line.act for line in lines)
    return RosterPreview(lines=lines, **{act: counts[act] for act in ("add", "change", "same", "refused")})


async def _may_add(session: ReadSession, caller: Caller, team_id: UUID) -> None:
    await teams.one(session, caller, team_id)
    guard_new(caller, Thing(Kind.ATHLETE, caller.club_id, team_id))


def _who(told: Told) -> tuple[str, Any]:
    return plain(told.name), told.birth_date


def _line(told: Told, known: Mapping[str, Sequence[Athlete]], twice: set[tuple[str, Any]]) -> RosterLine:
    if told.fault is not None:
        return _shown(told, "refused", None, [], f"{told.fault[0].upper()}{told.fault[1:]}.")
    if _who(told) in twice:
        return _shown(told, "refused", None, [], "The list names this person more than once.")
    found = _matching(told, known.get(plain(told.name), ()))
    if len(found) > 1:
        return _shown(
            told, "refused", None, [], "Several athletes of the team are called so: give the birth date."
        )
    if not found:
        return _shown(told, "add", None, [], None)
    changes = [
        f"{words}: {_word(getattr(found[0], field))} → {_word(getattr(told, field))}"
        for field, words in _FIELDS.items()
        if getattr(told, field) not in (None, getattr(found[0], field))
    ]
    return _shown(told, "change" if changes else "same", found[0].id, changes, None)


def _matching(told: Told, named: Sequence[Athlete]) -> list[Athlete]:
    """Those of this name who were born that day, as far as both are known; a birthday that is known to fit decides."""
    exact = [one for one in named if told.birth_date is not None and one.birth_date == told.birth_date]
    return exact or [one for one in named if None in (told.birth_date, one.birth_date)]


def _word(value: object) -> str:
    return "none" if value is None else str(value)


def _shown(
    told: Told, act: Any, athlete_id: UUID | None, changes: list[str], reason: str | None
) -> RosterLine:
    return RosterLine(
        line=told.line,
        act=act,
        athlete_id=athlete_id,
        name=told.name,
        number=told.number,
        birth_date=told.birth_date,
        contact=told.contact,
        changes=changes,
        reason=reason,
    )


async def stored(session: WriteSession, caller: Caller, team_id: UUID, roster: Roster) -> Stored:
    """Add and change people, all or nobody. Raises NotFound for an athlete who is not of the team."""
    await _may_add(session, caller, team_id)
    known = {row.id: row for row in await athletes.of_team(session, caller, team_id)}
    counts: Counter[str] = Counter()
    for person in roster.people:
        told = person.model_dump(exclude={"athlete_id"}, exclude_none=True)
        if person.athlete_id is None:
            await athletes.added(session, caller, NewAthlete(team_id=team_id, **told))
            counts["added"] += 1
            continue
        row = known.get(person.athlete_id)
        if row is None:
            stranger = await athletes.one(session, caller, person.athlete_id)
            raise Invalid(
                f"{stranger.name} is not in this team.",
                way_out="Leave athlete_id out to add somebody, or move the athlete first.",
            )
        fresh = {name: value for name, value in told.items() if getattr(row, name) != value}
        if fresh:
            await athletes.changed(session, caller, row.id, AthleteChange(**fresh))
        counts["changed" if fresh else "same"] += 1
    return Stored(added=counts["added"], changed=counts["changed"], same=counts["same"])
