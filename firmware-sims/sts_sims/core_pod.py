"""A pod that computes core body temperature from the heat that leaves the skin.

Layout: CoreTemp BLE Service Specification V2.2. Packing only.
"""

import struct

from sts_sims.athletes import Effort
from sts_sims.heart_strap import (
    BATTERY_LEVEL,
    BATTERY_SERVICE,
    DEVICE_INFORMATION_SERVICE,
    FIRMWARE_REVISION,
    MANUFACTURER_NAME,
    MODEL_NUMBER,
)
from sts_sims.peripheral import NOTIFY, READ, Advert, Characteristic, Service
from sts_sims.sensor import Notice

CORE_SERVICE = "00002100-5b1e-4347-b07c-97b514dae121"
CORE_TEMPERATURE = "00002101-5b1e-4347-b07c-97b514dae121"

SKIN, RESERVED, QUALITY, HEAT_STRAIN = 0x01, 0x02, 0x04, 0x20
FLAGS = SKIN | RESERVED | QUALITY | HEAT_STRAIN
NONE = 0x7FFF
INVALID, GOOD = 0, 3

EVERY_S = 1.0
# A body at rest, and what hard work adds after long; skin cools while it sweats.
CORE_AT_REST_C = 37.0
CORE_RISE_C = 2.2
SKIN_AT_REST_C = 33.5
SKIN_FALL_C = 1.5
# Bodies warm up slowly: two thirds of the way in a quarter of an hour.
LAG_S = 900.0
# Strain: 0 at rest, 10 at a core of 39.5 °C.
STRAIN_PER_C = 4.0


class CorePod:
    """One pod on one athlete, whose `effort` heats the body."""

    turn_s = 0.1

    def __init__(
        self, name: str, address: str, effort: Effort, *, battery: float = 100.0, rssi_dbm: int = -60
    ) -> None:
        self.name = name
        self.address = address
        self.advert = Advert(uuids=[CORE_SERVICE], rssi_dbm=rssi_dbm)
        self.worn = True
        self._effort = effort
        self._heat = 0.0
        self._said_s = 0.0
        self._battery = Characteristic(BATTERY_LEVEL, (READ, NOTIFY), bytes([round(battery)]))
        self.services = [
            Service(CORE_SERVICE, [Characteristic(CORE_TEMPERATURE, (READ, NOTIFY))]),
            Service(BATTERY_SERVICE, [self._battery]),
            Service(
                DEVICE_INFORMATION_SERVICE,
                [
                    Characteristic(MANUFACTURER_NAME, (READ,), b"Smart Training System"),
                    Characteristic(MODEL_NUMBER, (READ,), b"Simulated pod"),
                    Characteristic(FIRMWARE_REVISION, (READ,), b"1.0.0"),
                ],
            ),
        ]

    def switch_on(self, time_s: float) -> None:
        self._said_s = time_s

    def set_battery(self, percent: float) -> None:
        self._battery.value = bytes([round(min(max(percent, 0.0), 100.0))])

    def due(self, time_s: float) -> list[Notice]:
        """One measurement for each second that has passed."""
        notices = []
        while self._said_s + EVERY_S <= time_s:
            self._said_s += EVERY_S
            self._heat += (self._effort(self._said_s) - self._heat) * EVERY_S / LAG_S
            notices.append(self._measurement())
        return notices

    def _measurement(self) -> Notice:
        core_c = round(CORE_AT_REST_C + CORE_RISE_C * self._heat, 2)
        skin_c = round(SKIN_AT_REST_C - SKIN_FALL_C * self._heat, 2)
        strain = round((core_c - CORE_AT_REST_C) * STRAIN_PER_C, 1)
        core = round(core_c * 100) if self.worn else NONE
        quality = GOOD if self.worn else INVALID
        frame = struct.pack("<BhhHBB", FLAGS, core, round(skin_c * 100), 0, quality, round(strain * 10))
        told = {"core": core_c if self.worn else None, "skin": skin_c, "quality": quality, "strain": strain}
        return Notice(CORE_TEMPERATURE, frame, self._said_s, told)
