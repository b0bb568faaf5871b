"""ALGE Timy and TdC: lines of fixed columns, ended by CR (Timy3 manual, RS-232 interface; 9600 8N1).

    column  0       information: blank, or a letter, see INFORMATION
            1 to 4  bib, leading zeros
            6 to 8  channel: C0 start, C1 finish, C2 to C9; RT run time, TT total time; M behind it: by keypad
            10 to 22  HH:MM:SS.zhtq; fewer decimals are padded with blanks
            24, 25  group

`n0042` alone tells which bib is next. The line has no date.
"""

import re

from sts_protocols.errors import DecodeError
from sts_protocols.serial.heard import Heard, TimerLine
from sts_protocols.serial.lines import LineStream
from sts_protocols.serial.ticks import ticks_of, time_of_day

BAUD = 9_600

# The letters b, r and s mean different things in different programs of the timer (a blocked time or a course;
# radio), so they are handed on as they are.
INFORMATION = {
    b" ": (),
    b"?": ("unassigned",),
    b"c": ("deleted",),
    b"d": ("disqualified",),
    b"i": ("inserted",),
    b"m": ("memory",),
    b"p": ("penalty",),
    b"t": ("radio",),
}
DURATIONS = ("RT", "TT")

# The columns are fixed: a character that the line has lost must not move the others.
_TIME = re.compile(
    rb"(?=.{26} *\Z)([ -~])([0-9 ]{4}) (C\d|RT|TT)([M ]) (\d\d:\d\d:\d\d(?:\.\d{1,4})? *) \d\d *"
)
_NEXT_BIB = re.compile(rb"n\d{4} *")


def decode(line: bytes) -> TimerLine | None:
    """One line without its end; None for the word which bib is next. Raises DecodeError."""
    if _NEXT_BIB.fullmatch(line):
        return None
    found = _TIME.fullmatch(line)
    if found is None:
        raise DecodeError("A line is not one of an ALGE timer", line)
    info, bib, channel, manual, time = found.groups()
    name = channel.decode()
    ticks = ticks_of(time) if name in DURATIONS else time_of_day(time)
    marks = INFORMATION.get(info, (f"info-{info.decode().lower()}",) if info.isalnum() else ("info",))
    assigned = int(bib.strip() or b"0") if "unassigned" not in marks else 0
    marks += ("manual",) if manual == b"M" else ()
    return TimerLine(ticks, name, str(assigned) if assigned else None, tuple(sorted(marks)), line)


def stream() -> LineStream:
    """The lines of a port with an ALGE timer."""
    return LineStream(lambda line, boot_us: Heard(boot_us, line, impulse=decode(line)))
