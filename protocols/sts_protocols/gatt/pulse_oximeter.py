"""Pulse oximeter: PLX Spot-Check Measurement, 0x2A5E (indicated), and PLX Continuous Measurement, 0x2A5F
(notified) (Pulse Oximeter Service 1.0.1, tables 3.2 to 3.7).

    flags                1 byte
    saturation, pulse    2 SFLOAT   %, /min
    continuous: fast, slow saturation and pulse, 2 SFLOAT each, if flagged (bits 0, 1)
    spot: time stamp     7 bytes    if flagged (bit 0)
    measurement status   2 bytes    if flagged (continuous bit 2, spot bit 1)
    sensor status        3 bytes    if flagged (continuous bit 3, spot bit 2)
    pulse amplitude      SFLOAT     %, if flagged (continuous bit 4, spot bit 3)

The fast and slow averages are other views of the same measurement and are passed over: one source for one metric.
"""

from typing import NamedTuple

from sts_protocols.gatt.fields import Fields
from sts_protocols.gatt.ieee11073 import sfloat16
from sts_protocols.metrics import OXYGEN_SATURATION, PULSE_AMPLITUDE, PULSE_RATE
from sts_protocols.sample import Quality, Value

SERVICE = "00001822-0000-1000-8000-00805f9b34fb"
SPOT_CHECK = "00002a5e-0000-1000-8000-00805f9b34fb"
CONTINUOUS = "00002a5f-0000-1000-8000-00805f9b34fb"

_TIME_STAMP_BYTES = 7
_AVERAGE_BYTES = 4

# Measurement status, table 3.4: early or estimated (6); for demonstration (10), for testing (11), calibration
# (12), unavailable (13), questionable (14), invalid (15).
_ESTIMATED = 1 << 6
_DOUBTFUL = 0b1111_1100 << 8
# Sensor status, table 3.5: not connected to the user (11), displaced (13), disconnected (15).
_OFF = 1 << 11 | 1 << 13 | 1 << 15


class Oximetry(NamedTuple):
    """One measurement. None where the oximeter has no number or the frame was cut. `worn` is None where it says
    nothing of its sensor. `estimated` and `doubtful` by its own word."""

    saturation: float | None
    pulse: float | None
    amplitude: float | None
    worn: bool | None
    estimated: bool
    doubtful: bool
    truncated: bool


def decode_continuous(frame: bytes) -> Oximetry:
    """Raises DecodeError for an empty frame and for bytes that no flag announces."""
    fields = Fields(frame, "A continuous oximeter frame")
    flags = fields.flags(1)
    saturation, pulse = fields.unsigned(2), fields.unsigned(2)
    for average in (0x01, 0x02):
        if flags & average:
            fields.skip(_AVERAGE_BYTES)
    return _rest(fields, flags >> 2, saturation, pulse)


def decode_spot_check(frame: bytes) -> Oximetry:
    """Raises DecodeError for an empty frame and for bytes that no flag announces."""
    fields = Fields(frame, "A spot-check oximeter frame")
    flags = fields.flags(1)
    saturation, pulse = fields.unsigned(2), fields.unsigned(2)
    if flags & 0x01:
        fields.skip(_TIME_STAMP_BYTES)
    return _rest(fields, flags >> 1, saturation, pulse)


def values(oximetry: Oximetry) -> tuple[Value, ...]:
    """What is to be stored, each with its quality: no contact, implausible (also by the oximeter's own word),
    estimated, truncated, ok, the first that holds."""
    told = (
        (OXYGEN_SATURATION, oximetry.saturation),
        (PULSE_RATE, oximetry.pulse),
        (PULSE_AMPLITUDE, oximetry.amplitude),
    )
    return tuple(
        _judged(oximetry, metric.told(value, truncated=oximetry.truncated))
        for metric, value in told
        if value is not None
    )


def _rest(fields: Fields, flags: int, saturation: int | None, pulse: int | None) -> Oximetry:
    """Both measurements end alike; the lowest of these flags is that of the measurement status."""
    status = fields.unsigned(2) if flags & 0x01 else None
    sensor = fields.unsigned(3) if flags & 0x02 else None
    amplitude = fields.unsigned(2) if flags & 0x04 else None
    fields.end()
    return Oximetry(
        sfloat16(saturation),
        sfloat16(pulse),
        sfloat16(amplitude),
        None if sensor is None else not sensor & _OFF,
        bool((status or 0) & _ESTIMATED),
        bool((status or 0) & _DOUBTFUL),
        fields.truncated,
    )


def _judged(oximetry: Oximetry, value: Value) -> Value:
    if oximetry.worn is False:
        return value._replace(quality=Quality.NO_CONTACT)
    if oximetry.doubtful or value.quality == Quality.IMPLAUSIBLE:
        return value._replace(quality=Quality.IMPLAUSIBLE)
    return value._replace(quality=Quality.ESTIMATED) if oximetry.estimated else value
