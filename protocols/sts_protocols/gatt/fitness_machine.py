"""Fitness Machine Service: Indoor Bike 0x2AD2, Treadmill 0x2ACD, Rower 0x2AD1, Cross Trainer 0x2ACE Data.

Layouts: GATT Specification Supplement, indoor_bike_data, treadmill_data, rower_data, cross_trainer_data.
Flags are 2 bytes, 3 for the cross trainer; fields follow in the order of their bits. What surprises:

- bit 0 is "more data": the first field is there when it is CLEAR. A machine may tell one record in several
  notifications, all but the last with bit 0 set; they are put together while they come close enough.
- Machines cut frames at 20 bytes: whole fields before the cut are kept, and told as truncated.
- Resistance is sint16 on the wire (Fitness Machine Service 1.0, and machines of several makers); later texts
  of the supplement say one byte. A treadmill's pace was one byte (1/10 km/min) in 1.0 and is two (s for 500 m)
  now. Nothing but the length says which: a frame that is whole with the narrow field and not with the wide one
  has the narrow one.
- Of a frame of 20 bytes the length says nothing. Resistance is then read wide, as real machines have it; of a
  treadmill that would be whole with narrow paces, nothing from the pace on is told.
- All bits set (0x7FFF where there is a sign) mean unknown, as does a heart rate or a pace of 0.
"""

from typing import NamedTuple

from sts_protocols.gatt.fields import Fields
from sts_protocols.gatt.layout import Field, Told, read, size_of, stored
from sts_protocols.metrics import (
    BELT_FORCE,
    BELT_POWER,
    CADENCE,
    DISTANCE,
    ELEVATION_GAIN,
    ELEVATION_LOSS,
    ENERGY_TOTAL,
    HEART_RATE,
    INCLINATION,
    MACHINE_TIME,
    METABOLIC_EQUIVALENT,
    PACE,
    POWER,
    RAMP_ANGLE,
    RESISTANCE_LEVEL,
    SPEED,
    STRIDE_COUNT,
    STROKE_COUNT,
    STROKE_RATE,
    Metric,
)
from sts_protocols.sample import Decoded

SERVICE = "00001826-0000-1000-8000-00805f9b34fb"
INDOOR_BIKE_DATA = "00002ad2-0000-1000-8000-00805f9b34fb"
TREADMILL_DATA = "00002acd-0000-1000-8000-00805f9b34fb"
ROWER_DATA = "00002ad1-0000-1000-8000-00805f9b34fb"
CROSS_TRAINER_DATA = "00002ace-0000-1000-8000-00805f9b34fb"

# The parts of one record follow each other at once; a machine tells a record at least once a second.
PARTS_WITHIN_US = 900_000

# The payload of the smallest packet, where machines cut.
CUT_AT_BYTES = 20

# Speeds are told in 1/100 km/h.
PER_M_S = 360

_MORE_DATA = 1


def _number(
    name: str,
    size: int,
    metric: Metric | None = None,
    *,
    signed: bool = False,
    per: int = 1,
    none: tuple[int, ...] = (),
) -> Field:
    top = 8 * size - (1 if signed else 0)
    return Field(name, size, signed, 1, per, ((1 << top) - 1, *none), metric)


def _speeds(bit: int) -> tuple[tuple[int, tuple[Field, ...]], ...]:
    return (
        (bit, (_number("speed_m_s", 2, SPEED, per=PER_M_S),)),
        (bit + 1, (_number("average_speed_m_s", 2, per=PER_M_S),)),
    )


def _session(bit: int) -> tuple[tuple[int, tuple[Field, ...]], ...]:
    """What the four have in common, from energy on."""
    return (
        (
            bit,
            (
                _number("energy_kcal", 2, ENERGY_TOTAL),
                _number("energy_kcal_per_h", 2),
                _number("energy_kcal_per_min", 1),
            ),
        ),
        (bit + 1, (_number("heart_rate_per_min", 1, HEART_RATE, none=(0,)),)),
        (bit + 2, (_number("metabolic_equivalent", 1, METABOLIC_EQUIVALENT, per=10),)),
        (bit + 3, (_number("elapsed_s", 2, MACHINE_TIME),)),
        (bit + 4, (_number("remaining_s", 2),)),
    )


def _powers(bit: int) -> tuple[tuple[int, tuple[Field, ...]], ...]:
    return (
        (bit, (_number("power_w", 2, POWER, signed=True),)),
        (bit + 1, (_number("average_power_w", 2, signed=True),)),
    )


_TOTAL_DISTANCE = (_number("distance_m", 3, DISTANCE),)
_RESISTANCE = (_number("resistance_level", 2, RESISTANCE_LEVEL, signed=True),)
_INCLINATION = (
    _number("inclination_percent", 2, INCLINATION, signed=True, per=10),
    _number("ramp_angle_deg", 2, RAMP_ANGLE, signed=True, per=10),
)


