"""What a table of past sessions says, by the mapping of its columns. Pure.

Nothing is guessed: how dates, decimals and durations are written is said in the mapping, and a cell that is written otherwise
refuses its line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sts_hub.histories.schemas import HistoryMapping
from sts_hub.rosters.columns import plain
from sts_hub.rosters.lists import ListError, Row

# A day's training camp in one line; what is longer is a slipped unit.
LONGEST: Final = timedelta(hours=24)
LONGEST_NAME: Final = 120
UNNAMED: Final = "Session"
# Of a day whose time nobody told: its noon is the same day nearly everywhere.
NOON: Final = time(12)
_DATE: Final = re.compile(r"(\d{1,4})([-./])\s?(\d{1,2})\2\s?(\d{1,4})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?))?$")
_CLOCK: Final = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?$")
_ORDERS: Final = {"year_first": (0, 1, 2), "day_first": (2, 1, 0), "month_first": (2, 0, 1)}
_NUMBERS: Final = {
    ".": re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$"),
    ",": re.compile(r"[+-]?(\d+|\d{1,3}([. ']\d{3})+)(,\d+)?$"),
}
_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Past:
    """A line: an athlete, as the table calls whom, in a session that was."""

    line: int
    athlete: str
    begin: datetime
    end: datetime
    session: str
    rating: float | None
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot be read, and why."""

    line: int
    reason: str


def pasts(rows: Sequence[Row], mapping: HistoryMapping) -> Iterator[Past | Refused]:
    """Yield each line behind the heading. Raises ListError where a column of the mapping is missing."""
    cells = _Cells(rows[0], mapping)
    for row in rows[1:]:
        try:
            yield cells.past(row)
        except ValueError as error:
            yield Refused(row.number, f"{error}.")


class _Cells:
    def __init__(self, heading: Row, mapping: HistoryMapping) -> None:
        self._mapping = mapping
        self._zone = ZoneInfo(mapping.zone)
        self._places = {plain(cell): place for place, cell in reversed(list(enumerate(heading.cells)))}
        named = (
            mapping.athlete,
            mapping.date,
            mapping.duration,
            mapping.start,
            mapping.session,
            mapping.rating,
        )
        missing = [one for one in (*named, *mapping.numbers) if one and plain(one) not in self._places]
        if missing:
            raise ListError(
                f"No column is called {missing[0]}: correct the mapping, or the first row of the table."
            )

    def past(self, row: Row) -> Past:
        """What a row says; ValueError says what is wrong."""
        mapping = self._mapping
        begin = self._begin(row)
        lasts = _duration(self._at(row, mapping.duration), mapping)
        rating = self._number(row, mapping.rating)
        if rating is not None and not 0 <= rating <= 10:
            raise ValueError(f"a rating is from 0 to 10, not {rating:g}")
        told = {one.name: self._number(row, heading) for heading, one in mapping.numbers.items()}
        return Past(
            row.number,
            self._said(row, mapping.athlete, "there is no athlete"),
            begin,
            begin + lasts,
            self._at(row, mapping.session)[:LONGEST_NAME] or UNNAMED,
            rating,
            {name: value for name, value in told.items() if value is not None},
        )

    def _at(self, row: Row, heading: str | None) -> str:
        place = len(row.cells) if heading is None else self._places[plain(heading)]
        return row.cells[place] if place < len(row.cells) else ""

    def _said(self, row: Row, heading: str, fault: str) -> str:
        text = self._at(row, heading)
        if not text:
            raise ValueError(fault)
        return text

    def _begin(self, row: Row) -> datetime:
        mapping = self._mapping
        day, at = _moment(self._said(row, mapping.date, "there is no date"), mapping.dates)
        told = self._at(row, mapping.start)
        clock = _time(told) if told else at or NOON
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

    def _number(self, row: Row, heading: str | None) -> float | None:
        text = self._at(row, heading)
        return _number(text, self._mapping.decimals) if text else None


def _number(text: str, decimals: str) -> float:
    if not _NUMBERS[decimals].match(text):
        raise ValueError(f"{text[:20]!r} is no number with the decimal sign {decimals}")
    whole, _, part = text.partition(decimals)
    value = float(f"{re.sub(r'[^0-9+-]', '', whole)}.{part or 0}")
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]!r} is too large")
    return value


def _duration(text: str, mapping: HistoryMapping) -> timedelta:
    if mapping.lasts_in == "clock":
        told = _CLOCK.match(text)
        if not told:
            raise ValueError(f"{text[:20]!r} is no duration: write 1:30 or 1:30:00")
        hours, minutes, seconds = (int(part or 0) for part in told.groups())
        lasts = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    else:
        if not text:
            raise ValueError("there is no duration")
        seconds_told = _number(text, mapping.decimals) * _SECONDS[mapping.lasts_in]
        lasts = timedelta(seconds=min(seconds_told, 2 * LONGEST.total_seconds()))
    if not timedelta() < lasts <= LONGEST:
        raise ValueError(f"a session lasts up to 24 hours, not {text[:20]}: which unit is it?")
    return lasts


def _moment(text: str, order: str) -> tuple[date, time | None]:
    """A day, and the time of day where one stands behind it. Whatever the order, a year of four digits in front is one."""
    found = _DATE.match(text)
    if not found:
        raise ValueError(f"{text[:30]!r} is no date")
    parts = found[1], found[3], found[4]
    year, month, day = (parts[place] for place in _ORDERS["year_first" if len(found[1]) == 4 else order])
    if len(year) != 4:
        raise ValueError(f"{text[:30]!r} is no date written {order.replace('_', ' ')}")
    try:
        return date(int(year), int(month), int(day)), _time(found[5]) if found[5] else None
    except ValueError:
        raise ValueError(f"there is no {text[:30]}") from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text if text[1:2] != ":" else f"0{text}")
    except ValueError:
        raise ValueError(f"{text[:20]!r} is no time of day") from None
