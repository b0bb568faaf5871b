"""CORE body temperature, 00002101-… (CoreTemp BLE Service Specification V2.2, core body temperature).

    flags        1 byte     bit 0: skin follows; bit 1: a reserved value follows; bit 2: quality follows;
                            bit 3: degrees Fahrenheit, else Celsius; bit 4: heart rate follows;
                            bit 5: heat strain index follows, or reserved; bits 6 and 7 reserved
    core         2 bytes    1/100 degree, signed; 0x7fff: none
    skin         2 bytes    the same
    reserved     2 bytes
    quality      1 byte     bits 0 to 2: 0 invalid, 1 poor, 2 fair, 3 good, 4 excellent, 7 none;
                            bits 4 and 5: what the pod hears of a heart strap
    heart rate   1 byte     /min, of the strap that the pod hears; 0: none
    heat strain  1 byte     1/10

The specification gives bit 5 two meanings. The length decides: with the bit and a byte more, that byte is the
index; with the bit and no such byte it is the reserved bit of older pods, and nothing is missing.
"""

from typing import NamedTuple

from sts_protocols.gatt.fields import Fields
from sts_protocols.metrics import (
    BODY_TEMPERATURE,
    HEART_RATE,
    HEAT_STRAIN_INDEX,
    SKIN_TEMPERATURE,
    TEMPERATURE_QUALITY,
    Metric,
)
from sts_protocols.sample import Quality, Value

SERVICE = "00002100-5b1e-4347-b07c-97b514dae121"
MEASUREMENT = "00002101-5b1e-4347-b07c-97b514dae121"

NONE = 0x7FFF
INVALID = 0
BEST_QUALITY = 4

_SKIN = 0x01
_RESERVED = 0x02
_QUALITY = 0x04
_FAHRENHEIT = 0x08
_HEART_RATE = 0x10
_HEAT_STRAIN = 0x20
_LEVEL = 0x07


class CoreTemperature(NamedTuple):
    """One notification. None where the pod told nothing. Temperatures in °C, rounded to 1/100; quality 0
    (invalid) to 4 (excellent); `truncated`: the frame ended before a field that its flags announce."""

    core: float | None
    skin: float | None
    quality: int | None
    heart_rate: int | None
    heat_strain: float | None
    truncated: bool


def decode(frame: bytes) -> CoreTemperature:
    """Raises DecodeError for an empty frame and for bytes that no flag announces."""
    fields = Fields(frame, "A frame of a CORE pod")
    flags = fields.flags(1)
    core = fields.signed(2)
    skin = fields.signed(2) if flags & _SKIN else None
    if flags & _RESERVED:
        fields.skip(2)
    quality = fields.unsigned(1) if flags & _QUALITY else None
    heart_rate = fields.unsigned(1) if flags & _HEART_RATE else None
    heat_strain = fields.unsigned(1) if flags & _HEAT_STRAIN and fields.left else None
    fields.end()
    return CoreTemperature(
        _celsius(core, flags),
        _celsius(skin, flags),
        _level(quality),
        heart_rate or None,
        None if heat_strain is None else HEAT_STRAIN_INDEX.value(heat_strain),
        fields.truncated,
    )


def values(pod: CoreTemperature) -> tuple[Value, ...]:
    """What is to be stored, in the order of the fields, each with its quality.

    The heart rate is another sensor's, passed on: it is told as estimated. What the pod computed and calls
    invalid is told as implausible.
    """
    computed = (
        (BODY_TEMPERATURE, pod.core),
        (SKIN_TEMPERATURE, pod.skin),
        (HEAT_STRAIN_INDEX, pod.heat_strain),
    )
    told = [_computed(metric, value, pod) for metric, value in computed if value is not None]
    if pod.quality is not None:
        told.append(TEMPERATURE_QUALITY.told(pod.quality, truncated=pod.truncated))
    if pod.heart_rate is not None:
        told.append(Value(HEART_RATE.id, float(pod.heart_rate), Quality.ESTIMATED))
    return tuple(told)


def _celsius(hundredths: int | None, flags: int) -> float | None:
    if hundredths is None or hundredths == NONE:
        return None
    degrees = BODY_TEMPERATURE.value(hundredths)
    return BODY_TEMPERATURE.nearest((degrees - 32) * 5 / 9) if flags & _FAHRENHEIT else degrees


def _level(quality: int | None) -> int | None:
    level = None if quality is None else quality & _LEVEL
    return level if level is not None and level <= BEST_QUALITY else None


def _computed(metric: Metric, value: float, pod: CoreTemperature) -> Value:
    told = metric.told(value, truncated=pod.truncated)
    return told._replace(quality=Quality.IMPLAUSIBLE) if pod.quality == INVALID else told
