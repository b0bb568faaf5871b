"""IOF XML 3.0, the exchange format of orienteering: ResultList, StartList, EntryList (IOF Data Standard 3.0).

    ClassResult > Class, Course, PersonResult > Person, Organisation, Result > BibNumber, StartTime, FinishTime, Time,
                                                                     TimeBehind, Position, Status, SplitTime
                               TeamResult > Name, TeamMemberResult > Person, Result (with Leg and OverallResult)
    ClassStart > PersonStart, TeamStart;   PersonEntry, TeamEntry

Times are seconds, with a fraction where the timing has one; moments are ISO 8601, with a zone or without, and kept as they are.
A class is an event, and each race of an event of several is a round.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results import times, xml
from sts_protocols.results.model import (
    Club,
    Competitor,
    Entry,
    Event,
    Heat,
    Leg,
    Meet,
    Reading,
    Refused,
    Result,
    Round,
    Split,
    Status,
    Time,
)
from sts_protocols.results.text import integer
from sts_protocols.results.tree import Placed, grown
from sts_protocols.results.xml import Node

STATUSES: Final[Mapping[str, Status]] = {
    "": "",
    "OK": "",
    "Finished": "",
    "MissingPunch": "MP",
    "Disqualified": "DSQ",
    "DidNotFinish": "DNF",
    "Active": "PENDING",
    "Inactive": "PENDING",
    "OverTime": "OOT",
    "SportingWithdrawal": "DNF",
    "NotCompeting": "NC",
    "Moved": "WDR",
    "MovedUp": "WDR",
    "DidNotStart": "DNS",
    "DidNotEnter": "DNS",
    "Cancelled": "WDR",
}
LISTS: Final = ("ResultList", "StartList", "EntryList")


def looks(data: bytes) -> bool:
    """Whether it is XML whose first element is a list of IOF's."""
    head = data[:4096].decode("utf-8", "replace").replace("\0", "")
    return "<" in head[:10] and any(f"<{name}" in head for name in (*LISTS, "CourseData"))


def read(data: bytes) -> Reading:
    """A list. Raises ResultFileError for what is none of the three, or of version 2."""
    tree = xml.parse(data)
    root = tree.root
    if root.name not in LISTS:
        raise ResultFileError(f"The XML is a {root.name[:40]}; of IOF's lists are read: {', '.join(LISTS)}.")
    if not root.get("iofVersion").startswith("3"):
        raise ResultFileError("The list is not of IOF XML 3: have it exported in version 3.0.")
    refused: list[Refused] = [Refused(line=tree.line, reason=tree.fault)] if tree.fault else []
    pieces = list(_pieces(root, refused))
    event = root.one("Event") or Node("Event", {}, 0)
    notes = (
        ("The list is a part (status Delta): what it lacks is not withdrawn.",)
        if root.get("status") == "Delta"
        else ()
    )
    return Reading(
        format="iof",
        encoding="xml",
        meet=Meet(
            id=event.told("Id"),
            name=event.told("Name"),
            nation=_country(event.one("Organiser")),
            first_day=event.told("StartTime", "Date"),
            last_day=event.told("EndTime", "Date"),
            events=grown(pieces),
        ),
        read=len([one for one in pieces if one.entry is not None]),
        refused=tuple(sorted(refused, key=lambda one: one.line)),
        notes=notes,
        whole=not tree.fault and not notes,
    )


def _country(node: Node | None) -> str:
    country = None if node is None else node.one("Country")
    return "" if country is None else country.get("code")


def _pieces(root: Node, refused: list[Refused]) -> Iterator[Placed]:
    for group in (*root.all("ClassResult"), *root.all("ClassStart")):
        event = _event(group)
        yield Placed(event, Round(number=1), Heat(), None)
        for node, make in _members(group):
            yield from _taken(node, make, event, refused)
    for node in root.all("PersonEntry"):
        yield from _taken(node, _person_entry, _class_event(node), refused)
    for node in root.all("TeamEntry"):
        yield from _taken(node, _team_entry, _class_event(node), refused)


