"""SDIF version 3 (.sd3, .cl2), the interchange format of USA Swimming: records of 160 columns.

    A0 file   B1 meet (name 12, city 86, days 122 and 130)   C1 team (code 12, name 18)
    D0 result (name 12, id 40, country 52, birth 55, sex 65, event's sex 66, distance 67, stroke 71, number 72, ages 76, day 80,
              seed 88, prelim 97, swim-off 106, final 115, heats and lanes 124 to 131, places 132 135, points 138)
    E0 relay  (team's letter 12, sex 21, distance 22, stroke 26, number 27, ages 31, day 38, seed 46, prelim 55, swim-off 64,
              final 73, heats and lanes 82 to 89, places 90 93, points 96)
    F0 its swimmers (name 23, id 51, order 79, leg's time 80)     G0 splits (ten of 8 columns from 64)     Z0 end

A time is MM:SS.ss, or a word: NT no time, NS no show, DNF, DQ, SCR scratched.
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
    Time,
)
from sts_protocols.results.records import ROUNDS, Records, day_of, in_metres, more
from sts_protocols.results.statuses import status_of
from sts_protocols.results.text import CUT, Line, columns, decoded, integer, lines
from sts_protocols.results.tree import Placed, grown

STROKES: Final[Mapping[str, str]] = {
    "1": "FREE",
    "2": "BACK",
    "3": "BREAST",
    "4": "FLY",
    "5": "MEDLEY",
    "6": "FREE",
    "7": "MEDLEY",
}
_RELAYS: Final = ("6", "7")
_RECORD: Final = 160
# Four, with as many alternates.
_MOST_LEGS: Final = 16


def looks(text: str) -> bool:
    """Whether it begins with an A0 record of version 3."""
    first = lines(text[:400])[:1]
    return bool(first) and first[0].text.startswith("A0") and len(first[0].text) > 40


def read(data: bytes) -> Reading:
    """The meet. Raises ResultFileError where the first record is not A0."""
    text, encoding = decoded(data)
    rows = lines(text)
    if not rows[0].text.startswith("A0"):
        raise ResultFileError("The first record is not A0: it is no SDIF file.")
    reader = _Reader()
    for line in rows:
        reader.take(line)
    return Reading(
        format="sdif",
        encoding=encoding,
        meet=replace(reader.meet, events=grown(reader.pieces())),
        read=reader.read,
        refused=tuple(reader.refused),
        whole=rows[-1].text.startswith("Z0"),
        notes=()
        if rows[-1].text.startswith("Z0")
        else ("The last record is not Z0: the file ends too early.",),
    )


class _Of:
    """An entry with what came of it, one result for each round."""

    def __init__(self, event: Event, who: Competitor, entry_time: Time | None, date: str) -> None:
        self.event = event
        self.who = who
        self.entry_time = entry_time
        self.date = date
        self.legs: tuple[Leg, ...] = ()
        self.runs: dict[str, tuple[Heat, int | None, Result]] = {}


class _Reader(Records):
    def __init__(self) -> None:
        super().__init__(_kind, counted=("D0", "E0"))
        self.entries: list[_Of] = []
        self._acts = {
            "B1": self._meet,
            "C1": self._team,
            "D0": self._individual,
            "E0": self._relay,
            "F0": self._swimmer,
            "G0": self._splits,
        }

    def _meet(self, line: str) -> None:
        first, last = (day_of(columns(line, start=start, length=8)) for start in (122, 130))
        self.meet = Meet(
            name=columns(line, start=12, length=30),
            city=columns(line, start=86, length=20),
            nation=columns(line, start=118, length=3),
            first_day=first,
            last_day=last,
            course=columns(line, start=150, length=1),
        )

    def _team(self, line: str) -> None:
        self.club = Club(code=columns(line, start=12, length=6), name=columns(line, start=18, length=30))

    def _individual(self, line: str) -> None:
        who = person(columns(line, start=12, length=28), columns(line, start=40, length=12), self.club)
        who = replace(
            who,
            nation=columns(line, start=52, length=3),
            birth=day_of(columns(line, start=55, length=8)),
            gender=columns(line, start=65, length=1),
        )
        event = _event(line, 66, self.meet.course)
        of = _Of(event, who, _time(line, 88), day_of(columns(line, start=80, length=8)))
        self.entries.append(of)
        of.runs = _runs(line, times_at=(97, 106, 115), heats_at=124, places_at=132, points_at=138)

    def _relay(self, line: str) -> None:
        letter = columns(line, start=12, length=1)
        who = Competitor(kind="relay", name=f"{self.club.name} {letter}".strip(), club=self.club)
        of = _Of(
            _event(line, 21, self.meet.course),
            who,
            _time(line, 46),
            day_of(columns(line, start=38, length=8)),
        )
        self.entries.append(of)
        of.runs = _runs(line, times_at=(55, 64, 73), heats_at=82, places_at=90, points_at=96)

    def _last(self) -> _Of:
        if not self.entries:
            raise ResultFileError("The record belongs to no entry before it.")
        return self.entries[-1]

    def _swimmer(self, line: str) -> None:
        of = self._last()
        if len(of.legs) >= _MOST_LEGS:
            raise ResultFileError(f"A relay has more than {_MOST_LEGS} swimmers.")
        order = columns(line, start=79, length=1) or columns(line, start=77, length=1)
        who = person(columns(line, start=23, length=28), columns(line, start=51, length=12), self.club)
        who = replace(
            who, birth=day_of(columns(line, start=66, length=8)), gender=columns(line, start=76, length=1)
        )
        leg = Leg(
            number=integer(order),
            competitor=who,
            time=_time(line, 80),
            take_over=times.span(columns(line, start=89, length=4)),
        )
        of.legs = (*of.legs, leg)

    def _splits(self, line: str) -> None:
        of = self._last()
        word = columns(line, start=144, length=1) or next(reversed(of.runs), "")
        if word not in of.runs:
            raise ResultFileError("The splits belong to no result before them.")
        heat, lane, result = of.runs[word]
        of.runs[word] = (
            heat,
            lane,
            replace(result, splits=more(result.splits, tuple(_splits(line, len(result.splits))))),
        )

    def pieces(self) -> Iterator[Placed]:
        """Everything told, each where it belongs."""
        for of in self.entries:
            for word, (heat, lane, result) in of.runs.items():
                done = replace(result, legs=of.legs)
                entry = Entry(competitor=of.who, lane=lane, entry_time=of.entry_time, result=done)
                yield Placed(of.event, Round(name=ROUNDS[word], date=of.date), heat, entry)
            if not of.runs:
                entry = Entry(competitor=of.who, entry_time=of.entry_time, legs=of.legs)
                yield Placed(of.event, Round(date=of.date), Heat(), entry)


def _kind(line: Line) -> str:
    """Raises ResultFileError for a record that was cut, or is of no kind that there is."""
    kind = line.text[:2]
    if not line.ended and len(line.text) < _RECORD and kind != "Z0":
        raise ResultFileError(CUT)
    if not (kind[:1].isalpha() and kind[1:].isdigit()):
        raise ResultFileError(f"The record {kind!r} is none of SDIF.")
    return kind


def person(name: str, number: str, club: Club) -> Competitor:
    """`Last, First M` with the number of the federation."""
    family, _, given = name.partition(",")
    return Competitor(licence=number, family=family.strip(), given=given.strip(), club=club)


def _event(line: str, start: int, course: str) -> Event:
    distance = integer(columns(line, start=start + 1, length=4))
    stroke = columns(line, start=start + 5, length=1)
    return Event(
        number=columns(line, start=start + 6, length=4),
        name=" ".join(part for part in (str(distance or ""), STROKES.get(stroke, stroke)) if part),
        distance_m=in_metres(distance, course),
        stroke=STROKES.get(stroke, stroke),
        gender=columns(line, start=start, length=1),
        relay=4 if stroke in _RELAYS else None,
        age=columns(line, start=start + 10, length=4),
    )


def _time(line: str, start: int) -> Time | None:
    return times.time(columns(line, start=start, length=8))


def _runs(
    line: str, times_at: tuple[int, int, int], heats_at: int, places_at: int, points_at: int
) -> dict[str, tuple[Heat, int | None, Result]]:
    """What came of prelim, swim-off and final; a swim-off has no heat, lane or place of its own."""
    found = {}
    where = {"P": (heats_at, places_at), "F": (heats_at + 4, places_at + 3)}
    for word, start in zip("PSF", times_at, strict=True):
        printed = columns(line, start=start, length=8)
        if not printed:
            continue
        heat_at, place_at = where.get(word, (0, 0))
        status = status_of(printed)
        result = Result(
            rank=integer(columns(line, start=place_at, length=3)) or None if place_at else None,
            status=status or "",
            time=None if status else result_time(printed),
            points=columns(line, start=points_at, length=4) if word == "F" else "",
        )
        heat = Heat(number=integer(columns(line, start=heat_at, length=2)) or None if heat_at else None)
        found[word] = (
            heat,
            integer(columns(line, start=heat_at + 2, length=2)) or None if heat_at else None,
            result,
        )
    return found


def _splits(line: str, before: int) -> Iterator[Split]:
    distance, kind = integer(columns(line, start=59, length=4)), columns(line, start=63, length=1)
    for place in range(10):
        told = times.time(columns(line, start=64 + 8 * place, length=8))
        if told is None or told.ticks is None:
            continue
        number = before + place + 1
        along = float(distance * number) if distance else None
        if kind == "I":
            yield Split(at=str(number), distance_m=along, lap=told)
        else:
            yield Split(at=str(number), distance_m=along, time=told)
