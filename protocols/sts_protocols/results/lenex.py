"""Lenex 3, the exchange format of swimming: .lef is XML, .lxf the same zipped (Lenex 3.0 Technical documentation).

    LENEX > MEETS > MEET > SESSIONS > SESSION > EVENTS > EVENT > HEATS > HEAT
                                                              > AGEGROUPS > AGEGROUP > RANKINGS > RANKING (place, resultid)
                         > CLUBS > CLUB > ATHLETES > ATHLETE > ENTRIES > ENTRY, RESULTS > RESULT > SPLITS > SPLIT
                                        > RELAYS > RELAY     > the same, with RELAYPOSITIONS > RELAYPOSITION

Each round is an EVENT of its own; those of one number are rounds of one event. Ranks stand in the age groups, not at the
results: an entry has that of the first age group which ranks it, and all of them by name. Swim times are HH:MM:SS.hh or
NT; reaction times are signed hundredths. A file may have several meets: the first is read, and the others are told.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from sts_protocols.errors import ResultFileError
from sts_protocols.results import archive, times, xml
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
    State,
    Status,
    Time,
)
from sts_protocols.results.statuses import WORDS
from sts_protocols.results.text import integer
from sts_protocols.results.tree import Placed, grown
from sts_protocols.results.xml import Node

ROUNDS: Final[Mapping[str, str]] = {
    "": "timed_final",
    "TIM": "timed_final",
    "FHT": "fastest_heats",
    "FIN": "final",
    "SEM": "semifinal",
    "QUA": "quarterfinal",
    "PRE": "prelim",
    "SOP": "swim_off_after_prelim",
    "SOS": "swim_off_after_semifinal",
    "SOQ": "swim_off_after_quarterfinal",
    "TIMETRIAL": "time_trial",
}
_STATES: Final[Mapping[str, State]] = {
    "OFFICIAL": "official",
    "INOFFICIAL": "unofficial",
    "UNOFFICIAL": "unofficial",
}
# Lenex tells lengths of some fin-swimming results in centimetres, and reaction times in hundredths of a second.
_CM_PER_M: Final = 100
_TICKS_PER_HUNDREDTH: Final = times.TICKS_PER_S // 100


def looks(data: bytes) -> bool:
    """Whether it is a zip file or XML whose first element is LENEX."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return data.startswith(archive.MARK) or (head.startswith(b"<") and b"<LENEX" in data[:4096].upper())


class _Told(NamedTuple):
    """What a meet says of itself before its clubs are read."""

    places: dict[str, tuple[Event, Round]]
    heats: dict[str, Heat]
    ranks: dict[str, list[tuple[str, int]]]
    athletes: dict[str, Competitor]


def read(data: bytes) -> Reading:
    """The first meet. Raises ResultFileError for what is no Lenex file or has no meet."""
    tree = xml.parse(archive.unpacked(data, ".lef") if data.startswith(archive.MARK) else data)
    if tree.root.name.upper() != "LENEX":
        raise ResultFileError(f"The XML is not Lenex: its first element is {tree.root.name[:40]}.")
    meets = list(tree.root.all("MEETS", "MEET"))
    if not meets:
        raise ResultFileError(
            "There is no meet in this Lenex file (records and time standards are not read)."
        )
    refused: list[Refused] = []
    if tree.fault:
        refused.append(Refused(line=tree.line, reason=tree.fault))
    told = _told(meets[0])
    pieces = list(_pieces(meets[0], told, refused))
    notes = (f"The file has {len(meets)} meets; the first is read.",) if len(meets) > 1 else ()
    listed = [Placed(*told.places[key], Heat(), None) for key in told.places]
    return Reading(
        format="lenex",
        encoding="xml",
        meet=_meet(meets[0], grown(pieces) if pieces else grown(listed), told),
        read=len(pieces),
        refused=tuple(sorted(refused, key=lambda one: one.line)),
        notes=notes,
        whole=not tree.fault,
    )


def _meet(node: Node, events: tuple[Event, ...], told: _Told) -> Meet:
    days = sorted(day for session in node.all("SESSIONS", "SESSION") if (day := _date(session.get("date"))))
    return Meet(
        id=node.get("swrid") or node.get("meetid") or node.get("number"),
        name=node.get("name"),
        city=node.get("city"),
        nation=node.get("nation"),
        first_day=days[0] if days else _date(node.get("startdate")),
        last_day=days[-1] if days else _date(node.get("stopdate")),
        course=node.get("course"),
        timing=node.get("timing"),
        events=events,
        competitors=tuple(told.athletes.values()),
    )


