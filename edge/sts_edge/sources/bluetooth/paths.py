"""Over which adapter a sensor is connected: where it was seen lately, and which of these ways is the best."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from bleak.backends.device import BLEDevice

from sts_edge.sources.bluetooth.limits import SIGHTING_FRESH_S
from sts_edge.sources.bluetooth.room import Room

# The signal of a strap that nobody moves wavers by some dB from one advert to the next, and 6 dB are half a distance:
# what differs by less is alike, and the adapter with more free slots takes it.
ALIKE_DB = 6


class Sighting(NamedTuple):
    """An advert of the sensor: where, how strong (dBm), when (monotonic, s)."""

    room: Room
    device: BLEDevice
    rssi: int
    seen_s: float


class Paths:
    """The newest sighting of one sensor by each adapter."""

    def __init__(self) -> None:
        self._sightings: dict[str, Sighting] = {}

    def see(self, room: Room, device: BLEDevice, rssi: int) -> None:
        """An adapter has heard the sensor now."""
        self._sightings[room.name] = Sighting(room, device, rssi, time.monotonic())

    def forget(self) -> None:
        """Nothing that was seen counts any more."""
        self._sightings.clear()

    def fresh(self) -> list[Sighting]:
        """What can be tried: seen lately, by an adapter that is still there."""
        oldest_s = time.monotonic() - SIGHTING_FRESH_S
        return [one for one in self._sightings.values() if one.seen_s >= oldest_s and one.room.on]

    def unheard(self, rooms: Sequence[Room]) -> bool:
        """True when an adapter that could take the sensor has not heard it yet."""
        heard = {one.room for one in self.fresh()}
        return any(room.on and room.free and room not in heard for room in rooms)


def best(sightings: Sequence[Sighting]) -> Sighting:
    """The strongest; of those that are alike, the one whose adapter has the most free slots. At least one is given."""
    strongest = max(one.rssi for one in sightings)
    alike = [one for one in sightings if strongest - one.rssi < ALIKE_DB]
    return max(alike, key=lambda one: (one.room.slots_left, one.rssi))
