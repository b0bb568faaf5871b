"""The live feed of FinishLynx to a scoreboard over TCP: what a scoreboard script (.lss) sends at each update.

A script may send anything; this reads the variables in the order in which FinishLynx numbers them, with `,` or `|`
between them and `;` behind each line, as scripts in use do:

    OFFICIAL|event name|wind|event|round|heat|event-round-heat|AUTO|participants;      variables 13 01 to 08
    place|lane|id|name|affiliation|time|delta|split|last split|laps to go|licence|reaction|speed|pace|best split;   14 01 to 0f
    *COMPLETE
"""

from collections.abc import Mapping
from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results import times
from sts_protocols.results.lif import result_time
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
    State,
)
from sts_protocols.results.statuses import status_of
from sts_protocols.results.text import CUT, Line, decoded, gathered, integer, parted
from sts_protocols.results.tree import one_heat

_STATES: Final[Mapping[str, State]] = {"OFFICIAL": "official", "UNOFFICIAL": "unofficial"}
_END: Final = "*COMPLETE"
_CELLS: Final = 6


def looks(text: str) -> bool:
    """Whether it begins as a header of results does."""
    head = text.lstrip()[:400]
    return (
        head.startswith(tuple(_STATES))
        and ";" in head
        and len(head.partition(";")[0].split(_delimiter(head))) >= _CELLS
    )


def _delimiter(text: str) -> str:
    return "|" if "|" in text.partition(";")[0] else ","


def read(data: bytes) -> Reading:
    """The last update in the bytes that has its end, else what there is of the first. Raises ResultFileError."""
    text, encoding = decoded(data)
    updates = [part.strip() for part in text.split(_END)]
    complete = [part for part in updates[:-1] if part]
    update = (complete or updates)[-1]
    delimiter = _delimiter(update)
    pieces = update.split(";")
    rows = [
        Line(number, piece.strip(), True)
        for number, piece in enumerate(pieces, start=1)
        if piece.strip(" \r\n,|")
    ]
    header, broken = parted(rows[:1], delimiter)
    if not header or len(header[0][1]) < _CELLS:
        raise ResultFileError("The update does not begin with the state, name, wind and numbers of a heat.")
    body, unclosed = parted(rows[1:], delimiter)
    if not complete and pieces[-1].strip() and body:
        body = body[:-1]  # the line that is still on its way
    entries, unread = gathered(body, _entry)
    refused = (*broken, *unclosed, *unread)
    where = _heading(header[0][1])
    return Reading(
        format="lynx-live",
        encoding=encoding,
        meet=Meet(events=one_heat(*where, entries)),
        read=len(entries),
        refused=refused,
        whole=bool(complete) and not any(one.reason == CUT for one in refused),
    )


def _heading(row: list[str]) -> tuple[Event, Round, Heat]:
    wind = "" if row[2].lower() == "nwi" else row[2]
    return (
        Event(number=row[3], name=row[1]),
        Round(number=integer(row[4])),
        Heat(number=integer(row[5]), wind=wind, state=_STATES.get(row[0].upper(), "")),
    )


def _entry(row: list[str]) -> Entry | None:
    if not any(row):
        return None
    if len(row) < _CELLS:
        raise ResultFileError(f"The line has {len(row)} cells; a result has at least {_CELLS}.")
    place, lane, number, name, club, printed, delta, split, lap = (row + [""] * 15)[:9]
    _, licence, reaction, speed, pace, best = (row + [""] * 15)[9:15]
    status = status_of(place) or status_of(printed)
    way = Split(time=times.time(split), lap=times.time(lap))
    extra = {"speed": speed, "pace": pace, "best split": best}
    result = Result(
        rank=integer(place) or None,
        status=status or "",
        time=None if status_of(printed) else result_time(printed),
        delta=times.span(delta),
        reaction=times.span(reaction),
        splits=(way,) if way.time or way.lap else (),
        more={name: told for name, told in extra.items() if told},
    )
    who = Competitor(id=number, licence=licence, name=name, club=Club(name=club))
    return Entry(competitor=who, lane=integer(lane), bib=number, result=result)
