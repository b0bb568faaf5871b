"""Concept2 PM5: what the monitor of a rowing, ski or bike ergometer tells.

Layouts: Concept2 Performance Monitor Bluetooth Smart Communications Interface Definition, revision 1.30, tables
3 (each characteristic by itself) and 4 (all of them over 0x0080, the first byte naming which). The two tables
differ in what they leave out, since a notification holds 20 bytes. Numbers are little endian.

Pace is not power: watts come from the fields that say watts (0x0036 of the stroke), and from no formula. A
heart rate of 255 or 0, and a pace of 0, mean none. A plain read answers junk: only notifications count.
"""

from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.gatt.fields import Fields
from sts_protocols.gatt.layout import Field, Told, read, size_of, stored
from sts_protocols.metrics import (
    DISTANCE,
    DRAG_FACTOR,
    DRIVE_FORCE_MEAN,
    DRIVE_FORCE_PEAK,
    DRIVE_LENGTH,
    DRIVE_TIME,
    ENERGY_TOTAL,
    HEART_RATE,
    MACHINE_TIME,
    PACE,
    POWER,
    RECOVERY_TIME,
    SPEED,
    STROKE_COUNT,
    STROKE_DISTANCE,
    STROKE_RATE,
    STROKE_WORK,
)
from sts_protocols.sample import Decoded, Value

BASE_UUID = "ce06{:04x}-43e5-11e4-916c-0800200c9a66"
SERVICE = BASE_UUID.format(0x0030)
GENERAL_STATUS = 0x31
ADDITIONAL_STATUS_1 = 0x32
ADDITIONAL_STATUS_2 = 0x33
STROKE_DATA = 0x35
ADDITIONAL_STROKE_DATA = 0x36
MULTIPLEXED = 0x80

# The international avoirdupois pound-force: 0.45359237 kg times 9.80665 m/s².
NEWTON_PER_POUND_FORCE = 4.4482216152605

_ELAPSED = Field("elapsed_s", 3, denominator=100, metric=MACHINE_TIME)
_DISTANCE = Field("distance_m", 3, denominator=10, metric=DISTANCE)
_COUNT = Field("stroke_count", 2, metric=STROKE_COUNT)
_MACHINE = Field("machine_type", 1)
_AVERAGE_POWER = Field("average_power_w", 2)
_WORK = Field("stroke_work_j", 2, denominator=10, metric=STROKE_WORK)

_STATUS = (
    _ELAPSED,
    _DISTANCE,
    Field("workout_type", 1),
    Field("interval_type", 1),
    Field("workout_state", 1),
    Field("rowing_state", 1),
    Field("stroke_state", 1),
    Field("work_distance_m", 3),
    Field("workout_duration", 3),
    Field("workout_duration_type", 1),
    Field("drag_factor", 1, unknown=(0,), metric=DRAG_FACTOR),
)

_RATES = (
    Field("elapsed_s", 3, denominator=100),
    Field("speed_m_s", 2, denominator=1000, metric=SPEED),
    Field("stroke_rate_per_min", 1, unknown=(255,), metric=STROKE_RATE),
    Field("heart_rate_per_min", 1, unknown=(0, 255), metric=HEART_RATE),
    Field("pace_s_per_500m", 2, denominator=100, unknown=(0,), metric=PACE),
    Field("average_pace_s_per_500m", 2, denominator=100, unknown=(0,)),
    Field("rest_distance_m", 2),
    Field("rest_s", 3, denominator=100),
)

_SPLIT = (
    Field("split_average_pace_s_per_500m", 2, denominator=100, unknown=(0,)),
    Field("split_average_power_w", 2),
    Field("split_average_kcal_per_h", 2),
    Field("last_split_s", 3, denominator=10),
    Field("last_split_m", 3),
)
_TOTALS_BEFORE = (Field("elapsed_s", 3, denominator=100), Field("interval_count", 1))
_ENERGY = Field("energy_kcal", 2, metric=ENERGY_TOTAL)

_STROKE = (
    Field("elapsed_s", 3, denominator=100),
    Field("distance_m", 3, denominator=10),
    Field("drive_length_m", 1, denominator=100, unknown=(0,), metric=DRIVE_LENGTH),
    Field("drive_s", 1, denominator=100, unknown=(0,), metric=DRIVE_TIME),
    Field("recovery_s", 2, denominator=100, metric=RECOVERY_TIME),
    Field("stroke_distance_m", 2, denominator=100, metric=STROKE_DISTANCE),
    Field("peak_force_lbf", 2, denominator=10),
    Field("mean_force_lbf", 2, denominator=10),
)
_FORCES = {"peak_force_lbf": DRIVE_FORCE_PEAK, "mean_force_lbf": DRIVE_FORCE_MEAN}

