"""A power meter, and a speed and cadence sensor, on the bicycle of one athlete. Packing only.

Layouts: GATT Specification Supplement, cycling_power_measurement, csc_measurement.
"""

import struct
from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.machine import (
    CADENCE_ALL_OUT,
    CADENCE_AT_REST,
    DRAG_W_S3_PER_M3,
    POWER_ALL_OUT_W,
    Machine,
    Turns,
    between,
    speed_of,
)
from sts_sims.peripheral import NOTIFY, Characteristic, Service, uuid16
from sts_sims.sensor import Notice

CYCLING_POWER_SERVICE = uuid16(0x1818)
CYCLING_POWER_MEASUREMENT = uuid16(0x2A63)
SPEED_CADENCE_SERVICE = uuid16(0x1816)
CSC_MEASUREMENT = uuid16(0x2A5B)

BALANCE, BALANCE_LEFT, WHEEL, CRANK = 1 << 0, 1 << 1, 1 << 4, 1 << 5
CSC_WHEEL, CSC_CRANK = 1 << 0, 1 << 1

# A tyre of 28 mm on a road wheel.
WHEEL_M = 2.105
LEFT_SHARE_PERCENT = 51.0


class PowerMeter(Machine):
    """Cranks that measure: power, left share, turns of wheel and crank."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        service = Service(CYCLING_POWER_SERVICE, [Characteristic(CYCLING_POWER_MEASUREMENT, (NOTIFY,))])
        super().__init__(name, address, effort, model="Simulated power meter", service=service, **more)
        self._wheel, self._crank = Turns(2048, 32), Turns(1024, 16)

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        power_w = round(POWER_ALL_OUT_W * effort)
        cadence = between(CADENCE_AT_REST, CADENCE_ALL_OUT, effort) if effort else 0.0
        speed_m_s = speed_of(power_w, DRAG_W_S3_PER_M3)
        self._crank.turn(cadence / 60, time_s)
        self._wheel.turn(speed_m_s / WHEEL_M, time_s)
        frame = struct.pack(
            "<HhBIHHH",
            BALANCE | BALANCE_LEFT | WHEEL | CRANK,
            power_w,
            round(LEFT_SHARE_PERCENT * 2),
            self._wheel.count,
            self._wheel.ticks,
            self._crank.count,
            self._crank.ticks,
        )
        told = {
            "power": power_w,
            "power_share_left": LEFT_SHARE_PERCENT,
            "cadence": cadence,
            "wheel_rate": speed_m_s / WHEEL_M * 60,
        }
        yield Notice(CYCLING_POWER_MEASUREMENT, frame, time_s, told)


class SpeedCadence(Machine):
    """A magnet on wheel and crank."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        service = Service(SPEED_CADENCE_SERVICE, [Characteristic(CSC_MEASUREMENT, (NOTIFY,))])
        super().__init__(name, address, effort, model="Simulated speed sensor", service=service, **more)
        self._wheel, self._crank = Turns(1024, 32), Turns(1024, 16)

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        cadence = between(CADENCE_AT_REST, CADENCE_ALL_OUT, effort) if effort else 0.0
        speed_m_s = speed_of(POWER_ALL_OUT_W * effort, DRAG_W_S3_PER_M3)
        self._crank.turn(cadence / 60, time_s)
        self._wheel.turn(speed_m_s / WHEEL_M, time_s)
        frame = struct.pack(
            "<BIHHH",
            CSC_WHEEL | CSC_CRANK,
            self._wheel.count,
            self._wheel.ticks,
            self._crank.count,
            self._crank.ticks,
        )
        told = {"cadence": cadence, "wheel_rate": speed_m_s / WHEEL_M * 60}
        yield Notice(CSC_MEASUREMENT, frame, time_s, told)
