"""The Bluetooth source: one room per adapter, one link per registered sensor."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from sts_edge.clock import boot_us
from sts_edge.config import SensorSettings, Settings
from sts_edge.sources import Emit, Keep, SensorState, Told, keep_nothing
from sts_edge.sources.bluetooth.deadline import abandoned
from sts_edge.sources.bluetooth.limits import Limits
from sts_edge.sources.bluetooth.link import Link
from sts_edge.sources.bluetooth.presence import Presence
from sts_edge.sources.bluetooth.reception import Reception
from sts_edge.sources.bluetooth.room import Room


class BluetoothSource:
    """Reads the registered sensors through all adapters of the settings; of others it decodes nothing.

    Lives in the one event loop of the process: bleak keeps one D-Bus connection per loop. `limits` replaces
    those of the settings and is for tests.
    """

    def __init__(
        self,
        settings: Settings,
        emit: Emit,
        *,
        now_us: Callable[[], int] = boot_us,
        limits: Limits | None = None,
        keep: Keep = keep_nothing,
    ) -> None:
        radio = settings.bluetooth
        self._limits = limits or Limits(radio.connect_timeout_s, radio.silence_s)
        self._emit = emit
        self._now_us = now_us
        self._keep = keep
        self._running = False
        self._group: asyncio.TaskGroup | None = None
        self._lives: dict[str, asyncio.Task[None]] = {}
        self.presence = Presence()
        self.links = {sensor.address: self._make_link(sensor) for sensor in settings.sensors}
        self.rooms = [Room(name, radio.max_links, self._limits, self) for name in radio.adapters]

    async def run(self) -> None:
        """Read until cancelled."""
        self._running = True
        try:
            async with asyncio.TaskGroup() as self._group:
                for room in self.rooms:
                    self._group.create_task(room.run(), name=f"room {room.name}")
                for address in self.links:
                    self._bring_to_life(address)
        finally:
            self._running = False
            self._group = None
            self._lives.clear()

    async def register(self, sensors: Sequence[SensorSettings]) -> None:
        """From now on read these, and no others: what is new is sought, what is gone is let go, the rest
        notices nothing."""
        wanted = {sensor.address: sensor for sensor in sensors}
        for address, link in list(self.links.items()):
            if link.sensor != wanted.get(address):
                await self._let_go(address)
        for address, sensor in wanted.items():
            if address not in self.links:
                self.links[address] = self._make_link(sensor)
                self._bring_to_life(address)
        self.links = {address: self.links[address] for address in wanted}

    def states(self) -> list[SensorState]:
        """How each registered sensor is now."""
        return [link.state() for link in self.links.values()]

    def faults(self) -> list[str]:
        """What a technician should know now."""
        told = [sentence for room in self.rooms for sentence in room.faults()]
        waiting = ", ".join(link.name for link in self.links.values() if link.waits_for_slot)
        told += [sentence for link in self.links.values() for sentence in link.streams.faults()]
        if waiting:
            told.append(f"No link is left for {waiting}: add an adapter, or raise bluetooth.max_links.")
        return told

    def counts(self) -> dict[str, int]:
        """Links, frames, streams and remedies since the start, over all sensors and adapters.

        `frames_repeated` above a handful means that beats are told twice (bleak#2002).
        """
        counted = Counter(adapter_resets=sum(room.scanner.count.resets for room in self.rooms))
        for link in self.links.values():
            counted.update({f"links_{what}": number for what, number in asdict(link.count).items()})
            frames = asdict(link.reception.count)
            counted.update({f"frames_{what}": number for what, number in frames.items()})
            counted.update({f"streams_{what}": n for what, n in asdict(link.streams.count).items()})
        counted["work_abandoned"] = abandoned()
        return dict(counted)

    def see(self, room: Room, device: BLEDevice, advert: AdvertisementData) -> None:
        """An advert was heard: only registered sensors hear of it; of others is noted that they are near."""
        self.presence.hear(device, advert)
        link = self.links.get(device.address.upper())
        if link is not None:
            link.see(room, device, advert)

    def scan_began(self) -> None:
        """A scanner has started, so BlueZ can be asked about links that nobody owns."""
        for link in self.links.values():
            link.look()

    def anyone_due(self) -> bool:
        """True when somebody trains with a sensor that has no link."""
        now_us = self._now_us()
        return any(link.due(now_us) for link in self.links.values())

    def anyone_waits(self) -> bool:
        """True when a sensor that needs a link finds no slot."""
        return any(link.waits_for_slot for link in self.links.values())

    def _bring_to_life(self, address: str) -> None:
        if self._group is not None:
            link = self.links[address]
            self._lives[address] = self._group.create_task(link.run(), name=f"link {link.name}")

    async def _let_go(self, address: str) -> None:
        if (life := self._lives.pop(address, None)) is not None:
            life.cancel()
            await asyncio.wait({life})
        del self.links[address]

    def _make_link(self, sensor: SensorSettings) -> Link:
        return Link(
            sensor,
            Reception(sensor, self._pass_on, self._now_us, self._keep),
            self._limits,
            lambda: self.rooms,
        )

    def _pass_on(self, told: Told) -> None:
        if self._running:
            self._emit(told)
