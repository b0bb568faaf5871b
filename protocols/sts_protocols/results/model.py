"""What every result file says, in one shape: meet, events, rounds, heats, entries, results.

Nothing here is computed: ranks are those of the source, so ties stay ties; a status stands beside a time,
since a disqualified swimmer may have one; a time that is not there is null. Ids are the source's own.
"""

from typing import Literal

import msgspec

Status = Literal["", "DNS", "DNF", "DSQ", "WDR", "EXH", "SICK", "RJC", "OOT", "MP", "NC", "PENDING"]
"""As the source told: did not start, did not finish, disqualified, withdrawn, exhibition, sick, entry rejected, over the
time limit, missed a control, out of competition, no result yet. Empty: an ordinary result."""

State = Literal["", "official", "unofficial"]
"""Whether the source calls a heat final; empty where it does not say."""

Manner = Literal["", "hand", "cell", "pad", "button", "manual"]
"""How a time was taken, where the source tells."""


class Fact(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Anything that a source tells; what it does not tell is left out."""


class Time(Fact, frozen=True):
    """A duration in 1/10,000 s, and the text that it was printed as. `ticks` is None for a text that tells none."""

    ticks: int | None
    text: str
    manner: Manner = ""


class Club(Fact, frozen=True):
    """Whom somebody competes for."""

    id: str = ""
    name: str = ""
    code: str = ""
    nation: str = ""


class Competitor(Fact, frozen=True):
    """Who competes. `name` is the name as one text where the source does not part it; `birth` YYYY or YYYY-MM-DD."""

    kind: Literal["person", "relay", "team"] = "person"
    id: str = ""
    licence: str = ""
    family: str = ""
    given: str = ""
    name: str = ""
    birth: str = ""
    gender: str = ""
    nation: str = ""
    club: Club = Club()


class Split(Fact, frozen=True):
    """A time on the way: from the start (`time`), of the part before it (`lap`), or both.

    `at`: where, in the words of the source (a control's code, a number of the gate).
    """

    at: str = ""
    distance_m: float | None = None
    time: Time | None = None
    lap: Time | None = None
    status: str = ""


class Leg(Fact, frozen=True):
    """One part of a relay. `take_over`: reaction at the take-over, negative when too early."""

    number: int | None = None
    competitor: Competitor = Competitor()
    time: Time | None = None
    take_over: Time | None = None
    rank: int | None = None
    status: Status = ""
    splits: tuple[Split, ...] = ()


class Incident(Fact, frozen=True):
    """Something in a match: goal, own_goal, penalty, booking, substitution; `side` is the lane of the entry."""

    kind: str
    side: int | None = None
    minute: int | None = None
    added_minutes: int | None = None
    person: Competitor = Competitor()
    other: Competitor | None = None
    text: str = ""


class Score(Fact, frozen=True):
    """What stood at the end of a period: ht, ft, et, p."""

    period: str
    value: int


class Result(Fact, frozen=True):
    """What became of an entry. `others`: further times of it, hand or button."""

    id: str = ""
    rank: int | None = None
    status: Status = ""
    time: Time | None = None
    others: tuple[Time, ...] = ()
    delta: Time | None = None
    reaction: Time | None = None
    points: str = ""
    distance_m: float | None = None
    wind: str = ""
    start: str = ""
    finish: str = ""
    scores: tuple[Score, ...] = ()
    splits: tuple[Split, ...] = ()
    legs: tuple[Leg, ...] = ()
    comment: str = ""
    more: dict[str, str] = {}


class Entry(Fact, frozen=True, kw_only=True):
    """Somebody in a round. Heat, lane and bib are where they were seen last, not who they are."""

    id: str = ""
    competitor: Competitor
    lane: int | None = None
    bib: str = ""
    entry_time: Time | None = None
    status: Status = ""
    result: Result | None = None
    legs: tuple[Leg, ...] = ()
    start: str = ""


class Heat(Fact, frozen=True):
    """Those who start together. `start`: time of day or date and time as the source tells, without a zone if it has none."""

    id: str = ""
    number: int | None = None
    name: str = ""
    wind: str = ""
    start: str = ""
    state: State = ""
    entries: tuple[Entry, ...] = ()
    incidents: tuple[Incident, ...] = ()


class Round(Fact, frozen=True):
    """A round of an event: prelim, semifinal, final, swim_off, ... `run`: the how-manieth of its kind."""

    id: str = ""
    number: int | None = None
    name: str = ""
    run: int | None = None
    date: str = ""
    heats: tuple[Heat, ...] = ()


class Event(Fact, frozen=True):
    """What is competed in. `relay`: how many form a relay; None or 1 for none."""

    id: str = ""
    number: str = ""
    name: str = ""
    distance_m: float | None = None
    stroke: str = ""
    gender: str = ""
    relay: int | None = None
    age: str = ""
    course: str = ""
    rounds: tuple[Round, ...] = ()


class Meet(Fact, frozen=True):
    """A competition, as far as one file tells of it. Dates are YYYY-MM-DD."""

    id: str = ""
    name: str = ""
    city: str = ""
    nation: str = ""
    first_day: str = ""
    last_day: str = ""
    course: str = ""
    timing: str = ""
    zone: str = ""
    events: tuple[Event, ...] = ()
    competitors: tuple[Competitor, ...] = ()


class Refused(Fact, frozen=True):
    """Something that could not be read, and why; the rest of the file is read. Lines count from 1."""

    line: int
    reason: str
    text: str = ""


class Reading(Fact, frozen=True, kw_only=True):
    """What a file says: its format, the meet, and how many of its pieces could be read."""

    format: str
    encoding: str = ""
    meet: Meet
    read: int
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True
    """False for a file that ends in the middle: what it lacks is not to be taken for withdrawn."""

    @property
    def n_of_m(self) -> str:
        """How much could be read, as people say it."""
        return f"{self.read} of {self.read + len(self.refused)}"
