"""Temperature Measurement, 0x2A1C, by indication (GATT Specification Supplement, temperature_measurement;
Health Thermometer Service 1.0, section 3.1).

    flags         1 byte     bit 0: degrees Fahrenheit, else Celsius; bit 1: a time stamp; bit 2: a place
    temperature   FLOAT      IEEE 11073
    time stamp    7 bytes    the thermometer's own clock, if flagged
    place         1 byte     where it was taken, if flagged; 0 and from 10 on reserved

The thermometer's own clock is not used: nobody knows how it was set. What it indicates was measured when it came.
"""

from typing import NamedTuple

from sts_protocols.gatt.fields import Fields
from sts_protocols.gatt.ieee11073 import float32
from sts_protocols.metrics import BODY_TEMPERATURE
from sts_protocols.sample import Value

SERVICE = "00001809-0000-1000-8000-00805f9b34fb"
MEASUREMENT = "00002a1c-0000-1000-8000-00805f9b34fb"

# Temperature Type (IEEE 11073-10408).
PLACES = {
    1: "armpit",
    2: "body",
    3: "ear",
    4: "finger",
    5: "gastrointestinal_tract",
    6: "mouth",
    7: "rectum",
    8: "toe",
    9: "tympanum",
}

_FAHRENHEIT = 0x01
_TIME_STAMP = 0x02
_PLACE = 0x04
_TIME_STAMP_BYTES = 7


class Temperature(NamedTuple):
    """One indication. `celsius` is None where the thermometer has no number (no skin, out of range); `place`
    where it says none that the standard knows. `truncated`: it ended before a field that its flags announce."""

    celsius: float | None
    place: str | None
    truncated: bool


def decode(frame: bytes) -> Temperature:
    """Raises DecodeError for an empty frame and for bytes that no flag announces."""
    fields = Fields(frame, "A temperature frame")
    flags = fields.flags(1)
    degrees = float32(fields.unsigned(4))
    if flags & _TIME_STAMP:
        fields.skip(_TIME_STAMP_BYTES)
    place = fields.unsigned(1) if flags & _PLACE else None
    fields.end()
    celsius = (degrees - 32) * 5 / 9 if degrees is not None and flags & _FAHRENHEIT else degrees
    return Temperature(celsius, PLACES.get(place or 0), fields.truncated)


def values(temperature: Temperature) -> tuple[Value, ...]:
    """The temperature with its quality; nothing where there is none. A converted one is told in whole steps of
    the metric: finer digits were not measured."""
    if temperature.celsius is None:
        return ()
    celsius = BODY_TEMPERATURE.nearest(temperature.celsius)
    return (BODY_TEMPERATURE.told(celsius, truncated=temperature.truncated),)
