"""The classement that an ALGE timer prints or sends (Timy, TdC): one line for each bib, by time.

    CLASSEMENT:
    ALL                                       or a group
    RUN TIME                                  TOTAL TIME, MEMORY TIME, ...
     0004 RTM 00:00:13.89   00 0003           bib, RT | TT | MT (M: by keypad), time, group, rank
    ...
    21-11-28  17:04                           when it was printed

Times are cut, not rounded, to the digits that are printed.
"""

import re
from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results import times
from sts_protocols.results.model import Competitor, Entry, Event, Heat, Meet, Reading, Result, Round
from sts_protocols.results.statuses import status_of
from sts_protocols.results.text import CUT, Line, decoded, gathered, lines, refusal
from sts_protocols.results.tree import one_heat

TITLE: Final = "CLASSEMENT"
KINDS: Final = {"RT": "run", "TT": "total", "MT": "memory", "ST": "section", "LT": "lap"}

_LINE = re.compile(r"[ -~]?\s*(\d{1,5}) (RT|TT|MT|ST|LT)([M ]) ?\s*(\S+)\s+(\d{2})\s+(\d{4})")
_DATE = re.compile(r"(\d\d)-(\d\d)-(\d\d)\s+(\d\d:\d\d)(:\d\d)?")
_RESULT = re.compile(r".{0,2}\d{1,5} [A-Z]{2}[M ].*")


def looks(text: str) -> bool:
    """Whether CLASSEMENT stands over it."""
    rows = lines(text[:4096])
    return any(line.text.strip().rstrip(":").upper() == TITLE for line in rows[:8])


def read(data: bytes) -> Reading:
    """A classement. Raises ResultFileError where there is none."""
    text, encoding = decoded(data)
    rows = lines(text)
    if not looks(text):
        raise ResultFileError("There is no classement of an ALGE timer in it.")
    told = [line for line in rows if _RESULT.fullmatch(line.text)]
    titles = [line.text.strip() for line in rows if not _RESULT.fullmatch(line.text)]
    cut = [told.pop()] if told and not told[-1].ended and not _LINE.fullmatch(told[-1].text.rstrip()) else []
    entries, unread = gathered(((line, line) for line in told), _entry)
    behind = titles[[title.rstrip(":").upper() for title in titles].index(TITLE) + 1 :]
    group, kind = [*behind, "", ""][:2]
    day = next((found for title in titles if (found := _DATE.fullmatch(title))), None)
    first_day = f"20{day[1]}-{day[2]}-{day[3]}" if day else ""
    where = (Event(name=group), Round(name=kind.lower().replace(" ", "_")), Heat())
    return Reading(
        format="alge-classement",
        encoding=encoding,
        meet=Meet(first_day=first_day, events=one_heat(*where, entries)),
        read=len(entries),
        refused=(*unread, *(refusal(line, CUT) for line in cut)),
        whole=day is not None and not cut,
        notes=() if day else ("The day of the print is not there: the file may end too early.",),
    )


def _entry(line: Line) -> Entry:
    found = _LINE.fullmatch(line.text.rstrip())
    if found is None:
        raise ResultFileError("The line is not bib, kind, time, group and rank.")
    bib, kind, manual, printed, group, rank = found.groups()
    status = status_of(printed)
    told = None if status else times.time(printed, "manual" if manual == "M" else "cell")
    if status is None and (told is None or told.ticks is None):
        raise ResultFileError(f"The time {printed[:20]} cannot be read.")
    more = {"time": KINDS[kind]} | ({"group": group} if group != "00" else {})
    number = str(int(bib))
    result = Result(rank=int(rank) or None, status=status or "", time=told, more=more)
    return Entry(competitor=Competitor(id=number), bib=number, result=result)
