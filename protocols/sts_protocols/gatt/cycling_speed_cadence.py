"""CSC Measurement, 0x2A5B (GATT Specification Supplement, csc_measurement).

    flags            1 byte
    bit 0   wheel    uint32 turns; uint16 time of the last one, 1/1024 s
    bit 1   crank    uint16 turns; uint16 time of the last one, 1/1024 s

Counters and times wrap each by itself, the times every 64 s. While nothing turns the same frame comes again.
"""

from typing import Any, NamedTuple

from sts_protocols.gatt.bicycle import Bicycle
from sts_protocols.gatt.fields import Fields
from sts_protocols.gatt.layout import Field, read
from sts_protocols.sample import Decoded

SERVICE = "00001816-0000-1000-8000-00805f9b34fb"
MEASUREMENT = "00002a5b-0000-1000-8000-00805f9b34fb"

WHEEL_TICKS_PER_S = 1024

_WHEEL = (Field("wheel_turns", 4), Field("wheel_ticks", 2))
_CRANK = (Field("crank_turns", 2), Field("crank_ticks", 2))


class CyclingSpeedCadence(NamedTuple):
    """One notification; None where nothing is told. Ticks are 1/1024 s. truncated: the frame ended before a
    field that its flags announce."""

    wheel_turns: int | None
    wheel_ticks: int | None
    crank_turns: int | None
    crank_ticks: int | None
    truncated: bool


def decode(frame: bytes) -> CyclingSpeedCadence:
    """Raises DecodeError for an empty frame, and for bytes that no flag announces."""
    fields = Fields(frame, "A speed and cadence frame")
    bits = fields.flags(1)
    told = read(fields, (*(_WHEEL if bits & 1 else ()), *(_CRANK if bits & 2 else ())))
    known: dict[str, Any] = {name: told.get(name) for name in CyclingSpeedCadence._fields}
    return CyclingSpeedCadence(**{**known, "truncated": fields.truncated})


class SpeedCadenceSensor:
    """One sensor on one link. wheel_m: circumference of the wheel, m; without it there is no speed."""

    def __init__(self, wheel_m: float | None = None) -> None:
        self._bicycle = Bicycle(WHEEL_TICKS_PER_S, wheel_m)

    def hear(self, data: bytes, boot_us: int) -> Decoded:
        """One notification. Raises DecodeError."""
        reading = decode(data)
        ride = self._bicycle.ride(reading, boot_us)
        return Decoded(reading, tuple(self._bicycle.rates(ride, reading.truncated)))
