"""Tables of past sessions: read as the mapping says, and never guessed. Expected values are worked out by hand."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from sts_hub.histories.schemas import HistoryMapping
from sts_hub.histories.service import _read
from sts_hub.histories.table import Past, Refused, pasts
from sts_hub.rosters import lists
from sts_hub.rosters.lists import ListError

USUAL = {"name": "old", "athlete": "Athlete", "date": "Date", "duration": "Duration"}
GERMAN = {
    "name": "alt", "athlete": "Spieler", "date": "Datum", "start": "Beginn", "duration": "Dauer", "session": "Einheit",
    "rating": "RPE", "dates": "day_first", "decimals": ",", "zone": "Europe/Vienna",
    "numbers": {"Distanz (m)": {"name": "distance", "unit": "m"}, "Last": {"name": "load"}},
}  # fmt: skip


def told(text: str, **mapping: Any) -> list[Past | Refused]:
    return list(pasts(lists.rows(text.encode()), HistoryMapping.model_validate(USUAL | mapping)))


def one(text: str, **mapping: Any) -> Past:
    (found,) = told(text, **mapping)
    assert isinstance(found, Past), found
    return found


def test_a_german_table_is_read_by_its_mapping() -> None:
    line = one(
        "Spieler;Datum;Beginn;Einheit;Dauer;RPE;Distanz (m);Last\n"
        "Alma Dornfeld;3.7.2024;17:30;Ausdauer;92,5;6,5;10.250,5;\n",
        **GERMAN,
    )
    # Vienna is two hours ahead in July; 92.5 minutes are 1:32:30.
    assert (line.begin, line.end) == (
        datetime(2024, 7, 3, 15, 30, tzinfo=UTC),
        datetime(2024, 7, 3, 17, 2, 30, tzinfo=UTC),
    )
    assert (line.line, line.athlete, line.session, line.rating) == (2, "Alma Dornfeld", "Ausdauer", 6.5)
    assert line.numbers == {"distance": 10250.5}


@pytest.mark.parametrize(
    ("date", "order", "day"),
    [
        ("2024-03-04", "year_first", (2024, 3, 4)),
        ("04/03/2024", "day_first", (2024, 3, 4)),
        ("03/04/2024", "month_first", (2024, 3, 4)),
        # A year in front is one, whatever the order of the others.
        ("2024-03-04", "day_first", (2024, 3, 4)),
    ],
)
def test_the_same_digits_are_the_day_that_the_mapping_says(
    date: str, order: str, day: tuple[int, int, int]
) -> None:
    assert one(f"Athlete,Date,Duration\nA,{date},60\n", dates=order).begin == datetime(*day, 12, tzinfo=UTC)


def test_a_time_behind_the_date_counts_and_without_one_it_is_noon() -> None:
    assert one("Athlete,Date,Duration\nA,2024-03-04 07:05,60\n").begin.hour == 7
    assert one("Athlete,Date,Duration\nA,2024-03-04,60\n").begin.hour == 12


@pytest.mark.parametrize(
    ("written", "unit", "lasts_s"),
    [
        ("90", "min", 5400),
        ("1.5", "h", 5400),
        ("5400", "s", 5400),
        ("1:30", "clock", 5400),
        ("0:45:30", "clock", 2730),
    ],
)
def test_a_duration_is_in_the_unit_of_the_mapping(written: str, unit: str, lasts_s: int) -> None:
    line = one(f"Athlete,Date,Duration\nA,2024-03-04,{written}\n", lasts_in=unit)
    assert line.end - line.begin == timedelta(seconds=lasts_s)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A;2024-02-30;60;5", "there is no 2024-02-30"),
        ("A;Monday;60;5", "'Monday' is no date"),
        ("A;;60;5", "there is no date"),
        ("A;20.2.2024;60;5", "'20.2.2024' is no date written year first"),
        (";2024-02-20;60;5", "there is no athlete"),
        ("A;2024-02-20;;5", "there is no duration"),
        ("A;2024-02-20;7,5;5", "'7,5' is no number with the decimal sign ."),
        ("A;2024-02-20;5400;5", "which unit is it?"),
        ("A;2024-02-20;-5;5", "which unit is it?"),
        ("A;2024-02-20;60;11", "a rating is from 0 to 10"),
        ("A;2024-02-20;60;hard", "'hard' is no number"),
        ("A;2024-02-20;" + "9" * 400 + ";5", "too large"),
    ],
)
def test_what_is_written_otherwise_refuses_its_line_alone(row: str, reason: str) -> None:
    refused, good = told(f"Athlete;Date;Duration;RPE\n{row}\nB;2024-02-20;60;5\n", rating="RPE")
    assert isinstance(refused, Refused)
    assert isinstance(good, Past)
    assert reason in refused.reason
    assert (refused.line, good.line) == (2, 3)


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(ListError, match="No column is called RPE"):
        told("Athlete,Date,Duration\nA,2024-02-20,60\n", rating="RPE")


def test_a_spreadsheets_numbers_and_moments_are_read_as_what_they_are() -> None:
    """Whatever the mapping says of decimals: 92.5 in a cell is no text, and never 925."""
    book, held = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Spieler", "Datum", "Beginn", "Dauer", "Einheit", "RPE", "Distanz (m)", "Last"])
    sheet.append(["Alma", datetime(2024, 1, 3, 17, 30), None, 92.5, "x", 6.5, 10250.5, 1234567])
    book.save(held)
    (line,) = _read(held.getvalue(), HistoryMapping.model_validate(GERMAN))
    assert isinstance(line, Past)
    assert (line.begin, line.rating) == (datetime(2024, 1, 3, 16, 30, tzinfo=UTC), 6.5)
    assert line.end - line.begin == timedelta(minutes=92.5)
    assert line.numbers == {"distance": 10250.5, "load": 1234567}
