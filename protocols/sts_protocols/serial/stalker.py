"""Stalker speed sensors, S format: 19 bytes, the last a CR (Speed Sensor User Guide 011-0116-00, Rev. B).

    byte 1         of no meaning that we could read
    2              direction of the peak speed: A away, C closing
    3 to 6         peak speed, hundreds to tenths, blanks for leading zeros
    7              direction of the live speed
    8 to 11        live speed
    12 to 14       strength of the live target
    15 to 17       ratio of signal strengths
    18             status, whose bits we could not read
    19             CR

Not verified on hardware. The unit of the speeds is set on the sensor, and must be said in the settings.
"""

import re

from sts_protocols.errors import DecodeError
from sts_protocols.metrics import RADAR_PEAK_SPEED, RADAR_SPEED, Metric
from sts_protocols.sample import Quality, Value
from sts_protocols.serial.heard import Heard
from sts_protocols.serial.lines import LineStream

BAUD = 9_600

# A tenth of the unit in m/s: numerator and denominator, so that one division rounds once.
UNITS = {"km/h": (1, 36), "mph": (44_704, 1_000_000), "m/s": (1, 10)}

_FRAME = re.compile(rb"(?s).([AC ])([0-9 ]{4})([AC ])([0-9 ]{4})[0-9 ]{3}[0-9 ]{3}.")
_SIGNS = {b"A": 1, b"C": -1}


def decode(frame: bytes, unit: str = "km/h") -> tuple[Value, ...]:
    """The values of one frame without its CR: live and peak speed, none where the sensor sees nothing.

    Raises DecodeError, also for a speed without a direction.
    """
    found = _FRAME.fullmatch(frame)
    if found is None:
        raise DecodeError("A frame is not one of the S format", frame)
    peak_way, peak, live_way, live = found.groups()
    told = ((RADAR_SPEED, live_way, live), (RADAR_PEAK_SPEED, peak_way, peak))
    return tuple(_value(frame, metric, way, digits, unit) for metric, way, digits in told if digits.strip())


def _value(frame: bytes, metric: Metric, way: bytes, digits: bytes, unit: str) -> Value:
    if way not in _SIGNS or not digits.lstrip().isdigit():
        raise DecodeError("A speed of the S format has no direction or is no number", frame)
    numerator, denominator = UNITS[unit]
    speed = _SIGNS[way] * int(digits) * numerator / denominator
    return Value(metric.id, speed, Quality.OK if metric.plausible(speed) else Quality.IMPLAUSIBLE)


def stream(unit: str = "km/h") -> LineStream:
    """The frames of a port with a radar."""
    return LineStream(lambda line, boot_us: Heard(boot_us, line, decode(line, unit)))
