"""Lists of people as clubs have them: pasted, saved by a spreadsheet, with headings in several languages, and broken."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_hub.rosters.columns import Told, people
from sts_hub.rosters.lists import MOST_BYTES, MOST_ROWS, ListError, rows

TODAY = date(2026, 12, 1)
KNOWN = [(2, "Ada Å. Moor", 7, date(2008, 12, 31), "ada@club.example"), (3, "Bo Öst", None, None, None)]


def read(data: bytes) -> list[Told]:
    return people(rows(data), TODAY)


def told(data: bytes) -> list[tuple[int, str, int | None, date | None, str | None]]:
    found = read(data)
    assert [one.fault for one in found] == [None] * len(found)
    return [(one.line, one.name, one.number, one.birth_date, one.contact) for one in found]


def workbook(*cells: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in cells:
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


TEXT = "Name;Number;Birth date;E-mail\nAda Å. Moor;7;2008-12-31;ada@club.example\nBo Öst;;;\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace("Ada Å. Moor", '"Moor, Ada Å."').encode(),
        TEXT.replace("2008-12-31", "31.12.2008").encode(),
        TEXT.replace("2008-12-31", "31/12/2008").encode(),
        TEXT.replace("2008-12-31", "12/31/2008").encode(),
        "Vorname;Nachname;Rückennummer;Geburtsdatum;Telefon\nAda Å.;Moor;7;31.12.2008;ada@club.example\nBo;Öst;;;\n".encode(),
        workbook(("Player", "No.", "DOB", "Contact"), ("Ada Å. Moor", 7, datetime(2008, 12, 31), "ada@club.example"), ("Bo Öst",)),
        workbook(("Player", "No.", "DOB", "Contact"), ("Ada Å. Moor", 7.0, date(2008, 12, 31), "ada@club.example"), ("Bo Öst", None)),
    ],
)  # fmt: skip
def test_the_same_people_however_they_were_written_down(data: bytes) -> None:
    assert told(data) == KNOWN


def test_a_list_without_a_heading_has_a_name_first_or_a_number_and_a_name() -> None:
    assert [one[1:3] for one in told(b"7\tAda Moor\n8\tBo Lind\n")] == [("Ada Moor", 7), ("Bo Lind", 8)]
    assert [one[1:3] for one in told(b"Ada Moor\nBo Lind\n")] == [("Ada Moor", None), ("Bo Lind", None)]


def test_empty_rows_are_no_people_and_lines_are_counted_as_the_list_counts() -> None:
    assert [one[:2] for one in told(b"name\n\n  \nAda Moor\n\nBo Lind\n")] == [
        (4, "Ada Moor"),
        (6, "Bo Lind"),
    ]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (";7;;", "there is no name"),
        ("Ada;seven;;", "'seven' is no number from 0 to 9999"),
        ("Ada;12345;;", "'12345' is no number from 0 to 9999"),
        ("Ada;7;30.02.2008;", "there is no 30.02.2008"),
        ("Ada;7;03/04/2008;", "in 03/04/2008 day and month cannot be told apart: write 2008-12-31"),
        ("Ada;7;soon;", "'soon' is no date: write 2008-12-31"),
        ("Ada;7;2030-01-01;", "nobody here was born on 2030-01-01"),
        ("Ada;7;1808-01-01;", "nobody here was born on 1808-01-01"),
        (f"{'A' * 121};7;;", "a name has at most 120 printable characters"),
        ("Ada;x;soon;", "'x' is no number from 0 to 9999; 'soon' is no date: write 2008-12-31"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_others_are(row: str, fault: str) -> None:
    found = read(f"name;number;born;mail\nBo Lind;8;;\n{row}\n".encode())
    assert [one.fault for one in found] == [None, fault]


def test_one_date_that_tells_day_and_month_apart_tells_it_for_all() -> None:
    found = told(b"name;born\nAda;03/04/2008\nBo;31/04/2008\n".replace(b"31/04", b"30/04"))
    assert [one[3] for one in found] == [date(2008, 4, 3), date(2008, 4, 30)]


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"number;born\n7;2008-12-31\n", "No column is called a name"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), "before 2007"),
        (b"PK\x03\x04 and nothing behind it", "cannot be read"),
        (workbook(("name",), ("Ada",))[:-300], "cannot be read"),
        (bytes(100), "neither text nor a spreadsheet"),
        (b"name\n" + b"Ada\n" * (MOST_ROWS + 1), "more than 1000 rows"),
        (b"n" * (MOST_BYTES + 1), "larger than 2 MB"),
        (bomb(), "unpacks to far more"),
    ],
)
def test_what_is_no_list_is_refused_with_the_way_out(data: bytes, sentence: str) -> None:
    with pytest.raises(ListError, match=sentence):
        read(data)


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        found = read(data)
    except ListError:
        return
    assert all(one.fault or one.name for one in found)


def test_a_workbook_with_a_byte_changed_is_read_or_refused() -> None:
    whole, chance = workbook(("name", "number"), ("Ada", 7)), random.Random(7)
    for _ in range(150):
        spoilt = bytearray(whole)
        spoilt[chance.randrange(4, len(spoilt))] ^= 1 << chance.randrange(8)
        try:
            read(bytes(spoilt))
        except ListError:
            continue
