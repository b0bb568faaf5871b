"""TAG Heuer chronometers: lines ended by CR, as public programs read them; untested on hardware.

    !T HH:MM:SS DD/MM/YY              the time of day at which the timer was set to zero
    RR rank number   HH:MM:SS.fffff   a stored time, counted from that zero
    DS ... and DE ...                 a list of stored times begins and ends

Two lists of one timer may hold the same times: they are told each time.
"""

import re

from sts_protocols.errors import DecodeError
from sts_protocols.serial.heard import Heard, TimerLine
from sts_protocols.serial.lines import LineStream
from sts_protocols.serial.ticks import DAY_TICKS, ticks_of, time_of_day

BAUD = 38_400

_SYNCHRONISED = re.compile(rb"!T (\d\d:\d\d:\d\d) \d\d/\d\d/\d\d[\t ]*")
_TIME = re.compile(rb"RR +(\d{1,4}) +(\d{1,4}) +(\d\d:\d\d:\d\d\.\d{1,5})[\t ]*")
_LIST = re.compile(rb"D[SE] [ -~\t]*")


class TagHeuer:
    """Reads the lines of one timer, and remembers from which time of day it counts."""

    def __init__(self) -> None:
        self._zero: int | None = None

    def decode(self, line: bytes) -> TimerLine | None:
        """One line without its end; None for a line that is no time. Raises DecodeError.

        Until the timer has told its zero, times are counted from there and marked `since_zero`.
        """
        if found := _SYNCHRONISED.fullmatch(line):
            self._zero = time_of_day(found[1])
            return None
        if _LIST.fullmatch(line):
            return None
        if not (found := _TIME.fullmatch(line)):
            raise DecodeError("A line is not one of a TAG Heuer timer", line)
        ticks, number = ticks_of(found[3]), int(found[2])
        bib = str(number) if number else None
        unassigned = () if bib else ("unassigned",)
        if self._zero is None:
            return TimerLine(ticks, "RR", bib, ("since_zero", *unassigned), line)
        return TimerLine((self._zero + ticks) % DAY_TICKS, "RR", bib, unassigned, line)


def stream() -> LineStream:
    """The lines of a port with a TAG Heuer timer."""
    timer = TagHeuer()
    return LineStream(lambda line, boot_us: Heard(boot_us, line, impulse=timer.decode(line)))
