"""Wall times as the database takes them, and which of them can be true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FLOOR_US = 1_577_836_800_000_000
"""2020-01-01, before this system existed: an older time is a clock that was never set."""

FUTURE_US = 300_000_000
"""Five minutes: no anchored clock is that far ahead of the hub's; what is, is not a time."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def timestamp(us: int) -> datetime:
    """A wall time in µs as the database takes it."""
    return _EPOCH + timedelta(microseconds=us)


def microseconds(moment: datetime) -> int:
    """A time from the database in µs since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def is_of_today(us: int, now_us: int) -> bool:
    """Whether a clock that is set can have told this time by now."""
    return FLOOR_US <= us <= now_us + FUTURE_US