def _date(text: str) -> str:
    """A date that is one: YYYY-MM-DD."""
    year, *rest = text.split("-")
    good = (
        len(year) == 4 and len(rest) == 2 and all(part.isdigit() and part.isascii() for part in (year, *rest))
    )
    return text if good and 1 <= int(rest[0]) <= 12 and 1 <= int(rest[1]) <= 31 else ""


def _told(meet: Node) -> _Told:
    told = _Told({}, {}, {}, {})
    for session in meet.all("SESSIONS", "SESSION"):
        for event in session.all("EVENTS", "EVENT"):
            _note_event(session, event, told)
    for club in meet.all("CLUBS", "CLUB"):
        whose = _club(club)
        for athlete in club.all("ATHLETES", "ATHLETE"):
            told.athletes[athlete.get("athleteid") or f"line {athlete.line}"] = _person(athlete, whose)
    return told


def _note_event(session: Node, node: Node, told: _Told) -> None:
    key = node.get("eventid")
    if not key:
        return
    style = node.one("SWIMSTYLE") or Node("SWIMSTYLE", {}, node.line)
    date = _date(session.get("date"))
    told.places[key] = _event(node, style, session), _round(node, date)
    for heat in node.all("HEATS", "HEAT"):
        told.heats[heat.get("heatid")] = _heat(heat, date, node)
    for group in node.all("AGEGROUPS", "AGEGROUP"):
        for ranking in group.all("RANKINGS", "RANKING"):
            place = integer(ranking.get("place"))
            if place:
                told.ranks.setdefault(ranking.get("resultid"), []).append((_age(group), place))


def _event(node: Node, style: Node, session: Node) -> Event:
    relay = integer(style.get("relaycount"))
    distance = integer(style.get("distance"))
    ages = [_age(group) for group in node.all("AGEGROUPS", "AGEGROUP")]
    number = node.get("number")
    return Event(
        id=f"number {number}" if number else node.get("eventid"),
        number=number,
        name=style.get("name")
        or " ".join(part for part in (style.get("distance"), style.get("stroke")) if part),
        distance_m=float(distance) if distance else None,
        stroke=style.get("stroke"),
        gender=node.get("gender"),
        relay=relay,
        age=", ".join(dict.fromkeys(age for age in ages if age)),
        course=session.get("course"),
    )


def _round(node: Node, date: str) -> Round:
    word = node.get("round").upper()
    return Round(
        id=node.get("eventid"),
        number=integer(node.get("order")),
        name=ROUNDS.get(word, word.lower()),
        run=integer(node.get("run")),
        date=date,
    )


def _heat(node: Node, date: str, event: Node) -> Heat:
    daytime = node.get("daytime") or event.get("daytime")
    return Heat(
        id=node.get("heatid"),
        number=integer(node.get("number")),
        name=node.get("final"),
        start=f"{date}T{daytime}" if date and daytime else daytime,
        state=_STATES.get(node.get("status").upper(), ""),
    )


def _age(group: Node) -> str:
    least, most = group.get("agemin"), group.get("agemax")
    between = "-".join(age for age in (least, most) if age and age != "-1")
    return group.get("name") or between


def _club(node: Node) -> Club:
    number = node.get("number")
    name = node.get("name") or node.get("shortname")
    return Club(
        id=node.get("clubid") or node.get("swrid"),
        name=f"{name} {number}" if number and number != "1" else name,
        code=node.get("code"),
        nation=node.get("nation"),
    )


def _person(node: Node, club: Club) -> Competitor:
    prefix = node.get("nameprefix")
    return Competitor(
        id=node.get("athleteid"),
        licence=node.get("license"),
        family=" ".join(part for part in (prefix, node.get("lastname")) if part),
        given=node.get("firstname"),
        birth=_birth(node.get("birthdate")),
        gender=node.get("gender"),
        nation=node.get("nation"),
        club=club,
    )


def _birth(text: str) -> str:
    """Lenex writes a year alone as its first of January, so that day tells the year only."""
    day = _date(text)
    return day[:4] if day.endswith("-01-01") else day


def _pieces(meet: Node, told: _Told, refused: list[Refused]) -> Iterator[Placed]:
    for club in meet.all("CLUBS", "CLUB"):
        for athlete in club.all("ATHLETES", "ATHLETE"):
            who = told.athletes[athlete.get("athleteid") or f"line {athlete.line}"]
            yield from _of_one(athlete, who, told, refused)
        for relay in club.all("RELAYS", "RELAY"):
            yield from _of_one(relay, _relay(relay, _club(club)), told, refused)


def _relay(node: Node, club: Club) -> Competitor:
    number = node.get("number")
    name = node.get("name") or (f"{club.name} {number}".strip() if number else club.name)
    return Competitor(kind="relay", name=name, gender=node.get("gender"), club=club)


