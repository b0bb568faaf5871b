"""Ages in law, by days worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sts_hub.athletes.age import of_age_at, years_old_on


@pytest.mark.parametrize(
    ("birth", "years", "since"),
    [
        (date(2008, 5, 1), 18, date(2026, 5, 1)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),  # 2026 has no 29 February
        (date(2008, 3, 1), 18, date(2026, 3, 1)),  # the day before is a 29 February
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2010, 1, 1), 18, date(2028, 1, 1)),
        (
            date(2011, 3, 1),
            17,
            date(2028, 3, 1),
        ),  # 2028 has a 29 February, on which nobody of 1 March comes of age
    ],
)
def test_years_are_complete_on_the_birthday(birth: date, years: int, since: date) -> None:
    assert years_old_on(birth, years) == since


def test_of_age_begins_with_the_day_in_utc() -> None:
    assert of_age_at(date(2008, 5, 1)) == datetime(2026, 5, 1, tzinfo=UTC)
