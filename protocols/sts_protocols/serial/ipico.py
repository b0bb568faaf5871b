"""IPICO readers of tags: one line of 36 hexadecimal digits for each time that a tag was seen.

characters  1, 2    aa
            3, 4    reader
            5 to 16 tag
            17 to 20  counters
            21 to 32  YYMMDDhhmmss, decimal
            33, 34  hundredths of a second, hexadecimal: 0a to 0f look like decimals that they are not
            35, 36  the low byte of the sum of the codes of characters 3 to 34
            then    FS or LS on some readers: first or last seen
"""

import re

from sts_protocols.errors import DecodeError
from sts_protocols.serial.heard import Heard, TimerLine
from sts_protocols.serial.lines import LineStream
from sts_protocols.serial.ticks import TICKS_PER_SECOND, time_of_day

BAUD = 9_600

_HUNDREDTH = TICKS_PER_SECOND // 100
_LINE = re.compile(
    rb"aa([0-9a-f]{2})([0-9a-f]{12})[0-9a-f]{4}\d{6}(\d{6})([0-9a-f]{2})([0-9a-f]{2})(FS|LS)? *"
)
_SEEN = {b"FS": ("first_seen",), b"LS": ("last_seen",), None: ()}


def checksum(line: bytes) -> int:
    """Of a line from its `aa` on."""
    return sum(line[2:34]) & 0xFF


def decode(line: bytes) -> TimerLine:
    """One line without its end. Raises DecodeError."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise DecodeError("A line is not one of an IPICO reader", line)
    reader, tag, clock, hundredths, told, seen = found.groups()
    if int(told, 16) != checksum(line):
        raise DecodeError("The checksum of an IPICO line is wrong", line)
    parts = int(hundredths, 16)
    if parts > 99:
        raise DecodeError(f"An IPICO line tells {parts} hundredths of a second", line)
    ticks = time_of_day(b":".join((clock[0:2], clock[2:4], clock[4:6]))) + parts * _HUNDREDTH
    return TimerLine(ticks, reader.decode(), tag.decode(), tuple(sorted(("tag", *_SEEN[seen]))), line)


def stream() -> LineStream:
    """The lines of a port with an IPICO reader."""
    return LineStream(lambda line, boot_us: Heard(boot_us, line, impulse=decode(line)))
