"""What a sensor is, by its advert alone."""

from __future__ import annotations

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from sts_edge.sources.bluetooth.presence import FITNESS_MACHINE_SERVICE, KINDS, Presence

HEART_RATE_SERVICE = next(uuid for uuid, kind in KINDS.items() if kind == "heart_rate")


def near_kinds(services: list[str], service_data: dict[str, bytes] | None = None) -> list[str]:
    """The kinds that one advert makes known."""
    presence = Presence()
    advert = AdvertisementData("x", {}, service_data or {}, services, None, -60, ())
    presence.hear(BLEDevice("A0:9E:1A:00:00:01", "x", None), advert)
    return [one.kind for one in presence.near()]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("01 01 00", "treadmill"),
        ("01 02 00", "cross_trainer"),
        ("01 10 00", "rower"),
        ("00 20 00", "bike"),
        ("01 04 00", "fitness_machine"),
        ("01", "fitness_machine"),
        ("", "fitness_machine"),
    ],
)
def test_a_fitness_machine_says_in_its_advert_which_it_is(data: str, kind: str) -> None:
    """Fitness Machine Service 1.0, 3.1.2: a bit for each type, behind the flags; a stair climber is not read."""
    assert near_kinds([FITNESS_MACHINE_SERVICE], {FITNESS_MACHINE_SERVICE: bytes.fromhex(data)}) == [kind]


def test_others_are_known_by_the_service_they_offer() -> None:
    """And who offers none of them is not kept."""
    assert near_kinds([HEART_RATE_SERVICE]) == ["heart_rate"]
    assert near_kinds(["0000180a-0000-1000-8000-00805f9b34fb"]) == []
