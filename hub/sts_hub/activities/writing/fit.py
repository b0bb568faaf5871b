"""FIT (Garmin's protocol 2.0), written as an activity file: timer events, records, RR intervals, a lap, a session.

All records have one layout and are packed at once as a numpy array: five hours take a few hundredths of a second,
where the libraries at hand take ten.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sts_hub.activities.activity import Activity, Column, Floats, Section
from sts_hub.activities.checksum import crc16
from sts_hub.activities.reading.fit import EPOCH_S

_PROTOCOL: Final = 0x20
_PROFILE: Final = 2132
# A maker's number must be given by Garmin; 255 is for those who have none (profile, manufacturer: development).
_DEVELOPMENT: Final = 255
_ACTIVITY: Final = 4
_SPORTS: Final = {"running": 1, "cycling": 2, "swimming": 5, "rowing": 15, "walking": 11, "hiking": 17}
_ON_FOOT: Final = frozenset({"running", "walking", "hiking"})
# Base types of the protocol: number, numpy's letter, what stands for no value.
_ENUM, _UINT8, _UINT16 = (0x00, "u1", 0xFF), (0x02, "u1", 0xFF), (0x84, "<u2", 0xFFFF)
_SINT32, _UINT32 = (0x85, "<i4", 0x7FFFFFFF), (0x86, "<u4", 0xFFFFFFFF)
# RR intervals of one message; two beats a second are 120/min, and what is more goes into another message.
_BEATS: Final = 5


class _Field(NamedTuple):
    """How a metric is told in a record: field number, base type, steps per unit, and what is added before."""

    number: int
    base: tuple[int, str, int]
    scale: float
    offset: float = 0


# Numbers, scales and offsets of the message "record" in the FIT profile.
_RECORD: Final[dict[str, _Field]] = {
    "latitude": _Field(0, _SINT32, 2**31 / 180),
    "longitude": _Field(1, _SINT32, 2**31 / 180),
    "altitude": _Field(78, _UINT32, 5, 500),
    "heart_rate": _Field(3, _UINT8, 1),
    "cadence": _Field(4, _UINT8, 1),
    "distance": _Field(5, _UINT32, 100),
    "speed": _Field(73, _UINT32, 1000),
    "power": _Field(7, _UINT16, 1),
    "respiratory_rate": _Field(108, _UINT16, 100),
    "body_temperature": _Field(139, _UINT16, 100),
}
_TIME: Final = 253
_FRACTION: Final = _Field(53, _UINT8, 128)


def write(activity: Activity) -> bytes:
    """The activity as a FIT file; what FIT has no field for is left out. Times are told in whole seconds."""
    body = bytearray()
    first = _second(activity.t_us[0]) if activity.t_us.size else 0
    last = _second(activity.t_us[-1]) if activity.t_us.size else 0
    _message(
        body, 0, [(0, _ENUM, _ACTIVITY), (1, _UINT16, _DEVELOPMENT), (2, _UINT16, 0), (4, _UINT32, first)]
    )
    _message(body, 21, [(_TIME, _UINT32, first), (0, _ENUM, 0), (1, _ENUM, 0)])
    body += _records(activity)
    _message(body, 21, [(_TIME, _UINT32, last), (0, _ENUM, 0), (1, _ENUM, 4)])
    for one in activity.laps:
        _section(body, 19, one, last, (25, 15, 16))
    for one in activity.sessions:
        _section(body, 18, one, last, (5, 16, 17))
    _message(
        body,
        34,
        [
            (_TIME, _UINT32, last),
            (1, _UINT16, max(len(activity.sessions), 1)),
            (2, _ENUM, 0),
            (3, _ENUM, 26),
            (4, _ENUM, 1),
        ],
    )
    head = struct.pack("<BBHI4s", 14, _PROTOCOL, _PROFILE, len(body), b".FIT")
    head += struct.pack("<H", crc16(head))
    whole = head + bytes(body)
    return whole + struct.pack("<H", crc16(whole))


def _second(t_us: Any) -> int:
    return int(t_us) // 1_000_000 - EPOCH_S


def _definition(local: int, message: int, fields: list[tuple[int, tuple[int, str, int], int]]) -> bytes:
    """Fields are (number, base type, how many)."""
    told = b"".join(
        bytes((number, np.dtype(base[1]).itemsize * many, base[0])) for number, base, many in fields
    )
    return struct.pack("<BBBHB", 0x40 | local, 0, 0, message, len(fields)) + told


def _message(
    body: bytearray, message: int, fields: list[tuple[int, tuple[int, str, int], int | None]]
) -> None:
    """A definition and one message by it; None is told as no value."""
    body += _definition(0, message, [(number, base, 1) for number, base, _ in fields])
    body.append(0)
    for _, base, value in fields:
        body += np.array(base[2] if value is None else value, base[1]).tobytes()


def _section(body: bytearray, message: int, one: Section, last: int, numbers: tuple[int, int, int]) -> None:
    since = last if one.since_us is None else _second(one.since_us)
    sport, mean, highest = numbers
    until = since + math.ceil(one.elapsed_s or 0)
    _message(
        body,
        message,
        [
            (_TIME, _UINT32, until),
            (2, _UINT32, since),
            (7, _UINT32, _steps(one.elapsed_s, 1000)),
            (8, _UINT32, _steps(one.timer_s if one.timer_s is not None else one.elapsed_s, 1000)),
            (9, _UINT32, _steps(one.distance_m, 100)),
            (11, _UINT16, _steps(one.energy_kcal, 1)),
            (sport, _ENUM, _SPORTS.get(one.sport or "", 0)),
            (mean, _UINT8, _steps(one.heart_rate_mean, 1)),
            (highest, _UINT8, _steps(one.heart_rate_max, 1)),
        ],
    )


def _steps(value: float | None, scale: float) -> int | None:
    return None if value is None else round(value * scale)


def _records(activity: Activity) -> bytes:
    """All records by one definition, with the RR intervals of each before it."""
    columns = dict(activity.columns)
    fields = {name: one for name, one in _RECORD.items() if name in columns}
    extra: dict[str, tuple[_Field, Floats]] = {}
    if "cadence" in columns:
        cadence = columns["cadence"].value / (2 if _on_foot(activity) else 1)
        columns["cadence"] = Column("/min", np.floor(cadence))
        extra["fraction"] = (_FRACTION, cadence - np.floor(cadence))
    told = {name: (field, columns[name].value) for name, field in fields.items()} | extra
    layout = np.dtype(
        [("local", "u1"), ("time", "<u4"), *((name, field.base[1]) for name, (field, _) in told.items())]
    )
    rows = np.zeros(activity.t_us.size, layout)
    rows["local"] = 1
    rows["time"] = activity.t_us // 1_000_000 - EPOCH_S
    for name, (field, value) in told.items():
        rows[name] = _raw(value, field)
    defined = _definition(
        1, 20, [(_TIME, _UINT32, 1), *((field.number, field.base, 1) for field, _ in told.values())]
    )
    return defined + _with_beats(rows, activity)


def _on_foot(activity: Activity) -> bool:
    return bool(activity.sessions) and activity.sessions[0].sport in _ON_FOOT


def _raw(value: Floats, field: _Field) -> NDArray[Any]:
    """Steps as the field holds them; what it cannot hold is no value."""
    _, letter, none = field.base
    steps = np.rint((value + field.offset) * field.scale)
    limits = np.iinfo(np.dtype(letter))
    fits = (steps >= limits.min) & (steps <= limits.max)
    return np.where(fits, np.nan_to_num(steps), none).astype(letter)


def _with_beats(rows: NDArray[Any], activity: Activity) -> bytes:
    if not activity.beats.t_us.size:
        return rows.tobytes()
    place = np.searchsorted(activity.t_us // 1_000_000, activity.beats.t_us // 1_000_000)
    told = [_definition(2, 78, [(0, _UINT16, _BEATS)])]
    at = 0
    for row in np.unique(place):
        told.append(rows[at:row].tobytes())
        at = int(row)
        intervals = np.rint(activity.beats.ms[place == row]).clip(0, 0xFFFE).astype("<u2")
        for begin in range(0, intervals.size, _BEATS):
            some = np.full(_BEATS, 0xFFFF, "<u2")
            some[: intervals[begin : begin + _BEATS].size] = intervals[begin : begin + _BEATS]
            told.append(b"\x02" + some.tobytes())
    return b"".join([*told, rows[at:].tobytes()])
