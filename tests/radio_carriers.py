"""Three carriers of the same simulated straps, as the situations of `radio_situations` need them.

fake      our stand-in for bluetoothd on a private D-Bus
bumble    bumble's host stack behind bleak's `backend=`; no D-Bus at all
bluez     real BlueZ on a real kernel in QEMU; its adapter is a virtual controller of ours
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from bleak_on_bumble import backends_of
from bluetooth_air import ADVERTS_MS, MUTE_HZ, Air, on_air
from demo.ports import free_port
from demo.services.bluez_appliance import BluezAppliance
from sts_sims.carriers.hci.chip import Air as VirtualAir
from sts_sims.carriers.hci.chip import Chip
from sts_sims.carriers.hci.datagrams import adapter_at
from sts_sims.carriers.hci.sensors import SensorsOnAir, make_host
from sts_sims.heart_strap import HEART_RATE_MEASUREMENT
from sts_sims.scenario import Person, Phase, Radio, Scenario, Strap
from sts_sims.squad import make_sensor

NAMES = ("hr-01", "hr-02")
ADDRESSES = {"hr-01": "C0:9E:1A:00:00:01", "hr-02": "C0:9E:1A:00:00:02"}
BATTERY_PERCENT = 63.0
SIGNAL_DBM = -50
# The one that a client takes by itself, and one more.
ADAPTERS = ("hci0", "hci1")
ADAPTER_PATH = "/org/bluez/hci0"
# An adapter that has just appeared is Busy for some seconds on an emulated processor.
POWER_ALLOWANCE_S = 30.0
CENTRAL = Address("F0:00:00:00:00:01", Address.RANDOM_DEVICE_ADDRESS)


def scenario(adapters: Sequence[str] = ADAPTERS[:1]) -> Scenario:
    """Two straps that speak only when they are told to, in reach of these adapters."""
    straps = [
        Strap(name, ADDRESSES[name], Person(n, name, 190, 50), battery=BATTERY_PERCENT, rssi_dbm=SIGNAL_DBM)
        for n, name in enumerate(NAMES, 1)
    ]
    radio = Radio(
        connect_ms=1.0, disconnect_ms=1.0, advert_ms=ADVERTS_MS * len(straps), adapters=tuple(adapters)
    )
    return Scenario("For tests.", [Phase("run", 0.7, 600.0)], straps, rate_hz=MUTE_HZ, radio=radio)


class NotOnThisCarrierError(Exception):
    """The carrier has no such thing; the message says why."""


class Carrier(Protocol):
    """Straps on the air, and what can be done to them. `scanner`, `client`: for BleakScanner and BleakClient."""

    name: str
    scanner: dict[str, Any]
    client: dict[str, Any]

    def say(self, strap: str, frame: bytes) -> str | None:
        """Send one heart rate frame; None when somebody had subscribed, else the reason why not."""
        ...

    def drop(self, strap: str) -> None:
        """The link is lost as by a walk out of range; the strap advertises again."""
        ...

    async def power(self, on: bool, adapter: str = ADAPTERS[0]) -> None:
        """Switch an adapter as its owner does."""
        ...

    async def hang(self, strap: str) -> None:
        """The next connect to this strap gets no answer."""
        ...

    async def recover(self, strap: str) -> None:
        """It would get one now."""
        ...

    async def fall_silent(self, strap: str) -> None:
        """The strap is not heard any more."""
        ...

    def limit_links(self, count: int | None) -> None:
        """So many links the adapter can hold."""
        ...


class WithBluetoothd(Carrier, Protocol):
    """A carrier that has a bluetoothd, real or not."""

    async def freeze(self) -> None:
        """bluetoothd is there and answers nothing."""
        ...

    async def thaw(self) -> None:
        """It answers again."""
        ...


class Fake:
    """The stand-in for bluetoothd."""

    name = "fake"

    def __init__(self, air: Air) -> None:
        self.scanner: dict[str, Any] = {}
        self.client: dict[str, Any] = {}
        self._air = air

    def say(self, strap: str, frame: bytes) -> str | None:
        return self._air.show.daemon.notify(strap, HEART_RATE_MEASUREMENT, frame)

    def drop(self, strap: str) -> None:
        self._air.order("drop", strap=strap)

    async def power(self, on: bool, adapter: str = ADAPTERS[0]) -> None:
        self._air.order("power_on" if on else "power_off", adapter=adapter)

    async def hang(self, strap: str) -> None:
        self._air.order("fault", method="Connect", strap=strap, times=1)

    async def recover(self, strap: str) -> None:
        self._air.order("clear_faults")

    async def fall_silent(self, strap: str) -> None:
        self._air.order("walk_away", strap=strap)

    def limit_links(self, count: int | None) -> None:
        self._air.order("limit_links", value=count)

    async def freeze(self) -> None:
        self._air.order("hang_bluez")

    async def thaw(self) -> None:
        self._air.order("wake_bluez")


class HciCarrier:
    """What bumble and real BlueZ have in common: the same straps, heard by one chip."""

    def __init__(self, sensors: SensorsOnAir, chip: Chip) -> None:
        self.scanner: dict[str, Any] = {}
        self.client: dict[str, Any] = {}
        self._sensors = sensors
        self._chip = chip

    def say(self, strap: str, frame: bytes) -> str | None:
        return self._sensors.notify(strap, HEART_RATE_MEASUREMENT, frame)

    def drop(self, strap: str) -> None:
        self._sensors.sensors[strap].lose()

    async def hang(self, strap: str) -> None:
        await self.fall_silent(strap)

    async def fall_silent(self, strap: str) -> None:
        await self._sensors.sensors[strap].fall_silent()

    async def recover(self, strap: str) -> None:
        await self._sensors.sensors[strap].advertise()

    def limit_links(self, count: int | None) -> None:
        self._chip.link_limit = count


class Bumble(HciCarrier):
    """bumble's own host stack."""

    name = "bumble"

    def __init__(self, sensors: SensorsOnAir, chip: Chip, host: Device) -> None:
        super().__init__(sensors, chip)
        scanner, client = backends_of(host)
        self.scanner = {"backend": scanner}
        self.client = {"backend": client}

    async def power(self, on: bool, adapter: str = ADAPTERS[0]) -> None:
        raise NotOnThisCarrierError(
            "bleak learns of an adapter without power from BlueZ; behind backend= there is no adapter to ask"
        )