class Layout(NamedTuple):
    """The data characteristic of one kind of machine: fields by the bit that announces them. narrow: those
    that may have one byte, by name. doubtful: the first field that is not told of a frame of 20 bytes that
    may be either."""

    what: str
    flag_bytes: int
    announced: tuple[tuple[int, tuple[Field, ...]], ...]
    narrow: dict[str, Field]
    doubtful: str | None = None
    backward_bit: int | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them, in their order."""
        return tuple(field for _, fields in self.announced for field in fields)

    def there(self, bits: int) -> list[Field]:
        """Those that the flags announce."""
        there = bits ^ _MORE_DATA
        return [field for bit, fields in self.announced if there & 1 << bit for field in fields]

    def narrowed(self, fields: list[Field]) -> list[Field]:
        """The same with one byte where that may be."""
        return [self.narrow.get(field.name, field) for field in fields]


_NARROW_RESISTANCE = {"resistance_level": _number("resistance_level", 1, RESISTANCE_LEVEL)}
_NARROW_PACES = {
    "pace_s_per_500m": _number("pace_km_per_min", 1, per=10, none=(0,)),
    "average_pace_s_per_500m": _number("average_pace_km_per_min", 1, per=10, none=(0,)),
}


INDOOR_BIKE = Layout(
    "Indoor bike",
    2,
    (
        *_speeds(0),
        (2, (_number("cadence_per_min", 2, CADENCE, per=2),)),
        (3, (_number("average_cadence_per_min", 2, per=2),)),
        (4, _TOTAL_DISTANCE),
        (5, _RESISTANCE),
        *_powers(6),
        *_session(8),
    ),
    _NARROW_RESISTANCE,
)

TREADMILL = Layout(
    "Treadmill",
    2,
    (
        *_speeds(0),
        (2, _TOTAL_DISTANCE),
        (3, _INCLINATION),
        (
            4,
            (
                _number("elevation_gain_m", 2, ELEVATION_GAIN, per=10),
                _number("elevation_loss_m", 2, ELEVATION_LOSS, per=10),
            ),
        ),
        (5, (_number("pace_s_per_500m", 2, none=(0,)),)),
        (6, (_number("average_pace_s_per_500m", 2, none=(0,)),)),
        *_session(7),
        (
            12,
            (
                _number("belt_force_n", 2, BELT_FORCE, signed=True),
                _number("belt_power_w", 2, BELT_POWER, signed=True),
            ),
        ),
    ),
    _NARROW_PACES,
    doubtful="pace_s_per_500m",
)

ROWER = Layout(
    "Rower",
    2,
    (
        (
            0,
            (_number("stroke_rate_per_min", 1, STROKE_RATE, per=2), _number("stroke_count", 2, STROKE_COUNT)),
        ),
        (1, (_number("average_stroke_rate_per_min", 1, per=2),)),
        (2, _TOTAL_DISTANCE),
        (3, (_number("pace_s_per_500m", 2, PACE, none=(0,)),)),
        (4, (_number("average_pace_s_per_500m", 2, none=(0,)),)),
        *_powers(5),
        (7, _RESISTANCE),
        *_session(8),
    ),
    _NARROW_RESISTANCE,
)

CROSS_TRAINER = Layout(
    "Cross trainer",
    3,
    (
        *_speeds(0),
        (2, _TOTAL_DISTANCE),
        (3, (_number("steps_per_min", 2, CADENCE), _number("average_steps_per_min", 2))),
        (4, (_number("stride_count", 2, STRIDE_COUNT, per=10),)),
        (
            5,
            (
                _number("elevation_gain_m", 2, ELEVATION_GAIN),
                _number("elevation_loss_m", 2, ELEVATION_LOSS),
            ),
        ),
        (6, _INCLINATION),
        (7, _RESISTANCE),
        *_powers(8),
        *_session(10),
    ),
    _NARROW_RESISTANCE,
    backward_bit=15,
)


class MachineData(NamedTuple):
    """One notification. told: what was in it, by name with its unit, None for unknown. more: another part of
    the same record follows. backward: which way a cross trainer moves. truncated: the frame ended before a
    field that its flags announce."""

    told: Told
    more: bool
    backward: bool | None
    truncated: bool


def decode(layout: Layout, frame: bytes) -> MachineData:
    """One notification of that kind of machine. Raises DecodeError without whole flags, and for bytes that no
    flag announces."""
    fields = Fields(frame, f"{layout.what} data")
    bits = fields.flags(layout.flag_bytes)
    told = _read(layout, layout.there(bits), fields, len(frame))
    backward = None if layout.backward_bit is None else bool(bits & 1 << layout.backward_bit)
    return MachineData(told, bool(bits & _MORE_DATA), backward, fields.truncated)


class Machine:
    """One machine on one link: puts the parts of a record together."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._before: dict[str, float | None] = {}
        self._before_us = 0

    def hear(self, data: bytes, boot_us: int) -> Decoded:
        """One notification. Its own values are stored at its own time, so that nothing waits for a part that
        may never come; the reading is the record so far, with the parts before. Raises DecodeError."""
        part = decode(self._layout, data)
        before = self._before if boot_us - self._before_us <= PARTS_WITHIN_US else {}
        record = {**before, **part.told}
        self._before, self._before_us = (record if part.more else {}), boot_us
        reading = {
            **record,
            "backward": part.backward,
            "complete": not part.more,
            "truncated": part.truncated,
        }
        return Decoded(reading, stored(self._layout.fields, part.told, part.truncated))


def _read(layout: Layout, wide: list[Field], fields: Fields, frame_bytes: int) -> Told:
    """By the widths that the frame's length fits."""
    narrow = layout.narrowed(wide)
    if narrow == wide or frame_bytes != layout.flag_bytes + size_of(narrow):
        return read(fields, wide)
    if frame_bytes != CUT_AT_BYTES:
        return read(fields, narrow)
    told = read(fields, wide)
    if layout.doubtful is None:
        return told
    names = [field.name for field in layout.fields]
    unsure = names[names.index(layout.doubtful) :]
    return {name: None if name in unsure else number for name, number in told.items()}
