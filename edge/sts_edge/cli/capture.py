"""What is given to `sts-edge decode`: hex, lines or a stream, each piece with its line and, if told, its time.

A capture of frames is text, one frame a line:

    16 3c 00 04                        hex, with blanks, colons or dashes, or none, and with or without 0x
    12.250 163c0004                    seconds before it, with a decimal point (hex has none)
    2026-05-01T10:00:00.250Z 163c0004  or a date and time
    1777629600250,163c0004             or a column with ms, µs or ns since 1970
    {"t_boot_us": 12250000, "frame_hex": "163c0004"}   or JSON, as the simulator's truth has it

Blank lines and those that begin with # are passed over.

Raw frames of many sensors are what `sts-edge raw export` writes: JSON lines that also tell sensor and word, or records
in the published layout.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import NamedTuple

from sts_protocols.errors import RecordError
from sts_protocols.record import MARKER, Damaged, Kind, Record, decode_raw, split

SECOND_US = 1_000_000

# One stretch of a stream: what a serial port hands over at once is about as long.
STRETCH_BYTES = 4096

_SECONDS = re.compile(r"\d+\.\d*")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\S+")
_GAPS = re.compile(r"0[xX]|[\s:,;-]+")
_BETWEEN = " \t,;"
# A column of a table that has nothing but digits, and more than the two of a byte.
_COUNT = re.compile(r"(\d{3,})\s*[\t,;]")
# Since 1970, by the number of digits until the year 2286: µs in one of ms, µs, ns.
_SINCE_1970_US = {13: 1000.0, 16: 1.0, 19: 0.001}


class CaptureError(Exception):
    """A line that is no piece of a capture; the message says what is right."""


class Piece(NamedTuple):
    """What is fed at once. `line` counts from 1; `time_us` is None where the capture has no time. `source`: of a
    raw frame the sensor and the word under which it was kept."""

    line: int
    data: bytes
    time_us: int | None = None
    source: tuple[str, str] | None = None


class Wrong(NamedTuple):
    """A line that could not be read as a piece."""

    line: int
    sentence: str


def frames(text: str) -> Iterator[Piece | Wrong]:
    """The frames of a capture, and the lines that are none."""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip("\ufeff \t\r")
        if not stripped or stripped.startswith("#"):
            continue
        try:
            time_us, data = _frame(stripped)
        except CaptureError as error:
            yield Wrong(number, str(error))
        else:
            yield Piece(number, data, time_us)


def raw_frames(data: bytes) -> Iterator[Piece | Wrong]:
    """Raw frames of many sensors, in the order in which they came; records are counted instead of lines."""
    return _of_records(data) if data.startswith(MARKER) else _of_lines(data.decode("utf-8", "replace"))


def lines(data: bytes) -> Iterator[Piece]:
    """The lines of a serial device or a reader, ended by CR, LF or both; blank ones are left out."""
    for number, line in enumerate(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), 1):
        if line:
            yield Piece(number, line)


def stretches(data: bytes) -> Iterator[Piece]:
    """A stream in stretches; they are counted instead of lines."""
    for number, start in zip(count(1), range(0, len(data), STRETCH_BYTES)):
        yield Piece(number, data[start : start + STRETCH_BYTES])


def hexadecimal(text: str) -> bytes:
    """The bytes of hex as people and tools write it. Raises CaptureError."""
    digits = _GAPS.sub("", text)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise CaptureError(f"{text[:60]!r} is no hex: write two digits a byte, for example 16 3c") from None


def _of_records(data: bytes) -> Iterator[Piece | Wrong]:
    for number, piece in enumerate(split(data), 1):
        if isinstance(piece, Damaged):
            yield Wrong(number, f"{len(piece.raw)} bytes are no record: {piece.error}")
        elif piece.header.kind == Kind.RAW:
            yield from _of_record(number, piece)


def _of_record(number: int, record: Record) -> Iterator[Piece | Wrong]:
    try:
        sources = decode_raw(record.body)
    except RecordError as error:
        yield Wrong(number, str(error))
        return
    came = [(frame, (one.sensor, one.kind)) for one in sources for frame in one.frames]
    for frame, source in sorted(came, key=lambda told: told[0].boot_us):
        yield Piece(number, frame.frame, frame.boot_us, source)


def _of_lines(text: str) -> Iterator[Piece | Wrong]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            time_us, data = _json_frame(line)
            yield Piece(number, data, time_us, _source(json.loads(line)))
        except CaptureError as error:
            yield Wrong(number, str(error))


def _source(told: dict[str, object]) -> tuple[str, str]:
    sensor, word = told.get("sensor"), told.get("raw")
    if not isinstance(sensor, str) or not isinstance(word, str):
        raise CaptureError('a raw frame needs "sensor" and "raw", as `sts-edge raw export` writes them')
    return sensor, word


def _frame(line: str) -> tuple[int | None, bytes]:
    if line.startswith("{"):
        return _json_frame(line)
    first = re.split(f"[{_BETWEEN}]", line, maxsplit=1)[0]
    rest = line[len(first) :].strip(_BETWEEN)
    if _SECONDS.fullmatch(first):
        return round(float(first) * SECOND_US), hexadecimal(rest)
    if _DATE_TIME.fullmatch(first):
        return _date_time_us(first), hexadecimal(rest)
    if column := _COUNT.match(line):
        return _since_1970_us(column[1]), hexadecimal(rest)
    return None, hexadecimal(line)


def _json_frame(line: str) -> tuple[int | None, bytes]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise CaptureError("this line is no JSON") from None
    if not isinstance(told, dict):
        raise CaptureError("this line is no JSON object")
    frame, time_us = told.get("frame_hex"), told.get("t_boot_us")
    if not isinstance(frame, str) or not isinstance(time_us, int | None):
        raise CaptureError('a JSON line needs "frame_hex", and may have "t_boot_us" in whole µs')
    return time_us, hexadecimal(frame)


def _since_1970_us(digits: str) -> int:
    if len(digits) not in _SINCE_1970_US:
        raise CaptureError(f"{digits[:30]} says no unit: write seconds with a decimal point, as in 12.250")
    return round(int(digits) * _SINCE_1970_US[len(digits)])


def _date_time_us(text: str) -> int:
    try:
        return round(datetime.fromisoformat(text).timestamp() * SECOND_US)
    except (ValueError, OverflowError, OSError):
        raise CaptureError(f"{text[:40]!r} is no date and time: write 2026-05-01T10:00:00.250Z") from None
