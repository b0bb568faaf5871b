"""Results as a table of cells under a line of titles, by a mapping of its columns that is kept with the competition.

Without a mapping the titles speak for themselves where they are usual ones. The delimiter is the one of `,` `;` tab `|`
that parts the titles most often.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

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
)
from sts_protocols.results.statuses import status_of
from sts_protocols.results.text import CUT, cells, decoded, gathered, integer, lines, metres, parted
from sts_protocols.results.tree import Placed, grown

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "event": ("event", "event name", "discipline", "wettkampf", "disziplin", "bewerb"),
    "event_number": ("event number", "event no", "wettkampf-nr"),
    "distance": ("distance", "strecke", "distanz"),
    "round": ("round", "runde"),
    "heat": ("heat", "lauf", "race"),
    "start": ("start", "start time", "startzeit"),
    "wind": ("wind",),
    "rank": ("rank", "place", "pos", "position", "rang", "platz"),
    "status": ("status",),
    "lane": ("lane", "bahn"),
    "bib": ("bib", "no", "number", "startnummer", "stnr", "start number"),
    "id": ("id", "athlete id"),
    "licence": ("licence", "license", "lizenz", "registration", "fis code", "fiscode"),
    "family": ("last name", "surname", "family name", "nachname", "lastname"),
    "given": ("first name", "given name", "vorname", "firstname"),
    "name": ("name", "athlete", "competitor", "sportler"),
    "birth": ("birth", "birth date", "year of birth", "yob", "born", "jahrgang", "geburtsjahr", "dob"),
    "gender": ("gender", "sex", "geschlecht"),
    "nation": ("nation", "nat", "country"),
    "club": ("club", "team", "verein", "affiliation"),
    "entry_time": ("entry time", "seed time", "meldezeit"),
    "time": ("time", "result", "zeit", "final time", "endzeit"),
    "reaction": ("reaction", "reaction time", "rt", "reaktionszeit"),
    "points": ("points", "punkte"),
}
"""What a column can be, and the titles that say so by themselves."""

DELIMITERS: Final = ";,\t|"


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which column is what. `columns`: field of FIELDS to title; `splits`: titles of times from the start; `laps`: of laps;
    `meet`: what the competition is called."""

    columns: dict[str, str]
    splits: tuple[str, ...] = ()
    laps: tuple[str, ...] = ()
    delimiter: str = ""
    meet: str = ""


def looks(text: str) -> bool:
    """Whether the first line has titles that are known by themselves: a time or a rank, and who."""
    try:
        known = set(usual(_titles(text, "")).columns)
    except ResultFileError:
        return False
    return bool(known & {"time", "rank"}) and bool(known & {"name", "family", "bib", "licence", "id"})


def usual(titles: list[str]) -> Columns:
    """The mapping of titles that are usual; `50 m` and `split 1` are splits."""
    found: dict[str, str] = {}
    for field, words in FIELDS.items():
        title = next((one for one in titles if one.lower() in words and one not in found.values()), None)
        if title is not None:
            found[field] = title
    rest = [one for one in titles if one not in found.values()]
    splits = tuple(
        one
        for one in rest
        if (metres(one) is not None and one[:1].isdigit()) or one.lower().startswith("split")
    )
    laps = tuple(one for one in rest if one.lower().startswith(("lap ", "runde ")))
    return Columns(columns=found, splits=splits, laps=laps)


def read(data: bytes, mapping: Columns | None = None) -> Reading:
    """The results of a table. Raises ResultFileError where the titles or the mapping do not fit."""
    text, encoding = decoded(data)
    titles = _titles(text, mapping.delimiter if mapping else "")
    mapped = mapping or usual(titles)
    delimiter = mapped.delimiter or _delimiter(lines(text)[0].text)
    places = _places(titles, mapped)
    rows, broken = parted(lines(text), delimiter)
    pieces, unread = gathered(rows[1:], lambda row: _placed(row, titles, places, mapped))
    refused = tuple(sorted((*broken, *unread), key=lambda one: one.line))
    return Reading(
        format="csv",
        encoding=encoding,
        meet=Meet(name=mapped.meet, events=grown(pieces)),
        read=len(pieces),
        refused=refused,
        whole=not any(one.reason == CUT for one in refused),
    )


