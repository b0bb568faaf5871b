"""A date and a time of day as µs since 1970 UTC, without a calendar library: this package reads no clock."""

DAY_US = 86_400_000_000
# No receiver that was made for these signals tells a date before this was written, unless it has rolled over
# (a GPS week counter wraps every 19.6 years); beyond 2090 a bit must have flipped.
EARLIEST_US = 1_767_225_600_000_000  # 2026-01-01
LATEST_US = 3_786_912_000_000_000  # 2090-01-01

_DAYS_IN = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def midnight_us(year: int, month: int, day: int) -> int | None:
    """The beginning of that day; None for a date that is none."""
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS_IN[month - 1] + (month == 2 and _is_leap(year)):
        return None
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 - 719_162
    days += sum(_DAYS_IN[: month - 1]) + (month > 2 and _is_leap(year)) + day - 1
    return days * DAY_US


def is_of_today(utc_us: int) -> bool:
    """Whether a receiver that works can tell this time."""
    return EARLIEST_US <= utc_us <= LATEST_US


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
