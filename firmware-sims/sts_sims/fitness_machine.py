"""Machines of a gym: bike, treadmill, rower and cross trainer of the Fitness Machine Service. Packing only.

Layouts: GATT Specification Supplement, indoor_bike_data, treadmill_data, rower_data, cross_trainer_data; Fitness
Machine Service 1.0, 3.1 (advert). Bit 0 of the flags is clear when the first field is there. Resistance is two bytes.
"""

import struct
from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.bicycle import CYCLING_POWER_MEASUREMENT, CYCLING_POWER_SERVICE
from sts_sims.machine import (
    CADENCE_ALL_OUT,
    CADENCE_AT_REST,
    DRAG_W_S3_PER_M3,
    ERGOMETER_W_S3_PER_M3,
    EVERY_S,
    POWER_ALL_OUT_W,
    RUNNING_ALL_OUT_M_S,
    STEPS_ALL_OUT,
    STEPS_WALKING,
    STROKES_ALL_OUT,
    STROKES_AT_REST,
    Machine,
    between,
    speed_of,
)
from sts_sims.peripheral import NOTIFY, Characteristic, Service, uuid16
from sts_sims.sensor import Notice

FITNESS_MACHINE_SERVICE = uuid16(0x1826)
INDOOR_BIKE_DATA = uuid16(0x2AD2)
TREADMILL_DATA = uuid16(0x2ACD)
ROWER_DATA = uuid16(0x2AD1)
CROSS_TRAINER_DATA = uuid16(0x2ACE)

# The machine's bit in its advert, behind a byte that says that it is free.
TREADMILL, CROSS_TRAINER, ROWER, BIKE = 1 << 0, 1 << 1, 1 << 4, 1 << 5
AVAILABLE = 1

MORE_DATA = 1 << 0
BIKE_CADENCE, BIKE_DISTANCE, BIKE_RESISTANCE, BIKE_POWER = 1 << 2, 1 << 4, 1 << 5, 1 << 6
TREADMILL_DISTANCE, TREADMILL_INCLINATION, TREADMILL_ELAPSED = 1 << 2, 1 << 3, 1 << 10
ROWER_DISTANCE, ROWER_PACE, ROWER_POWER = 1 << 2, 1 << 3, 1 << 5
TRAINER_DISTANCE, TRAINER_STEPS, TRAINER_STRIDES = 1 << 2, 1 << 3, 1 << 4
TRAINER_RESISTANCE, TRAINER_POWER = 1 << 7, 1 << 8

RESISTANCE = 12
INCLINATION_PERCENT, RAMP_DEG = 1.0, 0.6
# The bike's own brake shows a few watts more than the meter inside it: only one of the two may count.
BRAKE_SHOWS_W = 7


def uint24(number: int) -> bytes:
    """Three bytes, as distances have them."""
    return number.to_bytes(3, "little")


def advert(machine: int) -> dict[str, bytes]:
    """The service data of a machine that is free."""
    return {FITNESS_MACHINE_SERVICE: struct.pack("<BH", AVAILABLE, machine)}


def _service(uuid: str) -> Service:
    return Service(FITNESS_MACHINE_SERVICE, [Characteristic(uuid, (NOTIFY,))])


