"""HY3, the file of Hy-Tek's Meet Manager: records of 130 columns, the last two a checksum (layout as implementations in
the open agree on it; the maker publishes none).

    A1 file   B1 meet (name 3, place 48, dates 93 and 101 MMDDYYYY)   C1 team (code 3, name 8)
    D1 swimmer (sex 3, number 4, last 9, first 29, id 70, birth 89)
    E1 entry (number 4, sex 14, distance 16, stroke 22, ages 23 and 26, event 39, seeds 43 and 52)
    E2 result (round 3, time 4, course 12, code 13, heat 21, lane 24, place in heat 27, rank 30, watches 37 45 53, pad 61,
              day 88)
    F1 F2 relay entry and result; F3 its swimmers, 13 columns each, the leg's number in the last
    G1 splits, 11 columns each: number of lengths, time from the start      H1 H2 why disqualified

Times are seconds with hundredths. Code: R no show, S scratched, Q disqualified, F false start, D did not finish.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from sts_protocols.errors import ResultFileError
from sts_protocols.results import times
from sts_protocols.results.lif import result_time
from sts_protocols.results.model import (
    Club,
    Competitor,
    Entry,
    Event,
    Heat,
    Leg,
    Meet,
    Reading,
    Result,
    Round,
    Split,
    Status,
    Time,
)
from sts_protocols.results.records import M_PER_YARD, ROUNDS, Records, day_of, in_metres, more
from sts_protocols.results.text import CUT, Line, columns, decoded, integer, lines
from sts_protocols.results.tree import Placed, grown

RECORD: Final = 130
STROKES: Final[Mapping[str, str]] = {
    "A": "FREE",
    "B": "BACK",
    "C": "BREAST",
    "D": "FLY",
    "E": "MEDLEY",
}
CODES: Final[Mapping[str, Status]] = {
    "": "",
    "R": "DNS",
    "S": "WDR",
    "Q": "DSQ",
    "F": "DSQ",
    "D": "DNF",
    "N": "",
    "X": "EXH",
}
_KNOWN: Final = ("A", "B", "C", "D", "E", "F", "G", "H", "Z")
_LONGEST_COMMENT: Final = 1000
_POOLS: Final = {"S": 25.0, "L": 50.0, "Y": 25 * M_PER_YARD}


def looks(text: str) -> bool:
    """Whether it begins with an A1 record of Hy-Tek."""
    first = text[:RECORD]
    return first.startswith("A1") and first[2:4].isdigit() and "Hy-Tek" in text[:400]


def read(data: bytes) -> Reading:
    """The meet. Raises ResultFileError where the first record is not A1."""
    text, encoding = decoded(data)
    rows = lines(text)
    if not rows[0].text.startswith("A1"):
        raise ResultFileError("The first record is not A1: it is no HY3 file.")
    reader = _Reader()
    for line in rows:
        reader.take(line)
    pieces = list(reader.pieces())
    return Reading(
        format="hy3",
        encoding=encoding,
        meet=replace(reader.meet, events=grown(pieces), competitors=tuple(reader.people.values())),
        read=reader.read,
        refused=tuple(reader.refused),
        whole=rows[-1].ended or len(rows[-1].text) >= RECORD,
    )


class _Of:
    """An entry with what came of it, one result for each round."""

    def __init__(self, event: Event, who: Competitor, entry_time: Time | None) -> None:
        self.event = event
        self.who = who
        self.entry_time = entry_time
        self.legs: tuple[Leg, ...] = ()
        self.runs: dict[str, tuple[Heat, int | None, Result, str, str]] = {}


class _Reader(Records):
    def __init__(self) -> None:
        super().__init__(_kind, counted=("E1", "E2", "F1", "F2"))
        self.people: dict[str, Competitor] = {}
        self.entries: list[_Of] = []
        self._round = ""
        self._acts = {
            "B1": self._meet,
            "C1": self._team,
            "D1": self._swimmer,
            "E1": self._entry,
            "E2": lambda line: self._result(line, day=88),
            "F1": self._relay,
            "F2": lambda line: self._result(line, day=103),
            "F3": self._swimmers,
            "G1": self._splits,
            "H1": self._reason,
            "H2": self._reason,
        }

    def _meet(self, line: str) -> None:
        first, last = (day_of(columns(line, start=start, length=8)) for start in (93, 101))
        name, place = columns(line, start=3, length=45), columns(line, start=48, length=45)
        self.meet = Meet(name=name, city=place, first_day=first, last_day=last)

    def _team(self, line: str) -> None:
        self.club = Club(code=columns(line, start=3, length=5), name=columns(line, start=8, length=30))

    def _swimmer(self, line: str) -> None:
        number = columns(line, start=4, length=5)
        if not number:
            raise ResultFileError("A swimmer has no number.")
        self.people[number] = Competitor(
            id=number,
            licence=columns(line, start=70, length=14),
            family=columns(line, start=9, length=20),
            given=columns(line, start=29, length=20),
            birth=day_of(columns(line, start=89, length=8)),
            gender=columns(line, start=3, length=1),
            nation=columns(line, start=113, length=3),
            club=self.club,
        )

    def _entry(self, line: str) -> None:
        who = self.people.get(columns(line, start=4, length=5))
        if who is None:
            self.entries.append(_Of(Event(), Competitor(), None))
            raise ResultFileError("The entry is of a swimmer who was not told before it.")
        self.entries.append(_Of(_event(line, relay=None), who, _seed(line)))

    def _relay(self, line: str) -> None:
        team, letter = columns(line, start=3, length=5), columns(line, start=8, length=1)
        who = Competitor(kind="relay", name=f"{self.club.name or team} {letter}".strip(), club=self.club)
        self.entries.append(_Of(_event(line, relay=4), who, _seed(line)))

    def _last(self) -> _Of:
        if not self.entries:
            raise ResultFileError("The record belongs to no entry before it.")
        return self.entries[-1]

    def _result(self, line: str, day: int) -> None:
        of = self._last()
        word = columns(line, start=3, length=1)
        if word not in ROUNDS:
            raise ResultFileError(f"The round {word!r} is none of P, S, F.")
        code = columns(line, start=13, length=1)
        if code not in CODES:
            raise ResultFileError(f"The code {code!r} of the time is not known.")
        self._round = word
        reason = columns(line, start=14, length=2)
        in_heat = integer(columns(line, start=27, length=3))
        watches = [times.time(columns(line, start=start, length=8), "button") for start in (37, 45, 53)]
        pad = times.time(columns(line, start=61, length=13), "pad")
        result = Result(
            rank=integer(columns(line, start=30, length=4)) or None,
            status=CODES[code],
            time=result_time(columns(line, start=4, length=8)),
            others=tuple(one for one in (pad, *watches) if one is not None and one.ticks is not None),
            comment=reason if CODES[code] == "DSQ" else "",
            more={"place in heat": str(in_heat)} if in_heat else {},
        )
        heat = Heat(number=integer(columns(line, start=21, length=3)))
        lane = integer(columns(line, start=24, length=3))
        date = day_of(columns(line, start=day, length=8))
        of.runs[word] = (heat, lane, result, date, columns(line, start=12, length=1))

    def _swimmers(self, line: str) -> None:
        legs = []
        for start in range(4, 4 + 8 * 13, 13):
            number = columns(line, start=start, length=5)
            if number:
                who = self.people.get(number, Competitor(id=number))
                legs.append(Leg(number=integer(columns(line, start=start + 11, length=1)), competitor=who))
        self._last().legs = tuple(legs)

    def _splits(self, line: str) -> None:
        of = self._last()
        word = columns(line, start=3, length=1)
        if word not in of.runs:
            raise ResultFileError("The splits belong to no result before them.")
        heat, lane, result, date, course = of.runs[word]
        splits = more(result.splits, tuple(_splits(line, course)))
        of.runs[word] = heat, lane, replace(result, splits=splits), date, course

    def _reason(self, line: str) -> None:
        of = self._last()
        if self._round in of.runs:
            heat, lane, result, date, course = of.runs[self._round]
            words = f"{result.comment} {columns(line, start=3, length=120)}".strip()[:_LONGEST_COMMENT]
            of.runs[self._round] = heat, lane, replace(result, comment=words), date, course

    def pieces(self) -> Iterator[Placed]:
        """Everything told, each where it belongs."""
        for of in self.entries:
            if not (of.event.number or of.event.distance_m):
                continue
            for word, (heat, lane, result, date, _) in of.runs.items():
                done = replace(result, legs=of.legs)
                entry = Entry(competitor=of.who, lane=lane, entry_time=of.entry_time, result=done)
                yield Placed(of.event, Round(name=ROUNDS[word], date=date), heat, entry)
            if not of.runs:
                entry = Entry(competitor=of.who, entry_time=of.entry_time, legs=of.legs)
                yield Placed(of.event, Round(), Heat(), entry)


def _kind(line: Line) -> str:
    """Raises ResultFileError for a record that was cut, or is of no kind that there is."""
    if not line.ended and len(line.text) < RECORD:
        raise ResultFileError(CUT)
    kind = line.text[:2]
    if kind[:1] not in _KNOWN or not kind[1:].isdigit():
        raise ResultFileError(f"The record {kind!r} is none of HY3.")
    return kind


def _event(line: str, relay: int | None) -> Event:
    distance = integer(columns(line, start=16, length=6))
    stroke = columns(line, start=22, length=1)
    least, most = (columns(line, start=start, length=3) for start in (23, 26))
    number, course = columns(line, start=39, length=4), columns(line, start=51, length=1)
    return Event(
        number=number,
        name=" ".join(part for part in (str(distance or ""), STROKES.get(stroke, stroke)) if part),
        distance_m=in_metres(distance, course),
        stroke=STROKES.get(stroke, stroke),
        gender=columns(line, start=14, length=1),
        relay=relay,
        age="-".join(age for age in (least, most) if age.strip("0")),
        course=course,
    )


def _seed(line: str) -> Time | None:
    return times.time(columns(line, start=52, length=8)) or times.time(columns(line, start=43, length=8))


def _splits(line: str, course: str) -> Iterator[Split]:
    for start in range(4, 120, 11):
        number, printed = (
            integer(columns(line, start=start, length=2)),
            columns(line, start=start + 2, length=8),
        )
        told = times.time(printed)
        if number is not None and told is not None and told.ticks is not None:
            pool = _POOLS.get(course)
            yield Split(at=f"length {number}", distance_m=number * pool if pool else None, time=told)
