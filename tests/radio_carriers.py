"""Three carriers of the same simulated straps, as the situations of `radio_situations` need them.

fake      our stand-in for bluetoothd on a private D-Bus
bumble    bumble's host stack behind bleak's `backend=`; no D-Bus at all
bluez     real BlueZ on a real kernel in QEMU; its adapter is a virtual controller of ours
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from bumble.link import LocalLink

from bleak_on_bumble import backends_of
from bluetooth_air import ADVERTS_MS, MUTE_HZ, Air, on_air
from sts_sims.carriers.hci.chip import Chip
from sts_sims.carriers.hci.sensors import SensorsOnAir, make_host
from sts_sims.heart_strap import HEART_RATE_MEASUREMENT
from sts_sims.scenario import Person, Phase, Radio, Scenario, Strap
from sts_sims.squad import make_sensor

NAMES = ("hr-01", "hr-02")
ADDRESSES = {"hr-01": "C0:9E:1A:00:00:01", "hr-02": "C0:9E:1A:00:00:02"}
BATTERY_PERCENT = 63.0
SIGNAL_DBM = -50
CENTRAL = Address("F0:00:00:00:00:01", Address.RANDOM_DEVICE_ADDRESS)


def scenario() -> Scenario:
    """Two straps that speak only when they are told to."""
    straps = [
        Strap(name, ADDRESSES[name], Person(n, name, 190, 50), battery=BATTERY_PERCENT, rssi_dbm=SIGNAL_DBM)
        for n, name in enumerate(NAMES, 1)
    ]
    radio = Radio(connect_ms=1.0, advert_ms=ADVERTS_MS * len(straps))
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

    async def power(self, on: bool) -> None:
        """Switch the adapter as its owner does."""
        ...

    async def hang(self, strap: str) -> None:
        """The next connect to this strap gets no answer."""
        ...

    async def recover(self, strap: str) -> None:
        """It would get one now."""
        ...

    def limit_links(self, count: int | None) -> None:
        """So many links the adapter can hold."""
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

    async def power(self, on: bool) -> None:
        self._air.order("power_on" if on else "power_off")

    async def hang(self, strap: str) -> None:
        self._air.order("fault", method="Connect", strap=strap, times=1)

    async def recover(self, strap: str) -> None:
        self._air.order("clear_faults")

    def limit_links(self, count: int | None) -> None:
        self._air.order("limit_links", value=count)


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

    async def power(self, on: bool) -> None:
        raise NotOnThisCarrierError(
            "bleak learns of an adapter without power from BlueZ; behind backend= there is no adapter to ask"
        )

    async def hang(self, strap: str) -> None:
        await self._sensors.sensors[strap].fall_silent()

    async def recover(self, strap: str) -> None:
        await self._sensors.sensors[strap].advertise()


@contextlib.asynccontextmanager
async def on_fake(folder: Path) -> AsyncIterator[Fake]:
    async with on_air(folder, scenario()) as air:
        yield Fake(air)


@contextlib.asynccontextmanager
async def straps_on(link: LocalLink) -> AsyncIterator[SensorsOnAir]:
    plan = scenario()
    async with SensorsOnAir(link, [make_sensor(plan, told, plan.seed) for told in plan.straps]) as sensors:
        yield sensors


@contextlib.asynccontextmanager
async def on_bumble() -> AsyncIterator[Bumble]:
    link = LocalLink()
    chip = Chip("central", link)
    host = Device(config=DeviceConfiguration(name="central", address=CENTRAL), host=make_host(chip))
    await host.power_on()
    async with straps_on(link) as sensors:
        yield Bumble(sensors, chip, host)
    await host.power_off()
