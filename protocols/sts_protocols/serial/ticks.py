"""Times of timers: whole numbers of 1/10,000 s, truncated and never rounded.

Timers print what they have measured cut off, so a run computed from rounded times differs from the printed
one in every second run.
"""

import re

from sts_protocols.errors import DecodeError

TICKS_PER_SECOND = 10_000
TICK_US = 100
DAY_TICKS = 24 * 3600 * TICKS_PER_SECOND

_CLOCK = re.compile(rb"(\d\d):([0-5]\d):([0-5]\d)(?:[.,](\d{1,6}))?")


def ticks_of(text: bytes) -> int:
    """`HH:MM:SS` with none to six decimals, blanks around it. Raises DecodeError."""
    found = _CLOCK.fullmatch(text.strip(b" "))
    if found is None:
        raise DecodeError("A time is not HH:MM:SS with its decimals", text)
    hours, minutes, seconds, fraction = found.groups()
    whole_s = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole_s * TICKS_PER_SECOND + int((fraction or b"0")[:4].ljust(4, b"0"))


def time_of_day(text: bytes) -> int:
    """As `ticks_of`, below 24 hours. Raises DecodeError."""
    ticks = ticks_of(text)
    if ticks >= DAY_TICKS:
        raise DecodeError("A time of day is beyond 24 hours", text)
    return ticks


def elapsed(start: int, finish: int) -> int:
    """From one time of day to a later one less than 24 hours away, through midnight if need be."""
    return (finish - start) % DAY_TICKS
