"""RSC Measurement, 0x2A53 (GATT Specification Supplement, rsc_measurement).

flags              1 byte
speed              uint16, 1/256 m/s
cadence            uint8, steps/min of both feet
bit 0   stride     uint16, 1/100 m
bit 1   distance   uint32, 1/10 m since the sensor was reset
bit 2   set when running, clear when walking
"""

from typing import Any, NamedTuple

from sts_protocols.gatt.fields import Fields
from sts_protocols.gatt.layout import Field, read, stored
from sts_protocols.metrics import CADENCE, DISTANCE, SPEED, STRIDE_LENGTH
from sts_protocols.sample import Value

SERVICE = "00001814-0000-1000-8000-00805f9b34fb"
MEASUREMENT = "00002a53-0000-1000-8000-00805f9b34fb"

_RUNNING = 1 << 2

_ALWAYS = (
    Field("speed_m_s", 2, denominator=256, metric=SPEED),
    Field("cadence_per_min", 1, metric=CADENCE),
)
_STRIDE = (Field("stride_m", 2, denominator=100, metric=STRIDE_LENGTH),)
_DISTANCE = (Field("distance_m", 4, denominator=10, metric=DISTANCE),)


class RunningSpeedCadence(NamedTuple):
    """One notification; None where nothing is told. truncated: the frame ended before a field that its flags
    announce."""

    speed_m_s: float | None
    cadence_per_min: int | None
    stride_m: float | None
    distance_m: float | None
    running: bool
    truncated: bool


def decode(frame: bytes) -> RunningSpeedCadence:
    """Raises DecodeError for an empty frame, and for bytes that no flag announces."""
    fields = Fields(frame, "A running speed frame")
    bits = fields.flags(1)
    told = read(fields, (*_ALWAYS, *(_STRIDE if bits & 1 else ()), *(_DISTANCE if bits & 2 else ())))
    known: dict[str, Any] = {name: told.get(name) for name in RunningSpeedCadence._fields}
    known |= {"running": bool(bits & _RUNNING), "truncated": fields.truncated}
    return RunningSpeedCadence(**known)


def values(reading: RunningSpeedCadence) -> tuple[Value, ...]:
    """What is to be stored of a notification, in the order of its fields, each with its quality."""
    return stored((*_ALWAYS, *_STRIDE, *_DISTANCE), reading._asdict(), reading.truncated)
