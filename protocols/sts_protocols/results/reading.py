"""Which format a file is, by what is in it, and what it says. The name of a file helps only where content cannot tell."""

from collections.abc import Callable
from typing import Final, NamedTuple

from sts_protocols.errors import ResultFileError
from sts_protocols.results import (
    alge,
    colorado,
    csv_results,
    evt,
    fis,
    football,
    hy3,
    iof,
    lenex,
    lif,
    live,
    neutral,
    sdif,
)
from sts_protocols.results.csv_results import Columns
from sts_protocols.results.model import Reading
from sts_protocols.results.text import decoded


class Format(NamedTuple):
    """A format: how it is told from others, how it is read, and the ending that its files usually have."""

    looks: Callable[[bytes], bool]
    read: Callable[[bytes], Reading]
    ending: str


def _by_text(looks: Callable[[str], bool]) -> Callable[[bytes], bool]:
    return lambda data: looks(decoded(data[:HEAD_BYTES])[0])


# A header of any of them is in here, whole.
HEAD_BYTES: Final = 20_000

# The first that fits is it: those that say their name come first, those that are told by their columns last.
FORMATS: Final[dict[str, Format]] = {
    "lenex": Format(lenex.looks, lenex.read, ".lef"),
    "iof": Format(iof.looks, iof.read, ".xml"),
    "fis": Format(fis.looks, fis.read, ".xml"),
    "sts": Format(neutral.looks, neutral.read, ".json"),
    "football": Format(football.looks, football.read, ".json"),
    "hy3": Format(_by_text(hy3.looks), hy3.read, ".hy3"),
    "sdif": Format(_by_text(sdif.looks), sdif.read, ".sd3"),
    "alge-classement": Format(_by_text(alge.looks), alge.read, ".txt"),
    "do4": Format(_by_text(colorado.looks), colorado.read, ".do4"),
    "lynx-live": Format(_by_text(live.looks), live.read, ".txt"),
    "sch": Format(_by_text(evt.looks_like_sch), evt.read_sch, ".sch"),
    "lif": Format(_by_text(lif.looks), lif.read, ".lif"),
    "evt": Format(_by_text(evt.looks_like_evt), evt.read_evt, ".evt"),
    "csv": Format(_by_text(csv_results.looks), csv_results.read, ".csv"),
    "ppl": Format(_by_text(evt.looks_like_ppl), evt.read_ppl, ".ppl"),
}
_ENDINGS: Final = {".lxf": "lenex", ".cl2": "sdif"} | {
    form.ending: name for name, form in FORMATS.items() if form.ending not in (".xml", ".json", ".txt")
}


def recognised(data: bytes, name: str = "") -> str:
    """The name of the format. Raises ResultFileError for a file that is none of ours."""
    if not data.strip():
        raise ResultFileError("The file is empty.")
    by_name = _ENDINGS.get(name.lower()[-4:])
    if by_name is not None and _fits(FORMATS[by_name], data):
        return by_name
    for form, one in FORMATS.items():
        if _fits(one, data):
            return form
    if by_name is None:
        raise ResultFileError(
            "The file is no result file of a format that is read here; docs/results.md lists them."
        )
    return by_name


def _fits(form: Format, data: bytes) -> bool:
    try:
        return form.looks(data)
    except ResultFileError:
        return False  # no text, where a text is looked for


def read(data: bytes, name: str = "", columns: Columns | None = None) -> Reading:
    """What a file says; with `columns`, a table by this mapping. Raises ResultFileError, and nothing else."""
    if columns is not None:
        return csv_results.read(data, columns)
    told = FORMATS[recognised(data, name)].read(data)
    if not told.read and told.refused:
        raise ResultFileError(
            f"Nothing of the file can be read. Line {told.refused[0].line}: {told.refused[0].reason}"
        )
    return told
