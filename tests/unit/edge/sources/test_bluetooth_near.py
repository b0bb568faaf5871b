"""Who is near: by kind and signal, and nothing of what they measure."""

from __future__ import annotations

from typing import Any, get_args

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from sts_edge.config.ways_in import SensorKind
from sts_edge.sources.bluetooth.presence import (
    BATTERY_SERVICE,
    KINDS,
    MACHINES,
    MOST_DEVICES,
    Presence,
)

HEART_RATE = "0000180d-0000-1000-8000-00805f9b34fb"


def advert(*services: str, rssi: int = -60, data: dict[str, bytes] | None = None) -> AdvertisementData:
    return AdvertisementData("strap", {}, data or {}, list(services), None, rssi, ())


def hear(presence: Presence, address: str, *services: str, **more: Any) -> None:
    presence.hear(BLEDevice(address, None, None), advert(*services, **more))


def test_the_strongest_comes_first_and_the_last_advert_counts() -> None:
    presence = Presence()
    hear(presence, "aa:00:00:00:00:01", HEART_RATE, rssi=-50)
    hear(presence, "aa:00:00:00:00:02", HEART_RATE, rssi=-70)
    hear(presence, "aa:00:00:00:00:01", HEART_RATE, rssi=-90)
    assert [(one.address[-1], one.rssi) for one in presence.near()] == [("2", -70), ("1", -90)]


def test_what_offers_no_sensors_service_is_not_kept() -> None:
    presence = Presence()
    hear(presence, "aa:00:00:00:00:01")
    hear(presence, "aa:00:00:00:00:02", "0000feaa-0000-1000-8000-00805f9b34fb")
    assert presence.near() == []


def test_a_battery_is_told_if_the_advert_tells_it() -> None:
    presence = Presence()
    hear(presence, "aa:00:00:00:00:01", HEART_RATE, data={BATTERY_SERVICE: b"\x61"})
    hear(presence, "aa:00:00:00:00:02", HEART_RATE, data={BATTERY_SERVICE: b"\xff"})
    assert {one.battery for one in presence.near()} == {97, None}


def test_memory_is_bounded_and_the_longest_unheard_goes_first() -> None:
    presence = Presence()
    for number in range(MOST_DEVICES + 5):
        hear(presence, f"aa:00:00:00:{number >> 8:02x}:{number & 255:02x}", HEART_RATE)
    kept = {one.address for one in presence.near()}
    assert len(kept) == MOST_DEVICES
    assert "AA:00:00:00:00:04" not in kept


def test_what_is_named_can_be_registered_or_is_known_not_to_be() -> None:
    named = {*KINDS.values(), *MACHINES.values()}
    unread = {"fitness_machine"}
    assert named - set(get_args(SensorKind)) == unread
