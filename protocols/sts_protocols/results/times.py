"""Times as result files print them, to integers of 1/10,000 s. Further digits are cut, as ALGE timers cut."""

import re
from typing import Final

from sts_protocols.results.model import Manner, Time

TICKS_PER_S: Final = 10_000
# A day and a night of a 24-hour race; what is longer is no time of a result but a mistake in a column.
_MAX_HOURS: Final = 999

_CLOCK = re.compile(r"(-|\+)?(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,9}))?")
_MARKED = re.compile(r"([\d:.,]+)\s?([hHqQ])")
_NONE: Final = frozenset({"", "NT", "NR", "-", "--", "---", "0", "00", "0.0", "0.00", "0.000"})


def ticks(text: str) -> int | None:
    """`[H:]M:S.fff`, `S,ff` or `S` as 1/10,000 s; None for what is no time. Minutes and seconds below 60 behind a larger
    unit."""
    found = _CLOCK.fullmatch(text)
    if found is None or not text.isascii():
        return None
    sign, hours, minutes, seconds, parts = found.groups()
    if (minutes is not None and int(seconds) >= 60) or (hours is not None and int(minutes) >= 60):
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    if whole > _MAX_HOURS * 3600:
        return None
    told = whole * TICKS_PER_S + int(((parts or "") + "0000")[:4])
    return -told if sign == "-" else told


def time(text: str, manner: Manner = "") -> Time | None:
    """The time that a text tells, with the text; None for NT, an empty text and a zero, which stand for no time.

    A text that is neither keeps its words: `ticks` is None.
    """
    printed = text.strip()
    if printed.upper() in _NONE or re.fullmatch(r"[0:.,]+", printed):
        return None
    bare, mark = _parted(printed)
    return Time(ticks=ticks(bare), text=printed, manner="hand" if mark in ("h", "H") else manner)


def _parted(printed: str) -> tuple[str, str]:
    """A time and the letter behind it: h for one taken by hand, q or Q for who has qualified."""
    found = _MARKED.fullmatch(printed)
    return (found[1], found[2]) if found else (printed, "")


def span(text: str, manner: Manner = "") -> Time | None:
    """A difference or a reaction, for which nought is a value; None for an empty text."""
    printed = text.strip()
    return Time(ticks=ticks(printed), text=printed, manner=manner) if printed else None


def seconds(text: str) -> Time | None:
    """Seconds with a fraction, as IOF tells them, nought included; None for an empty text."""
    return span(text)
