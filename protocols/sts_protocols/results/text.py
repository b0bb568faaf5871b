"""Lines of text files: whichever of the usual encodings, and what a cut at the end leaves of the last one."""

import csv
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeVar

from sts_protocols.errors import ResultFileError
from sts_protocols.results.model import Refused

# A championship of a week has some 20,000 lines; what has more is no result list.
MAX_LINES: Final = 200_000
MAX_CELL: Final = 10_000
# Enough of a refused line to find it again.
SHOWN: Final = 120
CUT: Final = "The file ends in the middle of this line."

Row = TypeVar("Row")
Found = TypeVar("Found")

BOM: Final = b"\xef\xbb\xbf"
_MARKS: Final = ((BOM, "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Line(NamedTuple):
    """A line without its end. `ended`: it had one."""

    number: int
    text: str
    ended: bool


def decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by its mark, else UTF-8, else Windows-1252. Raises ResultFileError for what is
    no text."""
    if not data.strip():
        raise ResultFileError("The file is empty.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _fit(data[len(mark) :].decode(encoding, "replace")), encoding
    try:
        return _fit(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as error:
        if error.end == len(data) and error.reason == "unexpected end of data":
            return _fit(data[: error.start].decode("utf-8")), "utf-8"  # cut within a letter
    return _fit(data.decode("cp1252", "replace")), "windows-1252"


def _fit(text: str) -> str:
    if not text.strip():
        raise ResultFileError("The file is empty.")
    if "\0" in text:
        raise ResultFileError("The file is no text: there are zero bytes in it.")
    return text


def lines(text: str) -> list[Line]:
    """Its lines that are not blank, whatever ends them. Raises ResultFileError for too many."""
    parted = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(parted) > MAX_LINES:
        raise ResultFileError(f"The file has more than {MAX_LINES} lines: it is no result list.")
    last = len(parted)
    return [
        Line(number, line.rstrip(), number < last)
        for number, line in enumerate(parted, start=1)
        if line.strip()
    ]


def cells(line: str, delimiter: str = ",") -> list[str]:
    """The cells of one line, quotes taken off. Raises ResultFileError for a quote that is not closed.

    Two quotes within quotes are one; a quote in the middle of a bare cell stands for itself.
    """
    try:
        (row,) = csv.reader([line], delimiter=delimiter, strict=False) if line else ([],)
    except (csv.Error, ValueError) as error:
        raise ResultFileError(f"The line cannot be parted into cells ({error}).") from None
    if _opens_a_quote(line, delimiter):
        raise ResultFileError("A quoted cell is not closed.")
    if any(len(cell) > MAX_CELL for cell in row):
        raise ResultFileError(f"A cell has more than {MAX_CELL} letters.")
    return [cell.strip() for cell in row]


def _opens_a_quote(line: str, delimiter: str) -> bool:
    """Whether the line ends within quotes: by the rule of the reader above, a quote opens at a cell's beginning only."""
    quoted, begins, place = False, True, 0
    while place < len(line):
        char = line[place]
        if quoted:
            if char == '"' and line[place + 1 : place + 2] == '"':
                place += 1
            elif char == '"':
                quoted = False
        elif char == '"' and begins:
            quoted = True
        begins = not quoted and char == delimiter
        place += 1
    return quoted


def gathered(
    rows: Iterable[tuple[Line, Row]], read: Callable[[Row], Found | None]
) -> tuple[list[Found], list[Refused]]:
    """What each row says, and the rows that cannot be read; None is a row that says nothing."""
    found: list[Found] = []
    refused: list[Refused] = []
    for line, row in rows:
        try:
            told = read(row)
        except ResultFileError as error:
            refused.append(refusal(line, str(error)))
        else:
            found += [] if told is None else [told]
    return found, refused


def refusal(line: Line, reason: str) -> Refused:
    """Why a line is not taken, with its beginning."""
    return Refused(line=line.number, reason=reason, text=line.text[:SHOWN])


def parted(
    rows: Iterable[Line], delimiter: str = ",", least: int = 0
) -> tuple[list[tuple[Line, list[str]]], list[Refused]]:
    """Each line with its cells; one whose quotes are not closed is refused.

    So is a last line that has no end and fewer cells than any before it, or than `least` if it is alone: it was cut
    while it was written.
    """
    good: list[tuple[Line, list[str]]] = []
    refused: list[Refused] = []
    for line in rows:
        try:
            row = cells(line.text, delimiter)
        except ResultFileError as error:
            refused.append(refusal(line, str(error)))
            continue
        if not line.ended and len(row) < min((len(before) for _, before in good), default=least):
            refused.append(refusal(line, CUT))
        else:
            good.append((line, row))
    return good, refused


def integer(text: str) -> int | None:
    """A number of at most 9 digits, None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def metres(text: str) -> float | None:
    """A distance: `100`, `100m`, `5.5 km`, `1 mile` as metres; None for anything else."""
    number, unit = _parted(text.strip().lower().replace(",", "."))
    factor = {"": 1.0, "m": 1.0, "meter": 1.0, "meters": 1.0, "metres": 1.0, "km": 1000.0}.get(unit.strip())
    try:
        return None if factor is None or not number else float(number) * factor
    except ValueError:
        return None


def _parted(text: str) -> tuple[str, str]:
    end = next((place for place, char in enumerate(text) if char not in "0123456789."), len(text))
    return text[:end][:12], text[end:]


def columns(text: str, *, start: int, length: int) -> str:
    """What stands in columns counted from 1, without blanks around it."""
    return text[start - 1 : start - 1 + length].strip()