def _of_one(node: Node, who: Competitor, told: _Told, refused: list[Refused]) -> Iterator[Placed]:
    """Each of somebody's results with the entry to the same round, and the entries without a result."""
    entries = {entry.get("eventid"): entry for entry in node.all("ENTRIES", "ENTRY")}
    done: set[str] = set()
    for result in node.all("RESULTS", "RESULT"):
        done.add(result.get("eventid"))
        yield from _taken(
            result, lambda one: _entry(entries.get(one.get("eventid")), one, who, told), told, refused
        )
    for event, entry in entries.items():
        if event not in done:
            yield from _taken(entry, lambda one: _entry(one, None, who, told), told, refused)


def _taken(
    node: Node, make: Callable[[Node], Entry], told: _Told, refused: list[Refused]
) -> Iterator[Placed]:
    try:
        place = _place(xml.whole(node), told)
        entry = make(node)
    except ResultFileError as error:
        refused.append(Refused(line=node.line, reason=str(error), text=node.name))
        return
    heat = told.heats.get(node.get("heatid"), Heat(id=node.get("heatid")))
    yield Placed(*place, heat, entry)


def _place(node: Node, told: _Told) -> tuple[Event, Round]:
    """Raises ResultFileError for an event that the meet does not have."""
    place = told.places.get(node.get("eventid"))
    if place is None:
        raise ResultFileError(f"There is no event {node.get('eventid')[:20]} in this meet.")
    return place


def _entry(entry: Node | None, result: Node | None, who: Competitor, told: _Told) -> Entry:
    seen = result if result is not None else entry
    assert seen is not None, "one of the two is there"
    return Entry(
        id="",
        competitor=who,
        lane=integer(seen.get("lane")),
        entry_time=times.time(entry.get("entrytime")) if entry is not None else None,
        status=_status(entry.get("status")) if entry is not None else "",
        legs=tuple(_legs(entry, told)) if entry is not None else (),
        result=_result(result, told) if result is not None else None,
    )


def _status(word: str) -> Status:
    """Raises ResultFileError for a status that Lenex does not know."""
    if not word:
        return ""
    known = WORDS.get(word.upper())
    if known is None:
        raise ResultFileError(f"The status {word[:20]} is none of Lenex.")
    return known


def _result(node: Node, told: _Told) -> Result:
    ranks = told.ranks.get(node.get("resultid"), [])
    distance = integer(node.get("swimdistance"))
    return Result(
        id=node.get("resultid"),
        rank=ranks[0][1] if ranks else None,
        status=_status(node.get("status")),
        time=_swim_time(node.get("swimtime")),
        reaction=_reaction(node.get("reactiontime")),
        points=node.get("points"),
        distance_m=distance / _CM_PER_M if distance else None,
        splits=tuple(_splits(node)),
        legs=tuple(_legs(node, told)),
        comment=node.get("comment"),
        more={f"rank {age}": str(place) for age, place in ranks if age},
    )


def _swim_time(text: str) -> Time | None:
    """Raises ResultFileError for what is neither a swim time nor NT."""
    told = times.time(text)
    if told is not None and told.ticks is None:
        raise ResultFileError(f"The swim time {text[:20]} cannot be read.")
    return told


def _reaction(text: str) -> Time | None:
    """Signed hundredths: `+72`, `-4`, `0`; `0.72` of other writers is seconds."""
    if not text:
        return None
    bare = text.lstrip("+-")
    if not (bare.isascii() and bare.isdigit() and len(bare) < 7):
        return times.span(text)
    sign = -1 if text.startswith("-") else 1
    return Time(ticks=sign * int(bare) * _TICKS_PER_HUNDREDTH, text=text)


def _splits(node: Node) -> Iterator[Split]:
    for split in node.all("SPLITS", "SPLIT"):
        distance = integer(split.get("distance"))
        yield Split(distance_m=float(distance) if distance else None, time=_swim_time(split.get("swimtime")))


def _legs(node: Node, told: _Told) -> Iterator[Leg]:
    """The swimmers of a relay. A leg's time is not in the file; it is the difference of two splits, and left to whoever
    needs it."""
    for position in node.all("RELAYPOSITIONS", "RELAYPOSITION"):
        person = position.one("ATHLETE")
        named = _person(person, Club()) if person is not None else Competitor(id=position.get("athleteid"))
        yield Leg(
            number=_signed(position.get("number")),
            competitor=told.athletes.get(position.get("athleteid"), named),
            take_over=_reaction(position.get("reactiontime")),
            status=_status(position.get("status")),
        )


def _signed(text: str) -> int | None:
    """A leg's number; -1 is a reserve."""
    number = integer(text.removeprefix("-"))
    return None if number is None else -number if text.startswith("-") else number
