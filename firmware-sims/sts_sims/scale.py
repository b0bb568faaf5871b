"""Scales: one that weighs, and one that also sends a current through whoever stands on it. Packing only.

Layouts: GATT Specification Supplement, weight_measurement and body_composition_measurement.
"""

import random
import struct
from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.instrument import TIME_STAMP, Instrument
from sts_sims.peripheral import INDICATE, Characteristic, Service, uuid16
from sts_sims.sensor import Notice

WEIGHT_SERVICE = uuid16(0x181D)
WEIGHT_MEASUREMENT = uuid16(0x2A9D)
BODY_COMPOSITION_SERVICE = uuid16(0x181B)
BODY_COMPOSITION_MEASUREMENT = uuid16(0x2A9C)

WITH_TIME, WITH_USER, WITH_INDEX_AND_HEIGHT = 1 << 1, 1 << 2, 1 << 3
WITH_METABOLISM, WITH_MUSCLE_SHARE, WITH_MUSCLE_MASS = 1 << 3, 1 << 4, 1 << 5
WITH_WATER, WITH_IMPEDANCE, WITH_MASS = 1 << 8, 1 << 9, 1 << 10
COMPOSITION = (
    WITH_USER
    | WITH_METABOLISM
    | WITH_MUSCLE_SHARE
    | WITH_MUSCLE_MASS
    | WITH_WATER
    | WITH_IMPEDANCE
    | WITH_MASS
)
USER = bytes([1])

# A mass is told in steps of 5 g.
G_PER_STEP = 5
LIGHTEST_G, HEAVIEST_G = 52_000, 96_000
# Sweat: an hour of hard work costs about a litre.
SWEAT_G_PER_S = 1_000 / 3_600
HEIGHT_MM = 1_790
FAT, MUSCLE_SHARE, WATER_SHARE = 0.142, 0.451, 0.612
METABOLISM_KJ, IMPEDANCE_TENTHS_OHM = 7_150, 5_123


class Person:
    """Who stands on a scale, lighter after work."""

    def __init__(self, seed: str) -> None:
        self._grams = float(random.Random(seed).randint(LIGHTEST_G, HEAVIEST_G))

    def weigh(self, effort: float, worked_s: float) -> int:
        """Steps of the scale after so much more work."""
        self._grams -= SWEAT_G_PER_S * effort * worked_s
        return round(self._grams / G_PER_STEP)


def kg(steps: int) -> float:
    """What so many steps are in the truth."""
    return steps * G_PER_STEP / 1_000


class Scale(Instrument):
    """Weighs, and tells the body mass index of the height that was set on it."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        service = Service(WEIGHT_SERVICE, [Characteristic(WEIGHT_MEASUREMENT, (INDICATE,))])
        super().__init__(name, address, effort, model="Simulated scale", service=service, **more)
        self._person = Person(address)

    def measurement(self, effort: float, time_s: float) -> Iterator[Notice]:
        if not self.worn:  # nobody stands on it
            return
        steps = self._person.weigh(effort, self._every_s)
        index_tenths = round(kg(steps) / (HEIGHT_MM / 1_000) ** 2 * 10)
        frame = struct.pack("<BH", WITH_TIME | WITH_USER | WITH_INDEX_AND_HEIGHT, steps)
        frame += TIME_STAMP + USER + struct.pack("<HH", index_tenths, HEIGHT_MM)
        told = {
            "body_mass": kg(steps),
            "body_mass_index": index_tenths / 10,
            "body_height": HEIGHT_MM / 1_000,
        }
        yield Notice(WEIGHT_MEASUREMENT, frame, time_s, told)


class BodyScale(Instrument):
    """Fat, muscle, water, impedance and mass of whoever stands on it."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        service = Service(
            BODY_COMPOSITION_SERVICE, [Characteristic(BODY_COMPOSITION_MEASUREMENT, (INDICATE,))]
        )
        super().__init__(name, address, effort, model="Simulated body scale", service=service, **more)
        self._person = Person(address)

    def measurement(self, effort: float, time_s: float) -> Iterator[Notice]:
        if not self.worn:  # nobody stands on it
            return
        steps = self._person.weigh(effort, self._every_s)
        muscle, water = round(steps * MUSCLE_SHARE), round(steps * WATER_SHARE)
        fat_tenths, muscle_tenths = round(FAT * 1_000), round(MUSCLE_SHARE * 1_000)
        numbers = (METABOLISM_KJ, muscle_tenths, muscle, water, IMPEDANCE_TENTHS_OHM, steps)
        frame = struct.pack("<HH", COMPOSITION, fat_tenths) + USER + struct.pack("<6H", *numbers)
        told = {
            "body_fat": fat_tenths / 10,
            "basal_metabolism": METABOLISM_KJ,
            "muscle_share": muscle_tenths / 10,
            "muscle_mass": kg(muscle),
            "body_water_mass": kg(water),
            "bioimpedance": IMPEDANCE_TENTHS_OHM / 10,
            "body_mass": kg(steps),
        }
        yield Notice(BODY_COMPOSITION_MEASUREMENT, frame, time_s, told)
