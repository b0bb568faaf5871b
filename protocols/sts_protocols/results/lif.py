"""FinishLynx .lif: the results of one heat, as lines of cells (FinishLynx manual, Database Files).

    event, round, heat, name, wind, wind unit, template, capture time, capture duration, distance, start time, ...
    place, id, lane, last name, first name, affiliation, time, licence, delta, reaction, splits, start time of a time
        trial, user 1, user 2, user 3, ...

A place may be a word (DNS, DNF, DQ, SCR). Splits stand in one quoted cell, each from the start, with the lap behind it in
brackets. Names with commas are quoted. Lines that begin with a semicolon are remarks.
"""

import re
from typing import Final, NamedTuple

from sts_protocols.errors import ResultFileError
from sts_protocols.results import times
from sts_protocols.results.model import (
    Club,
    Competitor,
    Entry,
    Event,
    Heat,
    Meet,
    Reading,
    Result,
    Round,
    Split,
    Status,
    Time,
)
from sts_protocols.results.statuses import status_of
from sts_protocols.results.text import CUT, decoded, gathered, integer, lines, metres, parted
from sts_protocols.results.tree import one_heat

HEADER_CELLS: Final = 4
# A result without a time is none; the time is the seventh cell.
ENTRY_CELLS: Final = 7
REMARK: Final = ";"

_SPLIT = re.compile(r"([\d:.]+)(?:\s*\(([\d:.]+)\))?")


class Heading(NamedTuple):
    """What a heat's line says."""

    event: Event
    round: Round
    heat: Heat


def looks(text: str) -> bool:
    """Whether it begins with the line of a heat, and goes on with results: a place, and a time in the seventh cell."""
    rows, _ = parted([line for line in lines(text[:8192]) if not line.text.startswith(REMARK)][:2])
    if not rows or not is_heading(rows[0][1]):
        return False
    return _is_result(rows[1][1]) if len(rows) > 1 else len(rows[0][1]) > HEADER_CELLS


def _is_result(row: list[str]) -> bool:
    if len(row) < ENTRY_CELLS or not row[0]:
        return False
    return status_of(row[0]) is not None or times.time(row[6]) is not None or not row[0].isdigit()


def read(data: bytes) -> Reading:
    """The heat of a file. Raises ResultFileError where its first line is not that of a heat."""
    text, encoding = decoded(data)
    rows = [line for line in lines(text) if not line.text.startswith(REMARK)]
    header, _ = parted(rows[:1])
    if not header:
        raise ResultFileError("The first line is not that of a heat: event, round, heat, name, ...")
    heading = heading_of(header[0][1])
    body, broken = parted(rows[1:], least=ENTRY_CELLS + 1)
    entries, unread = gathered(body, entry)
    refused = (*broken, *unread)
    return Reading(
        format="lif",
        encoding=encoding,
        meet=Meet(events=one_heat(*heading, entries)),
        read=len(entries),
        refused=refused,
        whole=not any(one.reason == CUT for one in refused),
    )


def is_heading(row: list[str]) -> bool:
    """Whether cells are those of a heat's line; an event may have letters, as field events have."""
    return len(row) >= HEADER_CELLS and bool(row[0]) and all(integer(cell) is not None for cell in row[1:3])


def heading_of(row: list[str]) -> Heading:
    """Event, round and heat of a heat's line, as .lif and .evt have it. Raises ResultFileError."""
    if not is_heading(row):
        raise ResultFileError("A heat's line begins with event, round and heat, the latter two numbers.")
    row = row + [""] * (11 - len(row))
    event = Event(number=row[0], name=row[3], distance_m=metres(row[9]))
    wind = " ".join(part for part in (row[4], row[5] if row[4] else "") if part)
    heat = Heat(number=integer(row[2]), wind=wind, start=row[10])
    return Heading(event, Round(number=integer(row[1])), heat)


def entry(row: list[str]) -> Entry | None:
    """One line of results; None for an empty lane. Raises ResultFileError."""
    if not any(row):
        return None
    if len(row) < ENTRY_CELLS:
        raise ResultFileError(f"The line has {len(row)} cells; a result has at least {ENTRY_CELLS}.")
    row = row + [""] * (15 - len(row))
    place, number, lane, last, first, club, printed = row[:7]
    if not (number or last or first or club or printed):
        return None
    status = status_of(place) or status_of(printed)
    told = None if status_of(printed) else result_time(printed)
    result = Result(
        rank=integer(place) or None,
        status=status or "",
        time=told,
        delta=times.span(row[8]),
        reaction=times.span(row[9]),
        start=row[11],
        splits=splits(row[10], told),
        more=_more(place, status, row[12:15]),
    )
    who = Competitor(id=number, licence=row[7], family=last, given=first, club=Club(name=club))
    return Entry(competitor=who, lane=integer(lane), bib=number, result=result)


def result_time(printed: str) -> Time | None:
    """The time of a result. Raises ResultFileError for a text that is neither a time nor a word for none."""
    told = times.time(printed)
    if told is not None and told.ticks is None:
        raise ResultFileError(f"The time {printed[:20]} cannot be read.")
    return told


def _more(place: str, status: Status | None, users: list[str]) -> dict[str, str]:
    named = {f"user {number}": told for number, told in enumerate(users, start=1) if told}
    if place and status is None and integer(place) is None:
        named["place"] = place
    return named


def splits(text: str, final: Time | None) -> tuple[Split, ...]:
    """`1:01.50 (1:01.50),2:04.00 (1:02.50)`: times from the start with laps; without brackets they are laps where they
    add up to the result."""
    pairs = [(times.time(one), times.time(lap or "")) for one, lap in _SPLIT.findall(text)]
    found = [(one, lap) for one, lap in pairs if one is not None and one.ticks is not None]
    if _are_laps(found, final):
        return tuple(Split(at=str(place), lap=one) for place, (one, _) in enumerate(found, start=1))
    return tuple(Split(at=str(place), time=one, lap=lap) for place, (one, lap) in enumerate(found, start=1))


def _are_laps(found: list[tuple[Time, Time | None]], final: Time | None) -> bool:
    if len(found) < 2 or final is None or final.ticks is None or any(lap for _, lap in found):
        return False
    total = sum(one.ticks or 0 for one, _ in found)
    # Each lap may have lost up to a hundredth where it was cut.
    return abs(final.ticks - total) <= len(found) * times.TICKS_PER_S // 100
