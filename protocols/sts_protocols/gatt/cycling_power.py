"""Cycling Power Measurement, 0x2A63 (GATT Specification Supplement, cycling_power_measurement).

flags                2 bytes
power                sint16, W; negative when the rider is driven
bit 0   balance      uint8, 1/2 %; of the left pedal if bit 1 is set, else the sensor does not say of which
bit 2   torque       uint16, 1/32 Nm, adds up and wraps; of the crank if bit 3 is set, else of the wheel
bit 4   wheel        uint32 turns; uint16 time of the last one, 1/2048 s: another base than 0x2A5B has
bit 5   crank        uint16 turns; uint16 time of the last one, 1/1024 s
bit 6   force        sint16 maximum and minimum of a turn, N
bit 7   torque       sint16 maximum and minimum of a turn, 1/32 Nm
bit 8   angles       12 bits maximum, 12 bits minimum, degrees
bit 9   top dead spot, uint16, degrees; bit 10 bottom dead spot; bit 11 energy, uint16, kJ
bit 12  offset compensation indicator; bits 13 to 15 reserved
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sts_protocols.counters import Turns, gone_round
from sts_protocols.gatt.bicycle import Bicycle
from sts_protocols.gatt.fields import Fields
from sts_protocols.gatt.layout import Field, read, stored
from sts_protocols.metrics import (
    ANGLE_MAX,
    ANGLE_MIN,
    CRANK_TORQUE,
    DEAD_SPOT_BOTTOM,
    DEAD_SPOT_TOP,
    FORCE_MAX,
    FORCE_MIN,
    MECHANICAL_WORK,
    POWER,
    POWER_SHARE_LEFT,
    POWER_SHARE_UNNAMED,
    TORQUE_MAX,
    TORQUE_MIN,
    WHEEL_TORQUE,
)
from sts_protocols.sample import Decoded, Value

SERVICE = "00001818-0000-1000-8000-00805f9b34fb"
MEASUREMENT = "00002a63-0000-1000-8000-00805f9b34fb"

WHEEL_TICKS_PER_S = 2048

# Torque adds up to 2,048 Nm before it wraps. Five seconds of the hardest sprint (130 turns/min at 170 Nm) stay
# below that; over a longer time nobody knows how often it wrapped.
TORQUE_KNOWN_S = 5.0
TORQUE_BITS = 16
TORQUE_PER_NM = 32

# After so many turns the counter begins anew: of the crank (True), of the wheel.
_ROUND = {True: 1 << 16, False: 1 << 32}

_BALANCE_LEFT = 1 << 1
_TORQUE_CRANK = 1 << 3
_OFFSET_COMPENSATION = 1 << 12

_POWER = Field("power_w", 2, signed=True, metric=POWER)

# By the bit that announces them. What is told of counters is not stored: rates are.
_ANNOUNCED: tuple[tuple[int, tuple[Field, ...]], ...] = (
    (0, (Field("balance_percent", 1, denominator=2, unknown=(0xFF,)),)),
    (2, (Field("torque_sum", 2),)),
    (4, (Field("wheel_turns", 4), Field("wheel_ticks", 2))),
    (5, (Field("crank_turns", 2), Field("crank_ticks", 2))),
    (
        6,
        (
            Field("force_max_n", 2, signed=True, metric=FORCE_MAX),
            Field("force_min_n", 2, signed=True, metric=FORCE_MIN),
        ),
    ),
    (
        7,
        (
            Field("torque_max_nm", 2, signed=True, denominator=32, metric=TORQUE_MAX),
            Field("torque_min_nm", 2, signed=True, denominator=32, metric=TORQUE_MIN),
        ),
    ),
    (8, (Field("angles", 3),)),
    (9, (Field("dead_spot_top_deg", 2, metric=DEAD_SPOT_TOP),)),
    (10, (Field("dead_spot_bottom_deg", 2, metric=DEAD_SPOT_BOTTOM),)),
    (11, (Field("work_kj", 2, metric=MECHANICAL_WORK),)),
)
_STORED = (_POWER, *(field for _, fields in _ANNOUNCED for field in fields))


class CyclingPower(NamedTuple):
    """One notification; None where nothing is told. Ticks are 1/2048 s (wheel) and 1/1024 s (crank), torque_sum
    is in 1/32 Nm. balance_of_left: whether the balance is that of the left pedal. truncated: the frame ended
    before a field that its flags announce."""

    power_w: int | None
    balance_percent: float | None
    balance_of_left: bool
    torque_sum: int | None
    torque_of_crank: bool
    wheel_turns: int | None
    wheel_ticks: int | None
    crank_turns: int | None
    crank_ticks: int | None
    force_max_n: int | None
    force_min_n: int | None
    torque_max_nm: float | None
    torque_min_nm: float | None
    angle_max_deg: int | None
    angle_min_deg: int | None
    dead_spot_top_deg: int | None
    dead_spot_bottom_deg: int | None
    work_kj: int | None
    offset_compensated: bool
    truncated: bool


def decode(frame: bytes) -> CyclingPower:
    """Raises DecodeError without whole flags, and for bytes that no flag announces."""
    fields = Fields(frame, "A cycling power frame")
    bits = fields.flags(2)
    announced = [field for bit, some in _ANNOUNCED if bits & 1 << bit for field in some]
    told = read(fields, (_POWER, *announced))
    angles = told.pop("angles", None)
    known: dict[str, Any] = {name: told.get(name) for name in CyclingPower._fields}
    known |= {
        "balance_of_left": bool(bits & _BALANCE_LEFT),
        "torque_of_crank": bool(bits & _TORQUE_CRANK),
        "angle_max_deg": None if angles is None else int(angles) & 0xFFF,
        "angle_min_deg": None if angles is None else int(angles) >> 12,
        "offset_compensated": bool(bits & _OFFSET_COMPENSATION),
        "truncated": fields.truncated,
    }
    return CyclingPower(**known)


def values(reading: CyclingPower) -> tuple[Value, ...]:
    """What is to be stored of one notification alone; rates follow from two."""
    told = list(stored(_STORED, reading._asdict(), reading.truncated))
    balance = POWER_SHARE_LEFT if reading.balance_of_left else POWER_SHARE_UNNAMED
    beside = (
        (balance, reading.balance_percent),
        (ANGLE_MAX, reading.angle_max_deg),
        (ANGLE_MIN, reading.angle_min_deg),
    )
    told += [metric.told(value, truncated=reading.truncated) for metric, value in beside if value is not None]
    return tuple(told)


class TorqueSum(NamedTuple):
    """The torque added up to an event, 1/32 Nm, and the count of that event."""

    told_turns: int
    torque_sum: int


class PowerMeter:
    """One power meter on one link. wheel_m: circumference of the wheel, m; without it there is no speed."""

    def __init__(self, wheel_m: float | None = None) -> None:
        self._bicycle = Bicycle(WHEEL_TICKS_PER_S, wheel_m)
        self._torque_told: dict[bool, TorqueSum] = {}

    def hear(self, data: bytes, boot_us: int) -> Decoded:
        """One notification. Raises DecodeError."""
        reading = decode(data)
        ride = self._bicycle.ride(reading, boot_us)
        rates = self._bicycle.rates(ride, reading.truncated)
        torque = self._torque(reading, ride.crank if reading.torque_of_crank else ride.wheel)
        return Decoded(reading, (*values(reading), *rates, *torque))

    def _torque(self, reading: CyclingPower, turns: Turns | None) -> Iterator[Value]:
        """The mean torque of the turns between two events: what was added, over how many they were."""
        count = reading.crank_turns if reading.torque_of_crank else reading.wheel_turns
        last = self._torque_told.get(reading.torque_of_crank)
        if count is None or reading.torque_sum is None or (last and last.told_turns == count):
            return
        self._torque_told[reading.torque_of_crank] = TorqueSum(count, reading.torque_sum)
        if last is None or turns is None or turns.seconds > TORQUE_KNOWN_S:
            return
        if last.told_turns + turns.turns in (count, count + _ROUND[reading.torque_of_crank]):
            torque = (
                gone_round(reading.torque_sum, last.torque_sum, TORQUE_BITS) / TORQUE_PER_NM / turns.turns
            )
            metric = CRANK_TORQUE if reading.torque_of_crank else WHEEL_TORQUE
            yield metric.told(metric.nearest(torque), truncated=reading.truncated)
