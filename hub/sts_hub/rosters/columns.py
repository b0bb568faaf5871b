"""What the columns of a roster mean, and what a row says of a person. Pure.

Columns are known by their heading, in the languages that sport speaks here; a list without a heading has the name
first, or a number and then the name. A date with slashes is read as the list as a whole says: where no day above 12
tells day and month apart, it is not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sts_hub.rosters.lists import ListError, Row


class Column(StrEnum):
    """What a column tells."""

    NAME = "name"
    FAMILY = "family name"
    GIVEN = "given name"
    NUMBER = "number"
    BIRTH_DATE = "birth date"
    CONTACT = "contact"


_HEADINGS: Final[dict[str, Column]] = {
    heading: column
    for column, headings in {
        Column.NAME: "name|full name|player|athlete|spieler|spielerin|athlet|sportler|nom complet|nombre completo|nome|atleta|jogador",
        Column.FAMILY: "last name|surname|family name|lastname|nachname|familienname|nom|apellido|apellidos|cognome|apelido",
        Column.GIVEN: "first name|given name|firstname|forename|vorname|rufname|prenom|nombre|nome proprio|primeiro nome",
        Column.NUMBER: "number|no|nr|jersey|jersey number|shirt|shirt number|bib|nummer|ruckennummer|trikot|trikotnummer|numero|dorsal|maglia|camisola|#",
        Column.BIRTH_DATE: "birth date|birthdate|date of birth|birthday|born|dob|geburtsdatum|geboren|geb|date de naissance|"
        "fecha de nacimiento|data di nascita|data de nascimento",
        Column.CONTACT: "contact|email|e mail|mail|phone|mobile|tel|telephone|kontakt|telefon|handy|mobil|contacto|correo|telefone|contatto",
    }.items()
    for heading in headings.split("|")
}
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$")
_SLASHED: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})$")
_NUMBER: Final = re.compile(r"#?(\d{1,4})$")
LONGEST_NAME: Final = 120
LONGEST_CONTACT: Final = 120
EARLIEST: Final = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says of a person; `fault` is why it cannot be taken."""

    line: int
    name: str
    number: int | None
    birth_date: date | None
    contact: str | None
    fault: str | None


def people(rows: Sequence[Row], today: date) -> list[Told]:
    """Everybody in the list. Raises ListError where it has no column with names."""
    columns, rest = _columns(rows)
    if Column.NAME not in columns and Column.FAMILY not in columns:
        raise ListError(
            "No column is called a name: give the list a first row such as name;number;birth date;contact."
        )
    slashed = [_SLASHED.match(_at(row, columns, Column.BIRTH_DATE)) for row in rest]
    day_first = _day_first([(int(one[1]), int(one[2])) for one in slashed if one])
    return [_person(row, columns, day_first, today) for row in rest]


def _columns(rows: Sequence[Row]) -> tuple[dict[Column, int], Sequence[Row]]:
    """Where each column is, and the rows without the heading."""
    headed: dict[Column, int] = {}
    for place, cell in enumerate(rows[0].cells):
        column = _HEADINGS.get(plain(cell))
        if column is not None:
            headed.setdefault(column, place)
    if headed:
        return headed, rows[1:]
    first = rows[0].cells
    if len(first) > 1 and _NUMBER.match(first[0]):
        return {Column.NUMBER: 0, Column.NAME: 1}, rows
    return {
        Column.NAME: 0,
        **({Column.NUMBER: 1} if len(first) > 1 and _NUMBER.match(first[1]) else {}),
    }, rows


def plain(text: str) -> str:
    """Without case, accents and punctuation: how headings and names are compared."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in parted if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w#]+", " ", letters).replace("_", " ").split())


def _at(row: Row, columns: dict[Column, int], column: Column) -> str:
    place = columns.get(column)
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _day_first(pairs: Sequence[tuple[int, int]]) -> bool | None:
    """Whether dates with slashes begin with the day; None where nothing tells."""
    if any(first > 12 for first, _ in pairs):
        return True
    return False if any(second > 12 for _, second in pairs) else None


def _person(row: Row, columns: dict[Column, int], day_first: bool | None, today: date) -> Told:
    faults: list[str] = []
    name = _name(row, columns)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        faults.append(
            "there is no name" if not name else f"a name has at most {LONGEST_NAME} printable characters"
        )
    written = _at(row, columns, Column.NUMBER)
    known = _NUMBER.match(written)
    if written and not known:
        faults.append(f"{written[:20]!r} is no number from 0 to 9999")
    born = None
    try:
        born = _date(_at(row, columns, Column.BIRTH_DATE), day_first, today)
    except ValueError as error:
        faults.append(str(error))
    contact = _at(row, columns, Column.CONTACT)
    if len(contact) > LONGEST_CONTACT or not contact.isprintable():
        faults.append(f"a contact has at most {LONGEST_CONTACT} printable characters")
    return Told(
        row.number, name, int(known[1]) if known else None, born, contact or None, "; ".join(faults) or None
    )


def _name(row: Row, columns: dict[Column, int]) -> str:
    """Given name first; a single column that says "Family, Given" is turned round."""
    whole = _at(row, columns, Column.NAME)
    if not whole:
        return " ".join(filter(None, (_at(row, columns, Column.GIVEN), _at(row, columns, Column.FAMILY))))
    family, comma, given = whole.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else whole


def _date(text: str, day_first: bool | None, today: date) -> date | None:
    """The date, None for none; ValueError says what is wrong."""
    if not text:
        return None
    if iso := _ISO.match(text):
        year, month, day = (int(part) for part in iso.groups())
    elif dotted := _DOTTED.match(text):
        day, month, year = (int(part) for part in dotted.groups())
    elif slashed := _SLASHED.match(text):
        if day_first is None:
            raise ValueError(f"in {text} day and month cannot be told apart: write 2008-12-31")
        first, second, year = (int(part) for part in slashed.groups())
        day, month = (first, second) if day_first else (second, first)
    else:
        raise ValueError(f"{text[:20]!r} is no date: write 2008-12-31")
    try:
        born = date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no {text[:20]}") from None
    if not EARLIEST <= born <= today:
        raise ValueError(f"nobody here was born on {born.isoformat()}")
    return born