Make = Callable[[Node], list[tuple[int, Entry]]]


def _members(group: Node) -> list[tuple[Node, Make]]:
    makes: dict[str, Make] = {
        "PersonResult": lambda node: _person_runs(node, "Result"),
        "PersonStart": lambda node: _person_runs(node, "Start"),
        "TeamResult": lambda node: _team(node, "TeamMemberResult", "Result"),
        "TeamStart": lambda node: _team(node, "TeamMemberStart", "Start"),
    }
    return [(child, makes[child.name]) for child in group.children if child.name in makes]


def _taken(node: Node, make: Make, event: Event, refused: list[Refused]) -> Iterator[Placed]:
    try:
        entries = make(xml.whole(node))
    except ResultFileError as error:
        refused.append(Refused(line=node.line, reason=str(error), text=node.name))
        return
    for race, entry in entries:
        yield Placed(event, Round(number=race), Heat(), entry)


def _event(group: Node) -> Event:
    return _of_class(group.one("Class"), group.one("Course"))


def _class_event(node: Node) -> Event:
    return _of_class(node.one("Class"), None)


def _of_class(node: Node | None, course: Node | None) -> Event:
    if node is None:
        return Event(name="")
    legs = list(node.all("Leg"))
    length = course.told("Length") if course is not None else ""
    least, most = node.get("minAge"), node.get("maxAge")
    return Event(
        id=node.told("Id"),
        name=node.told("Name") or node.told("ShortName"),
        gender=node.get("sex"),
        distance_m=_number(length),
        relay=len(legs) if len(legs) > 1 else integer(node.get("minNumberOfTeamMembers")) or None,
        age="-".join(age for age in (least, most) if age),
    )


def _number(text: str) -> float | None:
    whole, _, part = text.partition(".")
    good = integer(whole) is not None and (not part or integer(part) is not None)
    return float(text) if good else None


def _competitor(node: Node | None, organisation: Node | None) -> Competitor:
    if node is None:
        return Competitor(name="", club=_club(organisation))
    nationality = node.one("Nationality")
    ids = list(node.all("Id"))
    return Competitor(
        id=ids[0].text if ids else "",
        licence=ids[0].text if ids else "",
        family=node.told("Name", "Family"),
        given=node.told("Name", "Given"),
        birth=node.told("BirthDate")[:10],
        gender=node.get("sex"),
        nation="" if nationality is None else nationality.get("code"),
        club=_club(organisation),
    )


def _club(node: Node | None) -> Club:
    if node is None:
        return Club()
    name = node.told("Name") or node.told("ShortName")
    return Club(id=node.told("Id"), name=name, code=node.told("ShortName"), nation=_country(node))


def _person_runs(node: Node, inner: str) -> list[tuple[int, Entry]]:
    who = _competitor(node.one("Person"), node.one("Organisation"))
    found = []
    for run in node.all(inner):
        result = _result(run) if inner == "Result" else None
        race = integer(run.get("raceNumber")) or 1
        found.append(
            (
                race,
                Entry(
                    id=node.told("EntryId"),
                    competitor=who,
                    bib=run.told("BibNumber"),
                    start=run.told("StartTime"),
                    result=result,
                ),
            )
        )
    return found or [(1, Entry(id=node.told("EntryId"), competitor=who))]


def _result(run: Node) -> Result:
    positions = [(one.get("type"), integer(one.text)) for one in run.all("Position")]
    behind = next(
        (one.text for one in run.all("TimeBehind") if one.get("type") in ("", "Course")),
        run.told("TimeBehind"),
    )
    return Result(
        rank=next(
            (place for kind, place in positions if kind in ("", "Course")),
            positions[0][1] if positions else None,
        ),
        status=_status(run.told("Status")),
        time=_seconds(run.told("Time")),
        delta=times.span(behind),
        points=run.told("Score"),
        start=run.told("StartTime"),
        finish=run.told("FinishTime"),
        splits=tuple(_splits(run)),
        more=_card(run),
    )


