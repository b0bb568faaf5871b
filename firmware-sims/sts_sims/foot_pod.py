"""A foot pod: speed, steps, stride and distance of a runner. Packing only.

Layout: GATT Specification Supplement, rsc_measurement.
"""

import struct
from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.machine import EVERY_S, RUNNING_ALL_OUT_M_S, STEPS_ALL_OUT, STEPS_WALKING, Machine, between
from sts_sims.peripheral import NOTIFY, Characteristic, Service, uuid16
from sts_sims.sensor import Notice

RUNNING_SERVICE = uuid16(0x1814)
RSC_MEASUREMENT = uuid16(0x2A53)

STRIDE, DISTANCE, RUNNING = 1 << 0, 1 << 1, 1 << 2
# Faster than this nobody walks.
RUNNING_FROM_M_S = 2.2


class FootPod(Machine):
    """One pod on one shoe."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        service = Service(RUNNING_SERVICE, [Characteristic(RSC_MEASUREMENT, (NOTIFY,))])
        super().__init__(name, address, effort, model="Simulated foot pod", service=service, **more)
        self._run_m = 0.0

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        speed = round(RUNNING_ALL_OUT_M_S * effort * 256)
        steps = round(between(STEPS_WALKING, STEPS_ALL_OUT, effort)) if effort else 0
        stride_cm = round(speed / 256 / (steps / 120) * 100) if steps else 0
        self._run_m += speed / 256 * EVERY_S
        running = RUNNING if speed / 256 >= RUNNING_FROM_M_S else 0
        flags = STRIDE | DISTANCE | running
        decimetres = round(self._run_m * 10)
        frame = struct.pack("<BHBHI", flags, speed, steps, stride_cm, decimetres)
        told = {
            "speed": speed / 256,
            "cadence": steps,
            "stride_length": stride_cm / 100,
            "distance": decimetres / 10,
        }
        yield Notice(RSC_MEASUREMENT, frame, time_s, told)
