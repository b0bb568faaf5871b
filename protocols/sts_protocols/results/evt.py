"""FinishLynx start lists: lynx.evt (heats and who is in them), lynx.ppl (people), lynx.sch (the order of heats).

    .evt  event, round, heat, name, ...          a heat's line begins with its event
          , id, lane, last, first, affiliation, time, licence, ...   a competitor's with a comma, a tab or a blank
    .ppl  id, last, first, affiliation, ...
    .sch  event, round, heat                     round and heat are 1 where they are left out

Lines that begin with a semicolon are remarks.
"""

from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results.lif import REMARK, Heading, heading_of, is_heading
from sts_protocols.results.model import Club, Competitor, Entry, Event, Heat, Meet, Reading, Refused, Round
from sts_protocols.results.text import CUT, decoded, gathered, integer, lines, parted, refusal
from sts_protocols.results.tree import Placed, grown

_BEFORE_COMPETITOR: Final = ", \t"


def looks_like_evt(text: str) -> bool:
    """Whether a heat's line comes first, and a competitor's line or another heat's with a name second."""
    rows = [line.text for line in lines(text[:4096]) if not line.text.startswith(REMARK)]
    heats = [row for row in rows if row[0] not in _BEFORE_COMPETITOR]
    named = bool(heats) and all(_is_heat(row) for row in heats[:-1] or heats)
    return (
        bool(rows)
        and rows[0] in heats
        and named
        and (len(heats) > 1 or any(_is_competitor(r) for r in rows[1:]))
    )


def looks_like_sch(text: str) -> bool:
    """Whether all lines are one to three numbers."""
    rows = [line.text for line in lines(text[:4096]) if not line.text.startswith(REMARK)]
    return bool(rows) and all(
        1 <= row.count(",") + 1 <= 3 and all(integer(cell.strip()) is not None for cell in row.split(","))
        for row in rows
    )


def looks_like_ppl(text: str) -> bool:
    """Whether all lines are a number and two to some texts; nothing else tells a list of people."""
    rows = [line.text for line in lines(text[:4096]) if not line.text.startswith(REMARK)]
    return bool(rows) and all(_is_person(row) for row in rows[:-1] or rows)


def _is_heat(row: str) -> bool:
    return is_heading([cell.strip() for cell in row.split(",")])


def _is_competitor(row: str) -> bool:
    return row[0] in _BEFORE_COMPETITOR and row.count(",") >= 2


def _is_person(row: str) -> bool:
    first, *others = [cell.strip() for cell in row.split(",")]
    return integer(first) is not None and len(others) >= 2 and bool(others[0]) and not others[0].isdigit()


def read_evt(data: bytes) -> Reading:
    """Heats with their start lists. Raises ResultFileError for what is no text."""
    text, encoding = decoded(data)
    rows, broken = parted([line for line in lines(text) if not line.text.startswith(REMARK)])
    refused, pieces = list(broken), []
    heading: Heading | None = None
    for line, row in rows:
        try:
            if line.text[0] not in _BEFORE_COMPETITOR:
                heading = heading_of(row)
                pieces.append(Placed(*heading, None))
            else:
                pieces.append(Placed(*_known(heading), _starter(row if row[0] == "" else ["", *row])))
        except ResultFileError as error:
            heading = heading if line.text[0] in _BEFORE_COMPETITOR else None
            refused.append(refusal(line, str(error)))
    return _reading("evt", encoding, Meet(events=grown(pieces)), len(pieces), refused)


def _known(heading: Heading | None) -> Heading:
    if heading is None:
        raise ResultFileError("The competitor stands under no heat that could be read.")
    return heading


def _starter(row: list[str]) -> Entry:
    if len(row) < 4:
        raise ResultFileError("A competitor's line has an id, a lane and a name.")
    _, number, lane, last, first, club, _, licence = (row + [""] * 8)[:8]
    who = Competitor(id=number, licence=licence, family=last, given=first, club=Club(name=club))
    return Entry(competitor=who, lane=integer(lane), bib=number)


def read_ppl(data: bytes) -> Reading:
    """People with their ids. Raises ResultFileError for what is no text."""
    text, encoding = decoded(data)
    rows, broken = parted([line for line in lines(text) if not line.text.startswith(REMARK)])
    people, unread = gathered(rows, _person)
    return _reading("ppl", encoding, Meet(competitors=tuple(people)), len(people), [*broken, *unread])


def _person(row: list[str]) -> Competitor:
    if len(row) < 3 or not row[0]:
        raise ResultFileError("A person's line has an id, a last and a first name.")
    number, last, first, club = [*row, ""][:4]
    return Competitor(id=number, family=last, given=first, club=Club(name=club))


def read_sch(data: bytes) -> Reading:
    """The order in which heats are run. Raises ResultFileError for what is no text."""
    text, encoding = decoded(data)
    rows, broken = parted([line for line in lines(text) if not line.text.startswith(REMARK)])
    heats, unread = gathered(rows, _scheduled)
    return _reading("sch", encoding, Meet(events=grown(heats)), len(heats), [*broken, *unread])


def _scheduled(row: list[str]) -> Placed:
    numbers = [integer(cell) for cell in row] + [1, 1]
    if None in numbers[:3] or len(row) > 3:
        raise ResultFileError("A line of the schedule is one to three numbers: event, round, heat.")
    return Placed(Event(number=row[0]), Round(number=numbers[1]), Heat(number=numbers[2]), None)


def _reading(form: str, encoding: str, meet: Meet, read: int, refused: list[Refused]) -> Reading:
    whole = not any(one.reason == CUT for one in refused)
    ordered = tuple(sorted(refused, key=lambda one: one.line))
    return Reading(format=form, encoding=encoding, meet=meet, read=read, refused=ordered, whole=whole)
