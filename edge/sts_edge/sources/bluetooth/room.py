"""What belongs to one adapter: its watch, its one scanner, its one connect at a time, its slots for links."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from sts_edge.sources.bluetooth.adapter import AdapterWatch, Radio
from sts_edge.sources.bluetooth.limits import Limits
from sts_edge.sources.bluetooth.scanner import Scanner

# In these states every link through the adapter is gone, whether or not BlueZ still says a word about it.
LINKS_GONE = frozenset({Radio.NO_BUS, Radio.NO_BLUEZ, Radio.NO_ADAPTER, Radio.OFF})


class Linked(Protocol):
    """A link that must know when its adapter goes, and when its slot is needed."""

    spare: bool

    def adapter_gone(self) -> None: ...

    def give_back(self) -> None:
        """Leave the slot to a sensor that cannot do without."""
        ...


class Sensors(Protocol):
    """All registered sensors, as a room speaks with them."""

    def see(self, room: "Room", device: BLEDevice, advert: AdvertisementData) -> None:
        """An advert of any device was heard."""
        ...

    def scan_began(self) -> None: ...

    def anyone_due(self) -> bool:
        """True when a sensor that was heard lately has no link."""
        ...

    def anyone_waits(self) -> bool:
        """True when a sensor that needs a link finds no slot."""
        ...


class Room:
    """One adapter."""

    def __init__(self, name: str, max_links: int, limits: Limits, sensors: Sensors) -> None:
        self.name = name
        self.connecting = asyncio.Lock()
        self.watch = AdapterWatch(name, limits, self._radio_changed)
        self.scanner = Scanner(self.watch, limits, self._hear, self)
        self._max_links = max_links
        self._sensors = sensors
        self._links: set[Linked] = set()

    async def run(self) -> None:
        """Watch and scan until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.watch.run(), name=f"watch {self.name}")
            group.create_task(self.scanner.run(), name=f"scan {self.name}")

    @property
    def free(self) -> bool:
        """True when another link may be tried: sticks refuse or stumble beyond their number."""
        return self.slots_left > 0

    @property
    def on(self) -> bool:
        """True while the adapter is there and has power."""
        return self.watch.radio is Radio.ON

    @property
    def slots_left(self) -> int:
        """How many more links may be tried."""
        return self._max_links - len(self._links)

    @property
    def spare(self) -> bool:
        """True when a link may be lent to a sensor that can do without."""
        return self.free and not self._sensors.anyone_waits()

    def reclaim(self) -> None:
        """Take a lent link back, for a sensor that cannot do without."""
        lent = next((link for link in self._links if link.spare), None)
        if lent is not None and not self.free:
            lent.give_back()

    @contextmanager
    def occupied_by(self, link: Linked) -> Iterator[None]:
        """Hold one slot."""
        self._links.add(link)
        try:
            yield
        finally:
            self._links.discard(link)

    def faults(self) -> Iterator[str]:
        """What a technician should know about this adapter."""
        if self.watch.radio is not Radio.ON:
            yield self.watch.radio.sentence(self.name)
        elif self.scanner.trouble:
            yield self.scanner.trouble

    def scan_began(self) -> None:
        self._sensors.scan_began()

    def anyone_due(self) -> bool:
        return self._sensors.anyone_due()

    def anyone_linked(self) -> bool:
        return bool(self._links)

    def _radio_changed(self, radio: Radio) -> None:
        self.scanner.radio_changed()
        if radio in LINKS_GONE:
            for link in list(self._links):
                link.adapter_gone()

    def _hear(self, device: BLEDevice, advert: AdvertisementData) -> None:
        self._sensors.see(self, device, advert)
