"""TAG Heuer chronometers: lines ended by CR, as public programs read them and as the maker's protocol of 2012
(THCOM08) is quoted in public; untested on hardware.

    TN bib number channel HH:MM:SS.fffff days   a time as it is measured: blanks before each field, none where there is
                                                nothing; the channel 1 to 99, M before one by hand; days since 2000
    AN ...                                      the same, asked for from the memory
    !T HH:MM:SS DD/MM/YY              the time of day at which the timer was set to zero
    RR rank number   HH:MM:SS.fffff   a stored time, counted from that zero
    DS ... and DE ...                 a list of stored times begins and ends
    AK, CL, TS, &P ...                an answer, the end of a run, a synchronisation, a parameter: no times

Behind a line of the maker's protocol stand a tab and four hexadecimal digits: the sum of the codes before the tab (the
same of a command to the timer, without its #).
A second letter that is not N is handed on as the timer's own word. Two lists of one timer may hold the same times:
they are told each time.
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
_MEASURED = re.compile(
    rb"([TA])([!-~]) +(?:(\d{1,4}) +)?(\d{1,4}) +(M?)(\d{1,2}) +"
    rb"((?:(?:\d{1,2}:)?\d{1,2}:)?\d{1,2}\.\d{1,5}) +\d{1,5}(?:\t([0-9A-F]{4}))?[\t ]*"
)
_OTHER = re.compile(rb"(?:AK|CL|TS|&P) [ -~]*\t([0-9A-F]{4})[\t ]*")
_NORMAL = b"N"


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
        if found := _OTHER.fullmatch(line):
            _check(line, found[1])
            return None
        if found := _MEASURED.fullmatch(line):
            return _measured(line, found)
        if not (found := _TIME.fullmatch(line)):
            raise DecodeError("A line is not one of a TAG Heuer timer", line)
        ticks, number = ticks_of(found[3]), int(found[2])
        bib = str(number) if number else None
        unassigned = () if bib else ("unassigned",)
        if self._zero is None:
            return TimerLine(ticks, "RR", bib, ("since_zero", *unassigned), line)
        return TimerLine((self._zero + ticks) % DAY_TICKS, "RR", bib, unassigned, line)


def checksum(line: bytes) -> int:
    """Of a line of the maker's protocol, up to its tab."""
    return sum(line.partition(b"\t")[0]) & 0xFFFF


def _check(line: bytes, told: bytes) -> None:
    if int(told, 16) != checksum(line):
        raise DecodeError("The checksum of a line of a TAG Heuer timer is wrong", line)


def _measured(line: bytes, found: re.Match[bytes]) -> TimerLine:
    asked, letter, bib, _number, manual, channel, time, told = found.groups()
    if told is not None:
        _check(line, told)
    number = int(bib or b"0")
    holds = {
        "memory": asked == b"A",
        "manual": bool(manual),
        "unassigned": not number,
        f"info-{letter.decode().lower()}" if letter.isalnum() else "info": letter != _NORMAL,
    }
    ticks = time_of_day(_with_hours(time))
    marks = tuple(sorted(mark for mark, is_so in holds.items() if is_so))
    return TimerLine(ticks, str(int(channel)), str(number) if number else None, marks, line)


def _with_hours(time: bytes) -> bytes:
    """HH:MM:SS.fffff of a time that begins with what is not 0."""
    clock, dot, fraction = time.partition(b".")
    parts = clock.split(b":")
    whole = [b"00"] * (3 - len(parts)) + [part.rjust(2, b"0") for part in parts]
    return b":".join(whole) + dot + fraction


def stream() -> LineStream:
    """The lines of a port with a TAG Heuer timer."""
    timer = TagHeuer()
    return LineStream(lambda line, boot_us: Heard(boot_us, line, impulse=timer.decode(line)))
