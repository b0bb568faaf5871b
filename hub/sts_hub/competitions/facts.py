"""A reading of a file as facts: each event, round, heat, entry and result under the key that its source gives it.

Heat, lane and bib are part of what is said of an entry, not of its key, so that a swimmer who is moved to another heat
is the same entry, corrected. People stand in facts by a key only, so that a name can go without touching a fact.
"""

import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from sts_protocols.results.model import Competitor, Entry, Event, Heat, Incident, Leg, Meet, Result, Round

# Of a hash of 256 bits; a competition has some thousand people.
_KEY_DIGITS = 32
# An index takes keys of 2,700 bytes, and a letter may have four.
_MOST_KEY = 500
# Room for a number behind it.
_MOST_ENTRY_KEY = 490


class Told(NamedTuple):
    """A fact as one file tells it. `who`: key of its competitor, empty for none."""

    kind: str
    key: str
    parent: str
    who: str
    content: dict[str, Any]


@dataclass
class Facts:
    """All that one file tells: its facts by kind and key, and who is in them by key."""

    told: dict[tuple[str, str], Told] = field(default_factory=dict)
    people: dict[str, Competitor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact with what is said around it; empty where there is nothing."""

    id: int
    kind: str
    version: int
    content: dict[str, Any]
    athlete_id: UUID | None
    entry: dict[str, Any]
    heat: dict[str, Any]
    round: dict[str, Any]
    format: str


def facts_of(meet: Meet, salt: UUID) -> Facts:
    """The facts of a meet; people without an id are known by a hash with this salt."""
    teller = _Teller(salt)
    for event in meet.events:
        teller.event(event)
    for person in meet.competitors:
        teller.person(person)
    return teller.facts


def folded(name: str) -> str:
    """A name as it is compared: without accents, capitals, points and order of its words."""
    return " ".join(sorted(words(name)))


def words(text: str) -> list[str]:
    """The words of a text, as names are compared: without accents, capitals and points."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return letters.split()


def full_name(who: Competitor) -> str:
    """The name as one text, the given one first."""
    return who.name or " ".join(part for part in (who.given, who.family) if part)


class _Teller:
    def __init__(self, salt: UUID) -> None:
        self.facts = Facts()
        self._salt = salt
        self._told_before: Counter[str] = Counter()

    def event(self, event: Event) -> None:
        key = event.id or event.number or event.name or "-"
        self._tell("event", key, "", "", _plain(event, "id", "rounds"))
        for round_ in event.rounds:
            self._round(key, round_)

    def _round(self, event: str, round_: Round) -> None:
        named = " ".join(str(part) for part in (round_.number, round_.name, round_.run) if part)
        key = f"{event}/{round_.id or named or '-'}"
        self._tell("round", key, event, "", _plain(round_, "id", "heats"))
        for heat in round_.heats:
            self._heat(key, heat)

    def _heat(self, round_key: str, heat: Heat) -> None:
        label = heat.id or str(heat.number or "") or heat.name or "-"
        key = f"{round_key}/heat {label}"
        content = _plain(heat, "id", "entries", "incidents")
        if heat.incidents:
            content["incidents"] = [self._incident(one) for one in heat.incidents]
        self._tell("heat", key, round_key, "", content)
        for entry in heat.entries:
            self._entry(round_key, key, heat, entry)

    def _entry(self, round_key: str, heat_key: str, heat: Heat, entry: Entry) -> None:
        who = self.person(entry.competitor)
        key = self._free(f"{round_key}/{_slot(heat_key, entry, who)}")
        content = _plain(entry, "competitor", "result", "legs")
        content |= {"competitor": who} if who else {}
        content |= {"heat": heat.number or heat.name} if heat.number or heat.name else {}
        content |= {"legs": [self._leg(leg) for leg in entry.legs]} if entry.legs else {}
        self._tell("entry", key, heat_key, who, content)
        if entry.result is not None:
            self._tell("result", key, key, who, self._result(entry.result))

    def _result(self, result: Result) -> dict[str, Any]:
        content = _plain(result, "legs")
        return content | ({"legs": [self._leg(leg) for leg in result.legs]} if result.legs else {})

    def _leg(self, leg: Leg) -> dict[str, Any]:
        return _plain(leg, "competitor") | {"competitor": self.person(leg.competitor)}

    def _incident(self, one: Incident) -> dict[str, Any]:
        people = {"person": self.person(one.person), "other": self.person(one.other) if one.other else ""}
        return _plain(one, "person", "other") | {name: key for name, key in people.items() if key}

    def person(self, who: Competitor) -> str:
        """The key of somebody, who is noted; empty for nobody."""
        name = folded(full_name(who))
        if not (who.id or who.licence or name):
            return ""
        parts = (who.kind, who.id, who.licence, name, who.birth[:4], folded(who.club.name))
        key = hashlib.sha256("|".join((self._salt.hex, *parts)).encode()).hexdigest()[:_KEY_DIGITS]
        self.facts.people.setdefault(key, who)
        return key

    def _free(self, key: str) -> str:
        """The key, numbered where one file tells two entries of it."""
        short = storable(key)[:_MOST_ENTRY_KEY]
        self._told_before[short] += 1
        number = self._told_before[short]
        return short if number == 1 else f"{short} #{number}"

    def _tell(self, kind: str, key: str, parent: str, who: str, content: dict[str, Any]) -> None:
        short = storable(key)[:_MOST_KEY]
        before = self.facts.told.get((kind, short))
        merged = content if before is None else before.content | content
        self.facts.told[kind, short] = Told(kind, short, storable(parent)[:_MOST_KEY], who, merged)


def _slot(heat_key: str, entry: Entry, who: str) -> str:
    """What makes an entry the same one in a round: the source's own id; where that is but the lane, heat and lane."""
    competitor = entry.competitor
    own = entry.id or competitor.id
    if own and own != str(entry.lane):
        return own
    if competitor.licence or (who and not own):
        return competitor.licence or who
    return f"{heat_key.rpartition('/')[2]} lane {entry.lane or entry.bib or '-'}"


def _plain(value: msgspec.Struct, *without: str) -> dict[str, Any]:
    raw = msgspec.json.encode(value)
    told: dict[str, Any] = msgspec.json.decode(raw)
    if b"\\u0000" in raw:
        told = storable(told)
    return {name: part for name, part in told.items() if name not in without}


def storable(value: Any) -> Any:
    """A value as it comes back from the database: lists for tuples, and no zeros in texts, which jsonb refuses."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {storable(name): storable(part) for name, part in value.items()}
    return [storable(part) for part in value] if isinstance(value, list | tuple) else value
