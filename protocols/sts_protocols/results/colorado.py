"""Colorado Dolphin .do4: the hand times of one race, up to three watches a lane.

    event;heat;round's number;round          8;1;1;Final
    Lane1;31.20;31.24;31.18                  an empty or zero time: nobody pressed
    ...
    16 hexadecimal digits, a checksum whose rule is not published; kept, not judged

Which of the times is the official one is the meet's rule (of three the middle one), so none is chosen here.
"""

import re
from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results import times
from sts_protocols.results.lif import result_time
from sts_protocols.results.model import Competitor, Entry, Event, Heat, Meet, Reading, Result, Round
from sts_protocols.results.text import CUT, Line, decoded, gathered, integer, lines, refusal
from sts_protocols.results.tree import one_heat

_HEADER = re.compile(r"(\d{1,5});(\d{1,4});(\d{1,4});(\w[\w -]{0,30})")
_LANE = re.compile(r"Lane ?(\d{1,2});(.*)")
_SUM = re.compile(r"[0-9A-F]{16}")
_WATCHES: Final = 3
ROUNDS: Final = {"all": "", "prelim": "prelim", "final": "final", "semi": "semifinal"}


def looks(text: str) -> bool:
    """Whether it begins with a race and a lane."""
    rows = [line.text for line in lines(text[:400])]
    return len(rows) > 1 and bool(_HEADER.fullmatch(rows[0])) and rows[1].startswith("Lane")


def read(data: bytes) -> Reading:
    """The race. Raises ResultFileError where the first line is not that of a race."""
    text, encoding = decoded(data)
    rows = lines(text)
    header = _HEADER.fullmatch(rows[0].text)
    if header is None:
        raise ResultFileError("The first line is not that of a race: event;heat;number;round.")
    lanes = [line for line in rows[1:] if not _SUM.fullmatch(line.text)]
    summed = len(lanes) < len(rows) - 1
    refused = [refusal(lanes.pop(), CUT)] if lanes and not lanes[-1].ended else []
    entries, unread = gathered(((line, line) for line in lanes), _entry)
    event, heat, number, word = header.groups()
    where = (
        Event(number=event),
        Round(number=integer(number), name=ROUNDS.get(word.lower(), word.lower())),
        Heat(number=integer(heat)),
    )
    return Reading(
        format="do4",
        encoding=encoding,
        meet=Meet(events=one_heat(*where, entries)),
        read=len(entries),
        refused=(*unread, *refused),
        notes=() if summed else ("The file has no checksum at its end.",),
        whole=summed,
    )


def _entry(line: Line) -> Entry | None:
    """A lane with at least one time; None for one without. Raises ResultFileError."""
    found = _LANE.fullmatch(line.text)
    if found is None:
        raise ResultFileError("The line is neither a lane with its times nor the checksum.")
    lane, rest = found.groups()
    printed = [cell for cell in rest.split(";") if cell.strip()]
    if len(printed) > _WATCHES:
        raise ResultFileError(f"The lane has {len(printed)} times; a Dolphin tells up to {_WATCHES}.")
    for cell in printed:
        result_time(cell)
    taken = tuple(told for cell in printed if (told := times.time(cell, "hand")) is not None)
    if not taken:
        return None
    return Entry(competitor=Competitor(), lane=int(lane), result=Result(others=taken))
