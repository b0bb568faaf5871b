"""Alpenhunde timing, JSON over HTTP and WebSocket (field names as the makers' reference client reads them).

    an event   {"type": "timestamp", "data": IMPULSE}; other types keep the connection alive
    all so far {"events": [IMPULSE, ...]}

    IMPULSE    i index, counts up    c module: 1 start, 128 finish, others between
               n who, usually a bib  t time of day HH:MM:SS.zhtq    m the same in ms    d date

An index is given once, so what was missed is known by it. A module is a channel. Text that is no JSON of this
shape is refused; fields that are not known here are passed over.
"""

from typing import Any, NamedTuple

import msgspec

from sts_protocols.errors import DecodeError
from sts_protocols.serial.heard import TimerLine
from sts_protocols.serial.ticks import time_of_day

START, FINISH = 1, 128
MAX_INDEX = 2**53
MAX_MODULE = 255
MAX_BIB = 40


class Event(NamedTuple):
    """One impulse: its index, the module that it came from, who (None: nobody was assigned), when."""

    number: int
    module: int
    bib: str | None
    ticks: int
    line: bytes


def decode(text: bytes) -> Event | None:
    """One event, or one impulse by itself; None for one that only keeps the connection alive. Raises DecodeError."""
    told = _json(text)
    if isinstance(told, dict) and "i" in told:
        return _event(told, text)
    if not isinstance(told, dict) or not isinstance(told.get("type"), str):
        raise DecodeError("An event needs a type", text)
    return _event(told.get("data"), text) if told["type"] == "timestamp" else None


def decode_all(text: bytes) -> tuple[Event, ...]:
    """Everything that a timer has told so far, in the order of the indexes. Raises DecodeError."""
    told = _json(text)
    events = told.get("events") if isinstance(told, dict) else None
    if not isinstance(events, list):
        raise DecodeError("There is no list of events", text)
    return tuple(sorted(_event(one, text) for one in events))


def impulse(event: Event) -> TimerLine:
    """The event as an impulse on the channel of its module."""
    marks = () if event.bib is not None else ("unassigned",)
    return TimerLine(event.ticks, str(event.module), event.bib, marks, event.line)


def _json(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise DecodeError("This is no JSON", text) from None


def _event(data: Any, text: bytes) -> Event:
    if not isinstance(data, dict):
        raise DecodeError("An event has no data", text)
    index, module, time = _whole(data.get("i"), MAX_INDEX), _whole(data.get("c"), MAX_MODULE), data.get("t")
    if index is None or module is None or not isinstance(time, str):
        raise DecodeError("An event needs an index, a module and a time", text)
    line = msgspec.json.encode(data)
    return Event(index, module, _bib(data.get("n"), text), time_of_day(time.encode(errors="replace")), line)


def _whole(told: Any, most: int) -> int | None:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told <= most:
        return None
    return told


def _bib(told: Any, text: bytes) -> str | None:
    if told is None:
        return None
    name = str(told).strip() if isinstance(told, str | int) and not isinstance(told, bool) else None
    if name is None or len(name) > MAX_BIB or not (name.isascii() and (name.isprintable() or not name)):
        raise DecodeError("An event does not say who it is of in plain text", text)
    return name or None