def _titles(text: str, delimiter: str) -> list[str]:
    rows = lines(text[:20_000])
    if not rows:
        raise ResultFileError("The file is empty.")
    titles = cells(rows[0].text, delimiter or _delimiter(rows[0].text))
    if len(titles) < 2:
        raise ResultFileError("The first line has no titles of columns.")
    return titles


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _places(titles: list[str], mapping: Columns) -> dict[str, int]:
    """Where each field stands. Raises ResultFileError for fields and titles that are not there."""
    unknown = [field for field in mapping.columns if field not in FIELDS]
    if unknown:
        raise ResultFileError(f"The mapping names fields that are none: {', '.join(unknown)[:200]}.")
    named = (*mapping.columns.values(), *mapping.splits, *mapping.laps)
    missing = [title for title in named if title not in titles]
    if missing:
        raise ResultFileError(f"The file has no column {', '.join(missing)[:200]}.")
    if not {"name", "family", "bib", "licence", "id"} & set(mapping.columns):
        raise ResultFileError("No column says who: map one to name, family, bib, licence or id.")
    return {field: titles.index(title) for field, title in mapping.columns.items()}


def _placed(row: list[str], titles: list[str], places: dict[str, int], mapping: Columns) -> Placed | None:
    if not any(row):
        return None
    if len(row) != len(titles):
        raise ResultFileError(f"The line has {len(row)} cells under {len(titles)} titles.")
    told = {field: row[place] for field, place in places.items()}
    get = defaultdict(str, told).__getitem__
    event = Event(number=get("event_number"), name=get("event"), distance_m=metres(get("distance")))
    round_ = Round(
        number=integer(get("round")), name="" if integer(get("round")) is not None else get("round")
    )
    heat = Heat(
        number=integer(get("heat")),
        name="" if integer(get("heat")) is not None else get("heat"),
        wind=get("wind"),
    )
    entry = Entry(
        competitor=_competitor(told),
        lane=integer(get("lane")),
        bib=get("bib"),
        entry_time=times.time(get("entry_time")),
        start=get("start"),
        result=_result(told, tuple(_splits(row, titles, mapping))),
    )
    return Placed(event, round_, heat, entry)


def _competitor(told: dict[str, str]) -> Competitor:
    get = defaultdict(str, told).__getitem__
    who = Competitor(
        id=get("id"),
        licence=get("licence"),
        family=get("family"),
        given=get("given"),
        name=get("name"),
        birth=get("birth"),
        gender=get("gender"),
        nation=get("nation"),
        club=Club(name=get("club")),
    )
    if not (who.id or who.licence or who.family or who.name or get("bib")):
        raise ResultFileError("The line does not say who.")
    return who


def _result(told: dict[str, str], splits: tuple[Split, ...]) -> Result:
    rank, printed, word = (told.get(field, "") for field in ("rank", "time", "status"))
    status = status_of(word) or status_of(rank) or status_of(printed)
    if word and status is None and word.upper() not in ("OK", "FIN", "FINISHED"):
        raise ResultFileError(f"The status {word[:20]} is not known.")
    # A tie is written 2= or =2 or T2 by some.
    place = integer(rank.strip("=. ").removeprefix("T"))
    if rank and place is None and status_of(rank) is None:
        raise ResultFileError(f"The rank {rank[:20]} is no number.")
    return Result(
        rank=place or None,
        status=status or "",
        time=None if status_of(printed) else result_time(printed),
        reaction=times.span(told.get("reaction", "")),
        points=told.get("points", ""),
        start=told.get("start", ""),
        splits=splits,
    )


def _splits(row: list[str], titles: list[str], mapping: Columns) -> Iterator[Split]:
    for title in mapping.splits:
        told = result_time(row[titles.index(title)])
        if told is not None:
            yield Split(at=title, distance_m=metres(title), time=told)
    for title in mapping.laps:
        told = result_time(row[titles.index(title)])
        if told is not None:
            yield Split(at=title, lap=told)
