"""FIS XML, the results that a race secretary sends to the ski federation (FIS Data Exchange XML Protocol).

    Fisresults > Raceheader (Sector, Sex | Gender) > Codex, Nation, Discipline, Category, Racedate, Eventname, Place
               > XX_race > XX_classified > XX_ranked (Status) > Rank, Bib, Competitor, XX_result > Timerun1, ..., Totaltime
                                         > XX_notranked (Status) > Bib, Competitor

XX is the sector (AL alpine, CC cross-country, ...). DNS1, DNF2, DSQ1 name the run; the word without it is the status.
"""

import re
from collections.abc import Iterator
from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results import times, xml
from sts_protocols.results.lif import result_time
from sts_protocols.results.model import (
    Club,
    Competitor,
    Entry,
    Event,
    Heat,
    Meet,
    Reading,
    Refused,
    Result,
    Round,
    Split,
    Status,
)
from sts_protocols.results.statuses import status_of
from sts_protocols.results.text import integer
from sts_protocols.results.tree import one_heat
from sts_protocols.results.xml import Node

ROOT: Final = "Fisresults"

_STATUS = re.compile(r"([A-Z]+)(\d?)")
_RUN = re.compile(r"Timerun(\d+)", re.IGNORECASE)


def looks(data: bytes) -> bool:
    """Whether it is XML whose first element is Fisresults."""
    return f"<{ROOT}".encode().lower() in data[:4096].lower()


def read(data: bytes) -> Reading:
    """The race. Raises ResultFileError for what is none."""
    tree = xml.parse(data)
    if tree.root.name.lower() != ROOT.lower():
        raise ResultFileError(f"The XML is not of FIS: its first element is {tree.root.name[:40]}.")
    header = tree.root.one("Raceheader") or Node("Raceheader", {}, 0)
    refused = [Refused(line=tree.line, reason=tree.fault)] if tree.fault else []
    where = (_event(header), Round(), Heat())
    entries = list(_entries(tree.root, refused))
    date = header.one("Racedate") or Node("Racedate", {}, 0)
    return Reading(
        format="fis",
        encoding="xml",
        meet=Meet(
            id=header.told("Codex"),
            name=header.told("Eventname"),
            city=header.told("Place"),
            nation=header.told("Nation"),
            first_day=_day(date),
            events=one_heat(*where, entries),
        ),
        read=len(entries),
        refused=tuple(sorted(refused, key=lambda one: one.line)),
        whole=not tree.fault,
    )


def _day(date: Node) -> str:
    year, month, day = (integer(date.told(part)) or 0 for part in ("Year", "Month", "Day"))
    good = 1900 < year < 2200 and 1 <= month <= 12 and 1 <= day <= 31
    return f"{year}-{month:02}-{day:02}" if good else ""


def _event(header: Node) -> Event:
    discipline = header.told("Discipline")
    return Event(
        id=header.told("Codex"),
        name=" ".join(part for part in (discipline, header.told("Category")) if part),
        stroke=discipline,
        gender=header.get("Sex") or header.get("Gender"),
    )


def _entries(root: Node, refused: list[Refused]) -> Iterator[Entry]:
    for node in _of_kind(root):
        try:
            entry = _entry(xml.whole(node))
        except ResultFileError as error:
            refused.append(Refused(line=node.line, reason=str(error), text=node.name))
        else:
            yield entry


def _of_kind(node: Node) -> Iterator[Node]:
    """Every ranked or not ranked one, wherever in the race."""
    for child in node.children:
        if child.name.lower().endswith(("_ranked", "_notranked")):
            yield child
        else:
            yield from _of_kind(child)


def _entry(node: Node) -> Entry:
    person = node.one("Competitor") or Node("Competitor", {}, node.line)
    outcome = next((child for child in node.children if child.name.lower().endswith("_result")), None)
    status, run = _status(node.get("Status"))
    given = {"run": run} if run else {}
    result = Result(rank=integer(node.told("Rank")) or None, status=status, more=given)
    if outcome is not None:
        result = Result(
            rank=result.rank,
            status=status,
            time=result_time(outcome.told("Totaltime") or outcome.told("TotalTime")),
            delta=times.span(outcome.told("Diff")),
            points=outcome.told("Racepoints"),
            splits=tuple(_runs(outcome)),
            more=given,
        )
    return Entry(competitor=_competitor(person), bib=node.told("Bib"), result=result)


def _status(word: str) -> tuple[Status, str]:
    """Status and run of DNF2. Raises ResultFileError for a word that is none of these."""
    if word in ("", "QLF", "QFL"):
        return "", ""
    found = _STATUS.fullmatch(word)
    status = None if found is None else status_of(found[1])
    if found is None or status is None:
        raise ResultFileError(f"The status {word[:20]} is none of FIS.")
    return status, found[2]


def _runs(outcome: Node) -> Iterator[Split]:
    """Runs, each a time of its own, and times on the way within them."""
    for child in outcome.children:
        found = _RUN.fullmatch(child.name)
        if found and child.text:
            yield Split(at=f"run {int(found[1])}", lap=result_time(child.text))


def _competitor(node: Node) -> Competitor:
    code = node.told("Fiscode")
    return Competitor(
        id=code,
        licence=code,
        family=node.told("Lastname"),
        given=node.told("Firstname"),
        birth=node.told("Yearofbirth"),
        gender=node.told("Sex") or node.told("Gender"),
        nation=node.told("Nation"),
        club=Club(name=node.told("Clubname")),
    )
