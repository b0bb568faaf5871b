"""What the two squads did in ten weeks: three times a week, a match in four of them, and who was ill."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from sts_hub.season.people import SQUAD, TEAMS

WEEKS: Final = 10
MATCH_WEEKS: Final = (1, 4, 6, 9)
TEAM_STARTS: Final = (time(17, 0), time(19, 0))
ILL_IN_A_TEAM: Final = 3
ILL_DAYS: Final = (6, 12)


@dataclass(frozen=True, slots=True)
class Part:
    """A phase: its name, how long, and how hard (0 rest to 1 all out); in bouts, so long at it and so long easy."""

    name: str
    minutes: int
    effort: float
    bout_s: int = 0
    easy_s: int = 0


@dataclass(frozen=True, slots=True)
class Outing:
    """A training or a match of one team."""

    team: int
    kind: Literal["training", "match"]
    name: str
    start: datetime
    parts: tuple[Part, ...]

    @property
    def minutes(self) -> int:
        """How long it is."""
        return sum(part.minutes for part in self.parts)

    @property
    def end(self) -> datetime:
        """When it ends."""
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Illness:
    """From when to when an athlete was not there."""

    team: int
    number: int
    since: datetime
    until: datetime


_WARM_UP: Final = Part("Warm-up", 10, 0.45)
_COOL_DOWN: Final = Part("Cool-down", 5, 0.3)
_INTERVALS: Final = (
    _WARM_UP,
    Part("Intervals", 24, 0.93, bout_s=240, easy_s=180),
    Part("Game", 12, 0.75),
    _COOL_DOWN,
)
_GAMES: Final = (
    _WARM_UP,
    Part("Passing", 12, 0.55),
    Part("Small-sided games", 24, 0.85, bout_s=180, easy_s=90),
    _COOL_DOWN,
)
_RECOVERY: Final = (_WARM_UP, Part("Technique", 20, 0.5), Part("Set pieces", 15, 0.4), _COOL_DOWN)
_MATCH: Final = (
    Part("First half", 45, 0.82, bout_s=40, easy_s=25),
    Part("Half-time", 15, 0.15),
    Part("Second half", 45, 0.8, bout_s=40, easy_s=30),
)

# Days after Monday: name and parts. A match takes the place of Saturday's games and softens the Thursday before.
_TUESDAY, _THURSDAY, _SATURDAY = 1, 3, 5


def outings(today: datetime) -> list[Outing]:
    """All of the ten weeks before this week's Monday, in order."""
    monday = datetime.combine(today.date() - timedelta(days=today.weekday() + 7 * WEEKS), time(), UTC)
    found = []
    for week in range(WEEKS):
        match = week in MATCH_WEEKS
        plan = (
            (_TUESDAY, "training", "Intervals", _INTERVALS),
            (_THURSDAY, "training", "Technique" if match else "Game forms", _RECOVERY if match else _GAMES),
            (_SATURDAY, *(("match", f"Match day {MATCH_WEEKS.index(week) + 1}", _MATCH) if match else ("training", "Small-sided games", _GAMES))),
        )  # fmt: skip
        for team in range(len(TEAMS)):
            for day, kind, name, parts in plan:
                start = datetime.combine(
                    monday.date() + timedelta(days=7 * week + day), TEAM_STARTS[team], UTC
                )
                found.append(Outing(team, kind, name, start, parts))
    return sorted(found, key=lambda outing: outing.start)


def illnesses(seed: int, of: list[Outing]) -> list[Illness]:
    """Who was ill when: some of each team, in different weeks."""
    chance = random.Random(f"{seed} illness")
    first, last = of[0].start, of[-1].end
    found = []
    for team in range(len(TEAMS)):
        for number in chance.sample(range(1, SQUAD + 1), ILL_IN_A_TEAM):
            days = timedelta(days=chance.randint(*ILL_DAYS))
            since = first + chance.random() * (last - first - days)
            found.append(Illness(team, number, since, since + days))
    return found
