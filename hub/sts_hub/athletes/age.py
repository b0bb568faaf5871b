"""Ages in law: the day on which somebody has been alive for so many years."""

from datetime import UTC, date, datetime, time
from typing import Final

# Whoever is of age decides alone (in nearly every country's law).
OF_AGE_YEARS: Final = 18


def years_old_on(birth: date, years: int) -> date:
    """The first day of being so many years old: after 29 February, 1 March where the year has none.

    As the database's `sts.of_age`.
    """
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def of_age_at(birth: date) -> datetime:
    """When somebody comes of age, at the beginning of the day in UTC."""
    return datetime.combine(years_old_on(birth, OF_AGE_YEARS), time(), UTC)
