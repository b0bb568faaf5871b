"""RACE RESULT decoders, text over TCP port 3601 (vendor: Decoder Communication Protocol, versions 1.2 to 2.0).

    GETPROTOCOL         -> GETPROTOCOL;current;lowest;highest
    SETPROTOCOL;version -> SETPROTOCOL;version
    GETSTATUS           -> GETSTATUS;date;time;power;antennas;timing mode;file number;GPS fix;...
    PASSINGS            -> PASSINGS;count[;file number]
    first:count         -> a line for each passing, then an empty one

    a passing: number;transponder;date;time;event;hits;max RSSI;internal;active;channel;loop;loop only;
               wakeup counter;battery;temperature;internal active;box name;file number;antenna;box id

Lines end in CR LF. Passings are numbered from 1 in each file, and a file begins with each start of timing: so
what was missed can be asked for again by number. Fields behind the RSSI came with later versions, and a field
without a value is empty. Without GPS the date is 0000-00-dd and the time runs from the start of timing.
"""

import re
from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.serial.heard import TimerLine
from sts_protocols.serial.ticks import time_of_day

PORT = 3601
# Where passings have their numbers and channels; a decoder without it wants newer firmware.
LOWEST_PROTOCOL = (1, 2)
# No answer is longer; a peer that says more without a line's end is none of these.
MAX_LINE_BYTES = 512
# Asked for at once: 50 lines of some 100 bytes.
MOST_AT_ONCE = 50

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")
_CODE = re.compile(r"[!-~]{1,40}")
_UNDATED = "0000-00-"


class Protocol(NamedTuple):
    """The versions that a decoder speaks."""

    current: tuple[int, int]
    lowest: tuple[int, int]
    highest: tuple[int, int]


class Count(NamedTuple):
    """How many passings the file in use has; `file` is None where the decoder does not say."""

    passings: int
    file: int | None


class Passing(NamedTuple):
    """One detection of a transponder. ticks: 1/10,000 s of the day, or since the start where `date` is None."""

    number: int
    transponder: str
    date: str | None
    ticks: int
    hits: int | None
    rssi_dbm: int | None
    active: bool
    channel: int | None
    loop: int | None
    stored: bool
    file: int | None
    line: bytes


def protocol(line: bytes) -> Protocol:
    """The answer to GETPROTOCOL. Raises DecodeError."""
    fields = _answer(line, "GETPROTOCOL", 4)
    current, lowest, highest = (_version(field, line) for field in fields[1:4])
    return Protocol(current, lowest, highest)


def count(line: bytes) -> Count:
    """The answer to PASSINGS. Raises DecodeError."""
    fields = _answer(line, "PASSINGS", 2)
    passings = _number(fields[1], line)
    if passings is None:
        raise DecodeError("A decoder does not say how many passings it has", line)
    return Count(passings, _number(fields[2], line) if len(fields) > 2 else None)


def is_timing(line: bytes) -> bool:
    """From the answer to GETSTATUS: whether passings are kept. Raises DecodeError."""
    return _answer(line, "GETSTATUS", 7)[5] == "1"


def decode(line: bytes) -> Passing:
    """One passing, without the line's end. Raises DecodeError."""
    fields = _fields(line)
    if len(fields) < 7:
        raise DecodeError(f"A passing has {len(fields)} fields, and needs 7", line)
    number, rest = _number(fields[0], line), fields + [""] * 20
    if not number or not _CODE.fullmatch(fields[1]) or not _DATE.fullmatch(fields[2]):
        raise DecodeError("A passing needs a number, a transponder and a date", line)
    return Passing(
        number,
        fields[1],
        None if fields[2].startswith(_UNDATED) else fields[2],
        time_of_day(fields[3].encode()),
        _number(fields[5], line),
        _number(fields[6], line, signed=True),
        rest[8] == "1",
        _number(rest[9], line),
        _number(rest[10], line),
        rest[11] == "1",
        _number(rest[17], line),
        line,
    )


def impulse(passing: Passing) -> TimerLine:
    """The passing as an impulse: its channel is the loop's, or 1 where the decoder has only one."""
    marks = {
        "active": passing.active,
        "stored": passing.stored,
        "since-start": passing.date is None,
    }
    channel = passing.channel or 1
    name = str(channel) if not passing.loop else f"{channel}-{passing.loop}"
    words = tuple(sorted(word for word, holds in marks.items() if holds))
    return TimerLine(passing.ticks, name, passing.transponder, words, passing.line)


def _answer(line: bytes, command: str, least: int) -> list[str]:
    fields = _fields(line)
    if fields[0] != command or len(fields) < least:
        raise DecodeError(f"This is no answer to {command}", line)
    return fields


def _fields(line: bytes) -> list[str]:
    if len(line) > MAX_LINE_BYTES:
        raise DecodeError(f"A line of a decoder has {len(line)} bytes", line)
    try:
        return line.decode("ascii").split(";")
    except UnicodeDecodeError:
        raise DecodeError("A line of a decoder is no plain text", line) from None


def _version(text: str, line: bytes) -> tuple[int, int]:
    found = _VERSION.fullmatch(text)
    if found is None:
        raise DecodeError(f"{text!r} is no version of the protocol", line)
    return int(found[1]), int(found[2])


def _number(text: str, line: bytes, *, signed: bool = False) -> int | None:
    """A whole number; None for an empty field."""
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,9}" if signed else r"\d{1,9}", text):
        raise DecodeError(f"{text!r} is no whole number", line)
    return int(text)
