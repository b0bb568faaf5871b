"""What officials told of the season's matches: each match day is reported the same evening and put right the next day.

The corrections are those that happen: another minute, a goal taken back, a booking that nobody had noted, and a match that was
listed and never played.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from sts_hub.competitions import intake
from sts_hub.kit.database import WriteSession
from sts_hub.kit.operator import ask_as_admin
from sts_hub.season.people import TEAMS, Person
from sts_protocols.results.model import (
    Competitor,
    Entry,
    Event,
    Heat,
    Incident,
    Meet,
    Reading,
    Result,
    Round,
    Score,
)

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection
    from sts_hub.season.calendar import Outing

OPPONENTS: Final = ("Brackwater Rovers", "Fjellmark United", "Innerwald Athletic", "Silberegg Town")
TOLD_AFTER: Final = timedelta(hours=1)
CORRECTED_AFTER: Final = timedelta(hours=18)
MOST_GOALS: Final = 3


@dataclass(frozen=True, slots=True)
class Report:
    """A file of a match day: what it says, and when it was told."""

    name: str
    told_at: datetime
    meet: Meet


@dataclass(frozen=True, slots=True)
class Match:
    """A match at home: what happened, and how many goals the guests made."""

    team: str
    opponent: str
    start: datetime
    incidents: tuple[Incident, ...]
    theirs: int


def reports(seed: int, plan: Sequence[Outing], people: Sequence[Person]) -> Iterator[Report]:
    """Yield two reports of each match day of the plan, the second one a correction of the first."""
    for number, name in enumerate(dict.fromkeys(one.name for one in plan if one.kind == "match")):
        chance = random.Random(f"{seed} {name}")
        played = [one for one in plan if one.name == name]
        matches = [_match(one, OPPONENTS[number % len(OPPONENTS)], people, chance) for one in played]
        first, second = _told_twice(number % len(OPPONENTS), matches, chance)
        file, told_at = f"{name.lower().replace(' ', '-')}.json", played[-1].end + TOLD_AFTER
        yield Report(file, told_at, _meet(name, number + 1, first, official=False))
        yield Report(file, told_at + CORRECTED_AFTER, _meet(name, number + 1, second, official=True))


def licence(person: Person) -> str:
    """What officials know a person by."""
    return f"SEASON-{'AB'[person.team]}{person.number:02}"


async def take_in(connection: Connection, club_id: UUID, report: Report) -> None:
    """Store a report as every result file is, in the caller's transaction."""
    await ask_as_admin(connection, club_id)
    file = intake.Incoming(
        club_id=club_id,
        way="upload",
        line=f"upload  {report.name}",
        name=report.name,
        sha256=hashlib.sha256(msgspec.json.encode(report.meet)).digest(),
        told_by="Season league",
        told_at=report.told_at,
        reading=Reading(format="neutral", meet=report.meet, read=len(report.meet.events)),
    )
    await intake.take_in(WriteSession(connection), file)


def _match(outing: Outing, opponent: str, people: Sequence[Person], chance: random.Random) -> Match:
    squad = [_competitor(one) for one in people if one.team == outing.team]
    minutes = sorted(chance.sample(range(3, 90), chance.randint(1, MOST_GOALS)))
    goals = tuple(Incident(kind="goal", side=1, minute=one, person=chance.choice(squad)) for one in minutes)
    return Match(TEAMS[outing.team], opponent, outing.start, goals, chance.randint(0, MOST_GOALS))


def _competitor(person: Person) -> Competitor:
    return Competitor(name=person.name, licence=licence(person))


def _told_twice(which: int, matches: list[Match], chance: random.Random) -> tuple[list[Match], list[Match]]:
    """The matches as they were told first, and as they are told then."""
    (one, *others), goals = matches, matches[0].incidents
    if which == 0:
        return matches, [
            replace(one, incidents=(msgspec.structs.replace(goals[0], minute=2), *goals[1:])),
            *others,
        ]
    if which == 1:
        return matches, [replace(one, incidents=goals[:-1]), *others]
    if which == 2:
        booking = Incident(
            kind="booking", side=1, minute=chance.randint(3, 89), person=goals[0].person, text="yellow"
        )
        return matches, [replace(one, incidents=(*goals, booking)), *others]
    return [*matches, replace(one, team="Season youth", incidents=(), theirs=0)], matches


def _meet(name: str, day: int, matches: Sequence[Match], *, official: bool) -> Meet:
    first, last = (one.start.date().isoformat() for one in (matches[0], matches[-1]))
    events = tuple(_event(one, day, official=official) for one in matches)
    return Meet(
        name=f"Season league, {name.lower()}", first_day=first, last_day=last, zone="UTC", events=events
    )


def _event(match: Match, day: int, *, official: bool) -> Event:
    ours = sum(one.kind == "goal" for one in match.incidents)
    sides = ((match.team, ours), (match.opponent, match.theirs))
    name = f"{match.team} - {match.opponent}"
    heat = Heat(
        id=name,
        name=name,
        start=match.start.isoformat(),
        state="official" if official else "unofficial",
        entries=tuple(
            Entry(
                competitor=Competitor(kind="team", name=who),
                lane=lane,
                result=Result(scores=(Score(period="ft", value=goals),)),
            )
            for lane, (who, goals) in enumerate(sides, 1)
        ),
        incidents=match.incidents,
    )
    round_ = Round(number=day, date=match.start.date().isoformat(), heats=(heat,))
    return Event(id=match.team, name=match.team, rounds=(round_,))
