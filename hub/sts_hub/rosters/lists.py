"""The rows of a list, whatever it came in: pasted text, CSV or XLSX (ISO/IEC 29500). Pure.

Text is UTF-8, UTF-16 with its mark, or Windows-1252; its separator is whichever of tab, semicolon and comma parts the
first row into most cells (a spreadsheet pastes tabs, and where the comma is the decimal sign it saves semicolons).
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from datetime import date, datetime, time
from typing import Final, NamedTuple

import openpyxl

MOST_BYTES: Final = 2_000_000
# A spreadsheet is a ZIP archive: a thousand people unpack to well below this.
MOST_UNPACKED_BYTES: Final = 20_000_000
MOST_ROWS: Final = 1_000
# Sixty cells of XML, each with its place and style.
MOST_BYTES_A_ROW: Final = 4_000
MOST_COLUMNS: Final = 60
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_SEPARATORS: Final = "\t;,"


class ListError(Exception):
    """This is no list that can be read; the sentence says why, and what to do."""


class Row(NamedTuple):
    """A row: its number as the file counts it, and its cells as text (dates as YYYY-MM-DD), trimmed."""

    number: int
    cells: list[str]


def is_workbook(data: bytes) -> bool:
    """Whether it is a spreadsheet, whose numbers and dates are no texts."""
    return data.startswith(_ZIP)


def rows(data: bytes, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> list[Row]:
    """The rows that are not empty. Raises ListError."""
    if len(data) > most_bytes:
        raise ListError(f"The list is larger than {most_bytes // 1_000_000} MB: send it in parts.")
    if data.startswith(_OLD_EXCEL):
        raise ListError("This is a workbook of Excel before 2007: save it as .xlsx or as CSV.")
    told = _of_workbook(data, most_rows) if is_workbook(data) else _of_text(_text(data))
    found = [Row(number, cells) for number, cells in told if any(cells)]
    if len(found) > most_rows:
        raise ListError(f"The list has more than {most_rows} rows: send it in parts.")
    if not found:
        raise ListError("The list is empty.")
    return found


def _text(data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ListError("This is neither text nor a spreadsheet: send pasted text, CSV or .xlsx.")


def _of_text(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [
            (reader.line_num, [" ".join(cell.split()) for cell in cells[:MOST_COLUMNS]]) for cells in reader
        ]
    except csv.Error as error:
        raise ListError(
            f"Line {reader.line_num} cannot be read ({error}): look for a quotation mark without its other half."
        ) from None


def _of_workbook(data: bytes, most_rows: int) -> list[tuple[int, list[str]]]:
    """The first sheet's."""
    try:
        unpacked_bytes = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
        if unpacked_bytes <= max(MOST_UNPACKED_BYTES, most_rows * MOST_BYTES_A_ROW):
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            found = book.worksheets[0].iter_rows(
                max_row=most_rows + 2, max_col=MOST_COLUMNS, values_only=True
            )
            return [(number, [_cell(cell) for cell in cells]) for number, cells in enumerate(found, start=1)]
    # What is wrong in an archive comes as any of a dozen exceptions, of the library and of what it reads with.
    except Exception as error:
        raise ListError(
            f"This workbook cannot be read ({type(error).__name__}): save the sheet as CSV."
        ) from error
    raise ListError("The workbook unpacks to far more than its rows can need: save the sheet as CSV.")


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return " ".join(str(value).split())
