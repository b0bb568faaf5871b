"""Scales: Weight Measurement, 0x2A9D, and Body Composition Measurement, 0x2A9C, both by indication (GATT
Specification Supplement, weight_measurement and body_composition_measurement; Weight Scale Service 1.0.1; Body
Composition Service 1.0.1).

Weight: flags (1 byte), weight, then if flagged a time stamp (7 bytes), a user (1), body mass index and height.
Body composition: flags (2 bytes), body fat, then if flagged a time stamp, a user, and nine quantities.

Masses are 0.005 kg or 0.01 lb, heights 0.001 m or 0.1 in, by bit 0 of the flags. 65535 in the first quantity says
that the measurement failed. A scale's own clock and its numbers for people are not used: who stands on it says
the assignment.

Some scales put a layout of their own on 0x2A9C. It sets bits that the standard reserves or is longer than its
flags say, and is refused.
"""

from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.gatt.fields import Fields
from sts_protocols.metrics import (
    BASAL_METABOLISM,
    BIOIMPEDANCE,
    BODY_FAT,
    BODY_HEIGHT,
    BODY_MASS,
    BODY_MASS_INDEX,
    BODY_WATER_MASS,
    FAT_FREE_MASS,
    MUSCLE_MASS,
    MUSCLE_SHARE,
    SOFT_LEAN_MASS,
    Metric,
)
from sts_protocols.sample import Value

WEIGHT_SERVICE = "0000181d-0000-1000-8000-00805f9b34fb"
WEIGHT = "00002a9d-0000-1000-8000-00805f9b34fb"
BODY_COMPOSITION_SERVICE = "0000181b-0000-1000-8000-00805f9b34fb"
BODY_COMPOSITION = "00002a9c-0000-1000-8000-00805f9b34fb"

_IMPERIAL = 0x01
_TIME_STAMP = 0x02
_USER = 0x04
_INDEX_AND_HEIGHT = 0x08
_RESERVED = 0xE000
_TIME_STAMP_BYTES = 7
_FAILED = 0xFFFF

# The international pound and inch, exact by definition (1959), in the steps of the fields: 0.01 lb, 0.1 in.
KG_PER_STEP = (0.005, 0.45359237 / 100)
M_PER_STEP = (0.001, 0.0254 / 10)


class Quantity(NamedTuple):
    """One field of a frame, in the metric's unit."""

    metric: Metric
    value: float


class Weighing(NamedTuple):
    """What a scale measured; empty where the measurement failed. `truncated`: the frame ended before a field
    that its flags announce."""

    quantities: tuple[Quantity, ...]
    truncated: bool


# The optional quantities of a body composition, in the order of the frame, by their flag: the metric, and what a
# step of the field is, in SI or imperial units.
_OPTIONAL = (
    (1 << 3, BASAL_METABOLISM, (1, 1)),
    (1 << 4, MUSCLE_SHARE, (0.1, 0.1)),
    (1 << 5, MUSCLE_MASS, KG_PER_STEP),
    (1 << 6, FAT_FREE_MASS, KG_PER_STEP),
    (1 << 7, SOFT_LEAN_MASS, KG_PER_STEP),
    (1 << 8, BODY_WATER_MASS, KG_PER_STEP),
    (1 << 9, BIOIMPEDANCE, (0.1, 0.1)),
    (1 << 10, BODY_MASS, KG_PER_STEP),
    (1 << 11, BODY_HEIGHT, M_PER_STEP),
)


def decode_weight(frame: bytes) -> Weighing:
    """Raises DecodeError for an empty frame and for bytes that no flag announces."""
    fields = Fields(frame, "A weight frame")
    flags = fields.flags(1)
    unit = flags & _IMPERIAL
    mass = fields.unsigned(2)
    _pass_over_who_and_when(fields, flags)
    index, height = (fields.unsigned(2), fields.unsigned(2)) if flags & _INDEX_AND_HEIGHT else (None, None)
    fields.end()
    told = [
        (BODY_MASS, mass, KG_PER_STEP[unit]),
        (BODY_MASS_INDEX, index, 0.1),
        (BODY_HEIGHT, height, M_PER_STEP[unit]),
    ]
    return Weighing(_quantities(told, failed=mass == _FAILED), fields.truncated)


def decode_body_composition(frame: bytes) -> Weighing:
    """Raises DecodeError for a frame without flags, for bytes that no flag announces, and for reserved flags."""
    fields = Fields(frame, "A body composition frame")
    flags = fields.flags(2)
    if flags & _RESERVED:
        raise DecodeError("A body composition frame sets reserved flags: the scale has its own layout", frame)
    unit = flags & _IMPERIAL
    fat = fields.unsigned(2)
    _pass_over_who_and_when(fields, flags)
    told = [(BODY_FAT, fat, 0.1)]
    told += [(metric, fields.unsigned(2), steps[unit]) for flag, metric, steps in _OPTIONAL if flags & flag]
    fields.end()
    return Weighing(_quantities(told, failed=fat == _FAILED), fields.truncated)


def values(weighing: Weighing) -> tuple[Value, ...]:
    """What is to be stored, each with its quality: implausible, truncated, ok, the first that holds."""
    return tuple(one.metric.told(one.value, truncated=weighing.truncated) for one in weighing.quantities)


def _pass_over_who_and_when(fields: Fields, flags: int) -> None:
    if flags & _TIME_STAMP:
        fields.skip(_TIME_STAMP_BYTES)
    if flags & _USER:
        fields.skip(1)


def _quantities(told: list[tuple[Metric, int | None, float]], *, failed: bool) -> tuple[Quantity, ...]:
    if failed:
        return ()
    return tuple(
        Quantity(metric, metric.nearest(steps * step)) for metric, steps, step in told if steps is not None
    )
