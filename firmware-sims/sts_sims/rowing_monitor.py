"""A Concept2 PM5 on a rowing machine: three status frames a second, two frames a stroke. Packing only.

Layouts: Concept2 Performance Monitor Bluetooth Smart Communications Interface Definition, revision 1.30, table 3.
"""

import struct
from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.fitness_machine import uint24
from sts_sims.machine import (
    ERGOMETER_W_S3_PER_M3,
    EVERY_S,
    POWER_ALL_OUT_W,
    STROKES_ALL_OUT,
    STROKES_AT_REST,
    Machine,
    between,
    speed_of,
)
from sts_sims.peripheral import NOTIFY, Characteristic, Service
from sts_sims.sensor import Notice

BASE = "ce06{:04x}-43e5-11e4-916c-0800200c9a66"
GENERAL_STATUS = BASE.format(0x31)
ADDITIONAL_STATUS_1 = BASE.format(0x32)
ADDITIONAL_STATUS_2 = BASE.format(0x33)
STROKE_DATA = BASE.format(0x35)
ADDITIONAL_STROKE_DATA = BASE.format(0x36)
# A PM5 advertises its base UUID.
ADVERTISED = BASE.format(0)
ROWING_SERVICE = BASE.format(0x30)

NO_HEART_RATE = 255
DRAG_FACTOR = 120
DRIVE_LENGTH_CM, DRIVE_CS = 140, 80
# What the monitor shows as energy: four times the work in kcal, and 300 kcal an hour for living.
KCAL_PER_H_PER_W, KCAL_PER_H_TO_LIVE = 3.44, 300
LBF_PER_N = 1 / 4.4482216152605


def kcal_per_h(power_w: int) -> int:
    """As the monitor computes it."""
    return round(power_w * KCAL_PER_H_PER_W + KCAL_PER_H_TO_LIVE)


class RowingMonitor(Machine):
    """One monitor; it has no belt."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        told_by = (
            GENERAL_STATUS,
            ADDITIONAL_STATUS_1,
            ADDITIONAL_STATUS_2,
            STROKE_DATA,
            ADDITIONAL_STROKE_DATA,
        )
        service = Service(ROWING_SERVICE, [Characteristic(uuid, (NOTIFY,)) for uuid in told_by])
        super().__init__(name, address, effort, model="Simulated PM5", service=service, **more)
        self.advert.uuids = [ADVERTISED]
        self._began_s: float | None = None
        self._rowed_m = self._strokes = self._kcal = 0.0

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        self._began_s = time_s if self._began_s is None else self._began_s
        power_w = round(POWER_ALL_OUT_W * effort)
        speed_m_s = speed_of(power_w, ERGOMETER_W_S3_PER_M3)
        rate = round(between(STROKES_AT_REST, STROKES_ALL_OUT, effort)) if effort else 0
        before = int(self._strokes)
        self._rowed_m += speed_m_s * EVERY_S
        self._strokes += rate / 60 * EVERY_S
        self._kcal += kcal_per_h(power_w) / 3_600 * EVERY_S
        elapsed = uint24(round((time_s - self._began_s) * 100))
        yield self._status(elapsed, time_s)
        yield self._speeds(elapsed, speed_m_s, rate, time_s)
        yield self._totals(elapsed, power_w, time_s)
        if int(self._strokes) > before:
            yield from self._stroke(elapsed, power_w, rate, speed_m_s, time_s)

    def _status(self, elapsed: bytes, time_s: float) -> Notice:
        decimetres = round(self._rowed_m * 10)
        frame = elapsed + uint24(decimetres) + bytes([1, 255, 1, 1, 2]) + uint24(int(self._rowed_m))
        frame += uint24(0) + bytes([0, DRAG_FACTOR])
        seconds = int.from_bytes(elapsed, "little") / 100
        told = {"machine_time": seconds, "distance": decimetres / 10, "drag_factor": DRAG_FACTOR}
        return Notice(GENERAL_STATUS, frame, time_s, told)

    def _speeds(self, elapsed: bytes, speed_m_s: float, rate: int, time_s: float) -> Notice:
        millimetres = round(speed_m_s * 1000)
        pace_cs = min(round(50_000 / speed_m_s), 0xFFFF) if speed_m_s else 0
        frame = elapsed + struct.pack("<HBBHHH", millimetres, rate, NO_HEART_RATE, pace_cs, pace_cs, 0)
        frame += uint24(0) + bytes([0])
        told: dict[str, Any] = {"speed": millimetres / 1000, "stroke_rate": rate}
        told |= {"pace": pace_cs / 100} if pace_cs else {}
        return Notice(ADDITIONAL_STATUS_1, frame, time_s, told)

    def _totals(self, elapsed: bytes, power_w: int, time_s: float) -> Notice:
        kcal = int(self._kcal)
        split = struct.pack("<HHH", 0, power_w, kcal_per_h(power_w)) + uint24(0) + uint24(0)
        frame = elapsed + struct.pack("<BHH", 1, power_w, kcal) + split
        return Notice(ADDITIONAL_STATUS_2, frame, time_s, {"energy_total": kcal})

    def _stroke(
        self, elapsed: bytes, power_w: int, rate: int, speed_m_s: float, time_s: float
    ) -> Iterator[Notice]:
        stroke_s = 60 / rate
        work_dj = round(power_w * stroke_s * 10)
        mean_dlbf = round(work_dj / 10 / (DRIVE_LENGTH_CM / 100) * LBF_PER_N * 10)
        recovery_cs, distance_cm = round(stroke_s * 100) - DRIVE_CS, round(speed_m_s * stroke_s * 100)
        numbers = (DRIVE_LENGTH_CM, DRIVE_CS, recovery_cs, distance_cm, 2 * mean_dlbf, mean_dlbf, work_dj)
        count = int(self._strokes)
        frame = elapsed + uint24(round(self._rowed_m * 10)) + struct.pack("<BBHHHHHH", *numbers, count)
        told = {
            "drive_length": DRIVE_LENGTH_CM / 100,
            "drive_time": DRIVE_CS / 100,
            "recovery_time": recovery_cs / 100,
            "stroke_distance": distance_cm / 100,
            "stroke_work": work_dj / 10,
            "stroke_count": count,
            "drive_force_mean": round(mean_dlbf / 10 / LBF_PER_N, 1),
            "drive_force_peak": round(2 * mean_dlbf / 10 / LBF_PER_N, 1),
        }
        yield Notice(STROKE_DATA, frame, time_s, told)
        frame = elapsed + struct.pack("<HHH", power_w, kcal_per_h(power_w), count) + bytes(6)
        yield Notice(ADDITIONAL_STROKE_DATA, frame, time_s, {"power": power_w})
