"""Rules of BlueZ that clients live by, each as plain D-Bus calls and what must come of them.

They were found by trying real BlueZ 5.66; the stand-in must keep them too. What a rule returns is plain data.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from bluetooth_air import until
from radio_carriers import ADAPTER_PATH, ADDRESSES, Carrier
from sts_sims.heart_strap import BATTERY_LEVEL, BODY_SENSOR_LOCATION, HEART_RATE_MEASUREMENT

BLUEZ = "org.bluez"
ADAPTER, DEVICE, CHARACTERISTIC, BATTERY = (
    f"{BLUEZ}.{name}" for name in ("Adapter1", "Device1", "GattCharacteristic1", "Battery1")
)
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
FIRST, SECOND = (f"{ADAPTER_PATH}/dev_{address.replace(':', '_')}" for address in ADDRESSES.values())
STRAP = "hr-01"
# A silent sensor is given up after 40 s, an emulated kernel takes a little longer.
PATIENCE_S = 60.0
# So long after it was called a Connect is under way on an emulated processor too; nothing tells of it.
UNDER_WAY_S = 1.0
OK = "ok"
# Where answers stand among what was told: clients see one order.
ANSWER = "answer"
Options: dict[str, Variant] = {}


@dataclass
class Client:
    """A D-Bus client of its own, and what it was told."""

    bus: MessageBus
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def hear(self, message: Message) -> None:
        if message.message_type is MessageType.METHOD_RETURN:
            self.told.append((ANSWER, {}))
        if message.message_type is MessageType.SIGNAL and message.member == "PropertiesChanged":
            changed = {name: variant.value for name, variant in message.body[1].items()}
            self.told.append((message.path or "", changed))

    async def ask(
        self, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> Message:
        called = Message(
            destination=BLUEZ,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
        async with asyncio.timeout(PATIENCE_S):
            return await self.bus.call(called)

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: object) -> str:
        """ "ok", or the error's last word; with BlueZ's text where clients read it."""
        reply = await self.ask(path, interface, member, signature, *body)
        if reply.message_type is not MessageType.ERROR:
            return OK
        word = str(reply.error_name).rpartition(".")[2]
        return f"{word}: {reply.body[0]}" if word == "Failed" else word

    async def get(self, path: str, interface: str, name: str) -> Any:
        """A property's value; None when it is not there."""
        reply = await self.ask(path, PROPERTIES, "Get", "ss", interface, name)
        return None if reply.message_type is MessageType.ERROR else reply.body[0].value

    async def power(self, on: bool) -> str:
        return await self.call(ADAPTER_PATH, PROPERTIES, "Set", "ssv", ADAPTER, "Powered", Variant("b", on))

    def values(self, path: str) -> int:
        """How often a value of this characteristic was told."""
        return sum(where == path and "Value" in changed for where, changed in self.told)

    def links_told(self, path: str) -> list[dict[str, bool]]:
        """What was told of a device's link, signal by signal."""
        names = ("Connected", "ServicesResolved")
        told = [{n: c[n] for n in names if n in c} for where, c in self.told if where == path]
        return [one for one in told if one]


@dataclass
class Rig:
    """A carrier and two clients of its BlueZ."""

    carrier: Carrier
    one: Client
    two: Client

    async def until_told(self, path: str, interface: str, name: str, value: object) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await self.one.get(path, interface, name) != value:  # noqa: ASYNC110 - asked on purpose
                await asyncio.sleep(0.02)

    async def scanned(self) -> None:
        """Both straps are known, and a scan of client one goes on."""
        await self.one.call(ADAPTER_PATH, ADAPTER, "StartDiscovery")
        for path in (FIRST, SECOND):
            async with asyncio.timeout(PATIENCE_S):
                while await self.one.get(path, DEVICE, "RSSI") is None:  # noqa: ASYNC110 - asked on purpose
                    await asyncio.sleep(0.02)

    async def linked(self) -> dict[str, str]:
        """The first strap is linked and resolved; its characteristics' paths by UUID."""
        await self.scanned()
        assert await self.one.call(FIRST, DEVICE, "Connect") == OK
        await self.until_told(FIRST, DEVICE, "ServicesResolved", True)
        return {
            interfaces[CHARACTERISTIC]["UUID"].value: path
            for path, interfaces in (await self.objects()).items()
            if path.startswith(FIRST) and CHARACTERISTIC in interfaces
        }

    async def objects(self) -> dict[str, dict[str, dict[str, Variant]]]:
        return dict((await self.one.ask("/", OBJECTS, "GetManagedObjects")).body[0])