class Bike(Machine):
    """A smart trainer: a bike that tells each record in two notifications, and a power meter."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        meter = Service(CYCLING_POWER_SERVICE, [Characteristic(CYCLING_POWER_MEASUREMENT, (NOTIFY,))])
        super().__init__(
            name,
            address,
            effort,
            model="Simulated trainer",
            service=_service(INDOOR_BIKE_DATA),
            others=(meter,),
            service_data=advert(BIKE),
            **more,
        )
        self._ridden_m = 0.0

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        power_w = round(POWER_ALL_OUT_W * effort)
        half_turns = round(2 * between(CADENCE_AT_REST, CADENCE_ALL_OUT, effort)) if effort else 0
        speed = round(speed_of(power_w, DRAG_W_S3_PER_M3) * 360)
        self._ridden_m += speed / 360 * EVERY_S
        ridden_m = int(self._ridden_m)
        first = struct.pack(
            "<HHhh",
            MORE_DATA | BIKE_CADENCE | BIKE_RESISTANCE | BIKE_POWER,
            half_turns,
            RESISTANCE,
            power_w + BRAKE_SHOWS_W,
        )
        second = struct.pack("<HH", BIKE_DISTANCE, speed) + uint24(ridden_m)
        yield Notice(CYCLING_POWER_MEASUREMENT, struct.pack("<Hh", 0, power_w), time_s, {"power": power_w})
        yield Notice(
            INDOOR_BIKE_DATA, first, time_s, {"cadence": half_turns / 2, "resistance_level": RESISTANCE}
        )
        yield Notice(INDOOR_BIKE_DATA, second, time_s, {"speed": speed / 360, "distance": ridden_m})


class Treadmill(Machine):
    """A belt that follows the runner."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        super().__init__(
            name,
            address,
            effort,
            model="Simulated treadmill",
            service=_service(TREADMILL_DATA),
            service_data=advert(TREADMILL),
            **more,
        )
        self._run_m = 0.0
        self._began_s: float | None = None

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        self._began_s = time_s if self._began_s is None else self._began_s
        speed = round(RUNNING_ALL_OUT_M_S * effort * 360)
        self._run_m += speed / 360 * EVERY_S
        elapsed_s = int(time_s - self._began_s)
        flags = TREADMILL_DISTANCE | TREADMILL_INCLINATION | TREADMILL_ELAPSED
        frame = struct.pack("<HH", flags, speed) + uint24(int(self._run_m))
        frame += struct.pack("<hhH", round(INCLINATION_PERCENT * 10), round(RAMP_DEG * 10), elapsed_s)
        told = {
            "speed": speed / 360,
            "distance": int(self._run_m),
            "inclination": INCLINATION_PERCENT,
            "ramp_angle": RAMP_DEG,
            "machine_time": elapsed_s,
        }
        yield Notice(TREADMILL_DATA, frame, time_s, told)


class Rower(Machine):
    """A rowing machine: stroke rate and count, distance, pace, power."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        super().__init__(
            name,
            address,
            effort,
            model="Simulated rower",
            service=_service(ROWER_DATA),
            service_data=advert(ROWER),
            **more,
        )
        self._rowed_m = self._strokes = 0.0

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        power_w = round(POWER_ALL_OUT_W * effort)
        speed_m_s = speed_of(power_w, ERGOMETER_W_S3_PER_M3)
        half_strokes = round(2 * between(STROKES_AT_REST, STROKES_ALL_OUT, effort)) if effort else 0
        pace_s = round(500 / speed_m_s) if speed_m_s else 0
        self._rowed_m += speed_m_s * EVERY_S
        self._strokes += half_strokes / 120 * EVERY_S
        flags = ROWER_DISTANCE | ROWER_PACE | ROWER_POWER
        frame = struct.pack("<HBH", flags, half_strokes, int(self._strokes)) + uint24(int(self._rowed_m))
        frame += struct.pack("<Hh", pace_s, power_w)
        told = {
            "stroke_rate": half_strokes / 2,
            "stroke_count": int(self._strokes),
            "distance": int(self._rowed_m),
            "power": power_w,
            **({"pace": pace_s} if pace_s else {}),
        }
        yield Notice(ROWER_DATA, frame, time_s, told)


class CrossTrainer(Machine):
    """An elliptical with forward motion; its flags have three bytes."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        super().__init__(
            name,
            address,
            effort,
            model="Simulated cross trainer",
            service=_service(CROSS_TRAINER_DATA),
            service_data=advert(CROSS_TRAINER),
            **more,
        )
        self._gone_m = self._steps = 0.0

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        power_w = round(POWER_ALL_OUT_W * effort)
        steps = round(between(STEPS_WALKING, STEPS_ALL_OUT, effort)) if effort else 0
        speed = round(RUNNING_ALL_OUT_M_S * effort * 360)
        self._gone_m += speed / 360 * EVERY_S
        self._steps += steps / 60 * EVERY_S
        strides = round(self._steps / 2 * 10)
        flags = TRAINER_DISTANCE | TRAINER_STEPS | TRAINER_STRIDES | TRAINER_RESISTANCE | TRAINER_POWER
        frame = uint24(flags) + struct.pack("<H", speed) + uint24(int(self._gone_m))
        frame += struct.pack("<HHHhh", steps, steps, strides, RESISTANCE, power_w)
        told = {
            "speed": speed / 360,
            "distance": int(self._gone_m),
            "cadence": steps,
            "stride_count": strides / 10,
            "resistance_level": RESISTANCE,
            "power": power_w,
        }
        yield Notice(CROSS_TRAINER_DATA, frame, time_s, told)