class Bluez(HciCarrier):
    """Real BlueZ, by D-Bus."""

    name = "bluez"

    def __init__(self, sensors: SensorsOnAir, real: Machine) -> None:
        super().__init__(sensors, real.chips[0])
        self._appliance = real.appliance

    async def freeze(self) -> None:
        await asyncio.to_thread(self._appliance.shell, "kill -STOP $(pidof bluetoothd)")

    async def thaw(self) -> None:
        await asyncio.to_thread(self._appliance.shell, "kill -CONT $(pidof bluetoothd)")

    async def power(self, on: bool, adapter: str = ADAPTERS[0]) -> None:
        async with asyncio.timeout(POWER_ALLOWANCE_S):
            while not await _set_power(on, adapter):  # noqa: ASYNC110 - bluetoothd tells nobody when it would
                await asyncio.sleep(0.1)


async def _set_power(on: bool, adapter: str) -> bool:
    """Whether BlueZ did it; a bluetoothd that begins does not have the adapter yet, or is busy with it."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        reply = await bus.call(
            Message(
                destination="org.bluez",
                path=f"/org/bluez/{adapter}",
                interface="org.freedesktop.DBus.Properties",
                member="Set",
                signature="ssv",
                body=["org.bluez.Adapter1", "Powered", Variant("b", on)],
            )
        )
        return reply.message_type is MessageType.METHOD_RETURN
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()


@dataclass
class Machine:
    """A running guest, the link that its adapters listen on, and their chips."""

    appliance: BluezAppliance
    link: VirtualAir
    chips: list[Chip]


@contextlib.asynccontextmanager
async def machine(built: Path, folder: Path, adapters: int = 1) -> AsyncIterator[Machine]:
    """Boot the guest; raises StartError."""
    link = VirtualAir()
    chips = [Chip(f"hci{number}", link) for number in range(adapters)]
    ports = [free_port() for _ in chips]
    appliance = BluezAppliance(built, folder, ports)
    async with contextlib.AsyncExitStack() as stack:
        for port, chip in zip(ports, chips, strict=True):
            await stack.enter_async_context(adapter_at(port, chip))
        try:
            await asyncio.to_thread(appliance.start)
            yield Machine(appliance, link, chips)
        finally:
            await asyncio.to_thread(appliance.stop)


@contextlib.asynccontextmanager
async def on_fake(folder: Path, adapters: Sequence[str] = ADAPTERS[:1]) -> AsyncIterator[Fake]:
    async with on_air(folder, scenario(adapters)) as air:
        yield Fake(air)


@contextlib.asynccontextmanager
async def straps_on(link: VirtualAir) -> AsyncIterator[SensorsOnAir]:
    plan = scenario()
    async with SensorsOnAir(link, [make_sensor(plan, told, plan.seed) for told in plan.straps]) as sensors:
        yield sensors


@contextlib.asynccontextmanager
async def on_bumble() -> AsyncIterator[Bumble]:
    link = VirtualAir()
    chip = Chip("central", link)
    host = Device(config=DeviceConfiguration(name="central", address=CENTRAL), host=make_host(chip))
    await host.power_on()
    async with straps_on(link) as sensors:
        yield Bumble(sensors, chip, host)
    await host.power_off()


@contextlib.asynccontextmanager
async def on_bluez(real: Machine) -> AsyncIterator[Bluez]:
    """A bluetoothd that begins, with straps in its air; afterwards no D-Bus connection to it is left."""
    await asyncio.to_thread(real.appliance.restart_bluez)
    with patch.dict(os.environ, {"DBUS_SYSTEM_BUS_ADDRESS": real.appliance.address}):
        try:
            async with straps_on(real.link) as sensors:
                carrier = Bluez(sensors, real)
                await carrier.power(True)
                yield carrier
        finally:
            await asyncio.to_thread(real.appliance.close_doors)