@contextlib.asynccontextmanager
async def client() -> AsyncIterator[Client]:
    """A client that hears all of BlueZ's signals."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    made = Client(bus)
    bus.add_message_handler(made.hear)
    rule = f"type='signal',sender='{BLUEZ}'"
    dbus = "org.freedesktop.DBus"
    await bus.call(
        Message(
            destination=dbus,
            path="/org/freedesktop/DBus",
            interface=dbus,
            member="AddMatch",
            signature="s",
            body=[rule],
        )
    )
    try:
        yield made
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()


# Rules


async def discovery(rig: Rig) -> object:
    """Discovery is counted for each client, and ends with it."""
    said = [await rig.one.call(ADAPTER_PATH, ADAPTER, "StopDiscovery")]
    async with client() as other:
        said += [await who.call(ADAPTER_PATH, ADAPTER, "StartDiscovery") for who in (rig.one, rig.one, other)]
        said.append(await rig.one.call(ADAPTER_PATH, ADAPTER, "StopDiscovery"))
        still = await rig.one.get(ADAPTER_PATH, ADAPTER, "Discovering")
    await rig.until_told(ADAPTER_PATH, ADAPTER, "Discovering", False)
    return said, still


async def connecting(rig: Rig) -> object:
    """Connect is answered when the link stands; what the sensor offers is told behind it, generic services too."""
    await rig.scanned()
    rig.one.told.clear()
    said = await rig.one.call(FIRST, DEVICE, "Connect")
    await until(lambda: {"ServicesResolved": True} in rig.one.links_told(FIRST))
    order = [path == ANSWER or sorted(changed) for path, changed in rig.one.told if path in (ANSWER, FIRST)]
    order = [one for one in order if one is True or one != ["RSSI"]]
    uuids = [uuid[4:8] for uuid in await rig.one.get(FIRST, DEVICE, "UUIDs")]
    await rig.until_told(FIRST, BATTERY, "Percentage", 63)
    return said, order, uuids, await rig.one.call(FIRST, DEVICE, "Connect")


async def subscribing(rig: Rig) -> object:
    """Each client registers once, asking again changes nothing, and each hears a value once for all who registered."""
    paths = await rig.linked()
    beats = paths[HEART_RATE_MEASUREMENT]
    said = [await rig.one.call(paths[BODY_SENSOR_LOCATION], CHARACTERISTIC, "StartNotify")]
    said.append(await rig.one.call(beats, CHARACTERISTIC, "StopNotify"))
    said += [await who.call(beats, CHARACTERISTIC, "StartNotify") for who in (rig.one, rig.one, rig.two)]
    said.append(await rig.one.call(beats, CHARACTERISTIC, "AcquireNotify", "a{sv}", Options))
    assert rig.carrier.say(STRAP, b"\x06\x64") is None
    await until(lambda: rig.one.values(beats) == rig.two.values(beats) == 2)
    said.append(await rig.two.call(beats, CHARACTERISTIC, "StopNotify"))
    notifying = [
        changed["Notifying"] for path, changed in rig.one.told if path == beats and "Notifying" in changed
    ]
    return said, notifying


async def leaving(rig: Rig) -> object:
    """A client that leaves the bus takes its registrations along, not the link."""
    beats = (await rig.linked())[HEART_RATE_MEASUREMENT]
    async with client() as other:
        said = await other.call(beats, CHARACTERISTIC, "StartNotify")
        await rig.until_told(beats, CHARACTERISTIC, "Notifying", True)
    await rig.until_told(beats, CHARACTERISTIC, "Notifying", False)
    return said, await rig.one.get(FIRST, DEVICE, "Connected")


async def losing(rig: Rig) -> object:
    """A loss is told in one signal; objects and registrations stay, and new ones wait for the next link."""
    paths = await rig.linked()
    beats, battery = paths[HEART_RATE_MEASUREMENT], paths[BATTERY_LEVEL]
    await rig.one.call(beats, CHARACTERISTIC, "StartNotify")
    rig.one.told.clear()
    rig.carrier.drop(STRAP)
    await until(lambda: bool(rig.one.links_told(FIRST)))
    told = rig.one.links_told(FIRST)
    said = [
        await rig.one.call(battery, CHARACTERISTIC, "ReadValue", "a{sv}", Options),
        await rig.one.call(beats, CHARACTERISTIC, "StartNotify"),
        await rig.two.call(beats, CHARACTERISTIC, "StartNotify"),
        await rig.one.call(FIRST, DEVICE, "Disconnect"),
        await rig.one.call(FIRST, DEVICE, "Connect"),
    ]
    await rig.until_told(FIRST, DEVICE, "ServicesResolved", True)
    await until(lambda: rig.carrier.say(STRAP, b"\x06\x65") is None)
    await until(lambda: rig.two.values(beats) >= 2)
    return told, said


async def disconnecting(rig: Rig) -> object:
    """A link that a client ends is told in two signals."""
    await rig.linked()
    await rig.one.call(ADAPTER_PATH, ADAPTER, "StopDiscovery")
    rig.one.told.clear()
    said = [await rig.one.call(FIRST, DEVICE, "Disconnect")]
    await until(lambda: {"Connected": False} in rig.one.links_told(FIRST))
    told = rig.one.links_told(FIRST)
    said.append(await rig.one.call(FIRST, DEVICE, "Disconnect"))
    said.append(await rig.one.call(ADAPTER_PATH, ADAPTER, "RemoveDevice", "o", FIRST))
    said.append(await rig.one.call(ADAPTER_PATH, ADAPTER, "RemoveDevice", "o", FIRST))
    return told, said


async def reading(rig: Rig) -> object:
    """What may not be read or written says so; without a type BlueZ takes what the characteristic allows."""
    paths = await rig.linked()
    beats, location = paths[HEART_RATE_MEASUREMENT], paths[BODY_SENSOR_LOCATION]
    request = {"type": Variant("s", "request")}
    return [
        await rig.one.call(location, CHARACTERISTIC, "ReadValue", "a{sv}", Options),
        await rig.one.call(beats, CHARACTERISTIC, "ReadValue", "a{sv}", Options),
        await rig.one.call(location, CHARACTERISTIC, "WriteValue", "aya{sv}", b"\x01", Options),
        await rig.one.call(location, CHARACTERISTIC, "WriteValue", "aya{sv}", b"\x01", request),
    ]


async def without_power(rig: Rig) -> object:
    """The links end first, then the power is told off; what never had a link is dropped."""
    await rig.linked()
    rig.one.told.clear()
    said = [await rig.one.power(False)]
    await rig.until_told(ADAPTER_PATH, ADAPTER, "Powered", False)
    await until(lambda: any("Powered" in changed for _, changed in rig.one.told))
    order = [name for _, changed in rig.one.told for name in ("Connected", "Powered") if name in changed]
    said.append(await rig.one.call(ADAPTER_PATH, ADAPTER, "StartDiscovery"))
    said.append(await rig.one.call(FIRST, DEVICE, "Connect"))
    said.append(await rig.one.call(FIRST, DEVICE, "Disconnect"))
    said.append(await rig.one.call(SECOND, DEVICE, "Connect"))
    return order, said


async def giving_up(rig: Rig) -> object:
    """A silent sensor is given up after 40 s, by a word that bleak takes for "try again"; a second client is refused
    meanwhile. What was asked to connect stays known, what was only seen is forgotten after 30 s."""
    await rig.scanned()
    await rig.one.call(ADAPTER_PATH, ADAPTER, "StopDiscovery")
    await rig.until_told(ADAPTER_PATH, ADAPTER, "Discovering", False)
    await rig.carrier.fall_silent(STRAP)
    first = asyncio.ensure_future(rig.one.call(FIRST, DEVICE, "Connect"))
    await asyncio.sleep(UNDER_WAY_S)
    said = [await rig.two.call(FIRST, DEVICE, "Connect"), await first]
    known = [await rig.one.get(path, DEVICE, "Address") is not None for path in (FIRST, SECOND)]
    return said, known


async def cancelling(rig: Rig) -> object:
    """Disconnect ends a Connect that is under way."""
    await rig.scanned()
    await rig.carrier.fall_silent(STRAP)
    connecting = asyncio.ensure_future(rig.one.call(FIRST, DEVICE, "Connect"))
    await asyncio.sleep(UNDER_WAY_S)
    return await rig.two.call(FIRST, DEVICE, "Disconnect"), await connecting


class Rule(NamedTuple):
    """What is done, and what is seen."""

    act: Callable[[Rig], Awaitable[object]]
    seen: object


NO_DISCOVERY, NO_SESSION = "Failed: No discovery started", "Failed: No notify session started"
SERVICES = ["1800", "1801", "180a", "180d", "180f"]
BOTH = {"Connected": False, "ServicesResolved": False}

RULES: dict[str, Rule] = {
    "discovery": Rule(discovery, ([NO_DISCOVERY, OK, "InProgress", OK, OK], True)),
    "connecting": Rule(connecting, (OK, [["Connected"], True, ["ServicesResolved", "UUIDs"]], SERVICES, OK)),
    "subscribing": Rule(subscribing, (["NotSupported", NO_SESSION, OK, OK, OK, "InProgress", OK], [True])),
    "leaving": Rule(leaving, (OK, True)),
    "losing": Rule(losing, ([BOTH], ["Failed: Not connected", "InProgress", OK, OK, OK])),
    "disconnecting": Rule(
        disconnecting,
        ([{"ServicesResolved": False}, {"Connected": False}], [OK, OK, OK, "DoesNotExist"]),
    ),
    "reading": Rule(reading, [OK, "NotPermitted", "NotSupported", "NotPermitted"]),
    "without power": Rule(
        without_power,
        (
            ["Connected", "Powered"],
            [OK, "NotReady", "Failed: Input/output error", OK, "UnknownObject"],
        ),
    ),
    "giving up": Rule(
        giving_up,
        (
            ["Failed: Operation already in progress", "Failed: le-connection-abort-by-local"],
            [True, False],
        ),
    ),
    "cancelling": Rule(cancelling, (OK, "Failed: br-connection-canceled")),
}
