"""Sensors near here that nobody registered: that they are there, and how strong. Kept in memory only.

Of what they measure nothing is decoded: whoever wears them has not agreed to it. Devices that offer none of
the services below (telephones, watches in a pocket) are not kept at all.
"""

import time
from collections.abc import Mapping
from typing import NamedTuple

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

# BlueZ forgets a device 180 s after its last advert; what is older is not near any more.
FORGET_S = 180.0
# A stadium full of watches must not fill the memory: 500 entries are some 150 KB.
MOST_DEVICES = 500

_BASE = "-0000-1000-8000-00805f9b34fb"
BATTERY_SERVICE = f"0000180f{_BASE}"
FITNESS_MACHINE_SERVICE = f"00001826{_BASE}"
# The kind that an advertised service stands for (Bluetooth assigned numbers, 3.4; the last two are makers').
KINDS: Mapping[str, str] = {
    f"0000180d{_BASE}": "heart_rate",
    f"00001818{_BASE}": "cycling_power",
    f"00001816{_BASE}": "speed_cadence",
    f"00001814{_BASE}": "running",
    FITNESS_MACHINE_SERVICE: "fitness_machine",
    f"00001809{_BASE}": "thermometer",
    f"00001822{_BASE}": "oximeter",
    f"0000181d{_BASE}": "weight_scale",
    f"0000181b{_BASE}": "body_composition",
    "ce060000-43e5-11e4-916c-0800200c9a66": "rowing_monitor",
    "00002100-5b1e-4347-b07c-97b514dae121": "core_temperature",
}

# What a fitness machine is, it tells by a bit of its service data (Fitness Machine Service 1.0, 3.1.2).
MACHINES: Mapping[int, str] = {0: "treadmill", 1: "cross_trainer", 4: "rower", 5: "bike"}


class Near(NamedTuple):
    """A sensor that was heard: rssi in dBm, battery in % if its advert tells it, heard_s monotonic."""

    address: str
    name: str | None
    kind: str
    rssi: int
    battery: int | None
    heard_s: float


class Presence:
    """Who is near."""

    def __init__(self) -> None:
        self._near: dict[str, Near] = {}

    def hear(self, device: BLEDevice, advert: AdvertisementData) -> None:
        """Note an advert, if it is a sensor's."""
        kind = _kind(advert)
        if kind is None:
            return
        address = device.address.upper()
        level = advert.service_data.get(BATTERY_SERVICE)
        battery = level[0] if level and level[0] <= 100 else None
        name = advert.local_name or device.name
        self._near.pop(address, None)  # the longest unheard is the first
        self._near[address] = Near(address, name, kind, advert.rssi, battery, time.monotonic())
        if len(self._near) > MOST_DEVICES:
            del self._near[next(iter(self._near))]

    def near(self) -> list[Near]:
        """Whoever was heard lately, the strongest first."""
        oldest_s = time.monotonic() - FORGET_S
        self._near = {one.address: one for one in self._near.values() if one.heard_s >= oldest_s}
        return sorted(self._near.values(), key=lambda one: -one.rssi)


def _kind(advert: AdvertisementData) -> str | None:
    """What it is: a machine by its service data, else by the first service that is a sensor's."""
    told = advert.service_data.get(FITNESS_MACHINE_SERVICE, b"")
    bits = int.from_bytes(told[1:3], "little")
    machine = next((kind for bit, kind in MACHINES.items() if bits & 1 << bit), None)
    return machine or next((KINDS[one] for one in advert.service_uuids if one in KINDS), None)