_STROKE_POWER = (
    Field("elapsed_s", 3, denominator=100),
    Field("stroke_power_w", 2, metric=POWER),
    Field("stroke_kcal_per_h", 2),
    Field("stroke_count", 2),
    Field("projected_work_s", 3),
    Field("projected_work_m", 3),
)

# Each characteristic by itself (table 3); 0x0032 had no machine type in monitors before revision 1.27.
ALONE: dict[int, tuple[Field, ...]] = {
    GENERAL_STATUS: _STATUS,
    ADDITIONAL_STATUS_1: (*_RATES, _MACHINE),
    ADDITIONAL_STATUS_2: (*_TOTALS_BEFORE, _AVERAGE_POWER, _ENERGY, *_SPLIT),
    STROKE_DATA: (*_STROKE, _WORK, _COUNT),
    ADDITIONAL_STROKE_DATA: _STROKE_POWER,
}

# The same behind the byte that names them (table 4).
TOGETHER: dict[int, tuple[Field, ...]] = {
    GENERAL_STATUS: _STATUS,
    ADDITIONAL_STATUS_1: (*_RATES, _AVERAGE_POWER, _MACHINE),
    ADDITIONAL_STATUS_2: (*_TOTALS_BEFORE, _ENERGY, *_SPLIT),
    STROKE_DATA: (*_STROKE, _COUNT),
    ADDITIONAL_STROKE_DATA: (*_STROKE_POWER, _WORK),
}

# Known to the standard and of no use here: splits, summaries, heart rate belt, force curve.
NOT_READ = frozenset({0x37, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D})


class MonitorData(NamedTuple):
    """One notification: which characteristic, and what was in it by name with its unit, None for unknown.
    truncated: the frame ended before its last field."""

    characteristic: int
    told: Told
    truncated: bool


def decode(characteristic: int, frame: bytes) -> MonitorData:
    """A notification of one characteristic (0x31 to 0x36). Raises DecodeError for a frame that is empty or
    longer than the definition."""
    return _read(ALONE, characteristic, frame, 0)


def decode_multiplexed(frame: bytes) -> MonitorData:
    """A notification of 0x0080. Raises DecodeError for one that is empty, longer than the definition, or of an
    identifier that is not defined."""
    if not frame:
        raise DecodeError("A multiplexed frame of a rowing monitor is empty", frame)
    if frame[0] in NOT_READ:
        return MonitorData(frame[0], {}, False)
    if frame[0] not in TOGETHER:
        raise DecodeError(f"A rowing monitor has no data of the identifier {frame[0]:#04x}", frame)
    return _read(TOGETHER, frame[0], frame, 1)


def values(data: MonitorData) -> tuple[Value, ...]:
    """What is to be stored of a notification, in the order of its fields, each with its quality."""
    told = stored(ALONE.get(data.characteristic, ()), data.told, data.truncated)
    return (*told, *_only_together(data), *_forces(data))


def _read(
    layouts: dict[int, tuple[Field, ...]], characteristic: int, frame: bytes, start: int
) -> MonitorData:
    fields = Fields(frame, "Rowing monitor data")
    fields.skip(start)
    if len(frame) == start:
        raise DecodeError("A frame of a rowing monitor is empty", frame)
    layout = layouts[characteristic]
    told = read(fields, layout)
    lacks_machine = layout[-1] is _MACHINE and len(frame) == start + size_of(layout[:-1])
    return MonitorData(characteristic, told, fields.truncated and not lacks_machine)


def _only_together(data: MonitorData) -> tuple[Value, ...]:
    """The work of a stroke stands in another characteristic when they share one."""
    if data.characteristic != ADDITIONAL_STROKE_DATA:
        return ()
    return stored((_WORK,), data.told, data.truncated)


def _forces(data: MonitorData) -> tuple[Value, ...]:
    """The monitor tells pounds of force; newtons are stored."""
    forces = ((metric, data.told.get(name)) for name, metric in _FORCES.items())
    return tuple(
        metric.told(metric.nearest(pounds * NEWTON_PER_POUND_FORCE), truncated=data.truncated)
        for metric, pounds in forces
        if pounds is not None
    )


class Multiplexed:
    """One monitor on one link, by the one characteristic that has all."""

    def hear(self, data: bytes, boot_us: int) -> Decoded:
        """One notification. Raises DecodeError."""
        told = decode_multiplexed(data)
        return Decoded(told, values(told))