def _card(run: Node) -> dict[str, str]:
    card = run.told("ControlCard")
    return {"card": card} if card else {}


def _status(word: str) -> Status:
    if word not in STATUSES:
        raise ResultFileError(f"The status {word[:20]} is none of IOF's.")
    return STATUSES[word]


def _seconds(text: str) -> Time | None:
    """Raises ResultFileError for what is no number of seconds."""
    told = times.span(text)
    if told is not None and (told.ticks is None or ":" in text):
        raise ResultFileError(f"The time {text[:20]} is no number of seconds.")
    return told


def _splits(run: Node) -> Iterator[Split]:
    for split in run.all("SplitTime"):
        yield Split(
            at=split.told("ControlCode"),
            time=_seconds(split.told("Time")),
            status=_split_status(split.get("status")),
        )


def _split_status(word: str) -> str:
    return "" if word in ("", "OK") else word.lower()


def _team(node: Node, member: str, inner: str) -> list[tuple[int, Entry]]:
    """A team with its legs; its own rank, time and status are the overall ones behind its last leg."""
    runs = [(who, run) for who in node.all(member) for run in who.all(inner)]
    organisation = node.one("Organisation")
    who = Competitor(kind="relay", name=node.told("Name"), club=_club(organisation))
    legs = tuple(_leg(one, run, inner) for one, run in runs)
    overall = _overall(max(runs, key=lambda pair: integer(pair[1].told("Leg")) or 0)[1]) if runs else Result()
    races = {integer(run.get("raceNumber")) or 1 for _, run in runs} or {1}
    entry = Entry(
        id=node.told("EntryId"),
        competitor=who,
        bib=node.told("BibNumber"),
        start=runs[0][1].told("StartTime") if runs else "",
        legs=legs if inner == "Start" else (),
        result=_with_legs(overall, legs) if inner == "Result" else None,
    )
    return [(min(races), entry)]


def _with_legs(overall: Result, legs: tuple[Leg, ...]) -> Result:
    return Result(
        rank=overall.rank,
        status=overall.status,
        time=overall.time,
        delta=overall.delta,
        start=overall.start,
        legs=legs,
    )


def _overall(run: Node) -> Result:
    total = run.one("OverallResult")
    return _result(total if total is not None else run)


def _leg(who: Node, run: Node, inner: str) -> Leg:
    ranks = {one.get("type"): integer(one.text) for one in run.all("Position")}
    return Leg(
        number=integer(run.told("Leg")),
        competitor=_competitor(who.one("Person"), who.one("Organisation")),
        time=_seconds(run.told("Time")) if inner == "Result" else None,
        rank=ranks.get("Leg", ranks.get("")),
        status=_status(run.told("Status")) if inner == "Result" else "",
        splits=tuple(_splits(run)) if inner == "Result" else (),
    )


def _person_entry(node: Node) -> list[tuple[int, Entry]]:
    who = _competitor(node.one("Person"), node.one("Organisation"))
    races = [integer(race.text) or 1 for race in node.all("RaceNumber")] or [1]
    return [(race, Entry(id=node.told("Id"), competitor=who)) for race in races]


def _team_entry(node: Node) -> list[tuple[int, Entry]]:
    who = Competitor(kind="relay", name=node.told("Name"), club=_club(node.one("Organisation")))
    legs = tuple(
        Leg(
            number=integer(one.told("Leg")),
            competitor=_competitor(one.one("Person"), one.one("Organisation")),
        )
        for one in node.all("TeamEntryPerson")
    )
    return [(1, Entry(id=node.told("Id"), competitor=who, legs=legs))]
