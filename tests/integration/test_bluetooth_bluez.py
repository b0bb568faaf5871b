"""The stand-in for bluetoothd answers as BlueZ does, seen by bleak and by plain D-Bus calls."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.args.bluez import OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.device import BLEDevice
from bleak.exc import BleakBluetoothNotAvailableError, BleakError, BleakGATTProtocolError
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from bluetooth_air import MUTE_HZ, PATIENCE_S, Air, on_air, scenario, strap_address, until
from integration.test_bluetooth import frame
from sts_sims.carriers.bluez import adapter as bluez_adapter
from sts_sims.heart_strap import BATTERY_LEVEL, BODY_SENSOR_LOCATION, HEART_RATE_MEASUREMENT

ADAPTER_PATH = "/org/bluez/hci0"
DEVICE_PATH = ADAPTER_PATH + "/dev_" + strap_address(1).replace(":", "_")
PROPERTIES = "org.freedesktop.DBus.Properties"
ADAPTER = "org.bluez.Adapter1"


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[Air]:
    async with on_air(tmp_path, scenario(1, rate_hz=MUTE_HZ)) as made:
        yield made


@contextlib.asynccontextmanager
async def connected(**client: Any) -> AsyncIterator[BleakClient]:
    device = await BleakScanner.find_device_by_address(strap_address(1), timeout=PATIENCE_S)
    assert device is not None
    async with BleakClient(device, **client) as made:
        yield made


@contextlib.asynccontextmanager
async def own_bus(air: Air) -> AsyncIterator[MessageBus]:
    """A D-Bus client of our own, beside bleak's."""
    bus = await MessageBus(bus_address=air.bus.address, negotiate_unix_fd=True).connect()
    try:
        yield bus
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()


async def call(
    bus: MessageBus, path: str, interface: str, member: str, signature: str = "", body: tuple[Any, ...] = ()
) -> Message:
    return await bus.call(
        Message(
            destination="org.bluez",
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
    )


async def scan_until_it_fails() -> None:
    while True:
        await BleakScanner.discover(timeout=0.01)


async def scan_until_it_finds() -> None:
    found = None
    while found is None:
        await asyncio.sleep(0.01)
        with contextlib.suppress(BleakError):
            found = await BleakScanner.find_device_by_address(strap_address(1), timeout=1.0)


async def discovering(bus: MessageBus) -> bool:
    reply = await call(bus, ADAPTER_PATH, PROPERTIES, "Get", "ss", (ADAPTER, "Discovering"))
    return bool(reply.body[0].value)


# Values


@pytest.mark.parametrize("use_start_notify", [True, False], ids=["StartNotify", "AcquireNotify"])
async def test_a_thousand_notifications_arrive_in_order(air: Air, use_start_notify: bool) -> None:
    heard: list[bytes] = []
    async with connected() as client:
        await client.start_notify(
            HEART_RATE_MEASUREMENT,
            lambda _c, data: heard.append(bytes(data)),
            bluez={"use_start_notify": use_start_notify},
        )
        said = [frame(60, number) for number in range(1000)]
        for number, one in enumerate(said):
            assert air.say(one) is None
            if number % 10 == 0:
                await asyncio.sleep(0.005)
        await until(lambda: len(heard) >= len(said))
    assert heard == said


async def test_what_is_written_to_be_read_is_read_and_nothing_else(air: Air) -> None:
    async with connected() as client:
        assert await client.read_gatt_char(BODY_SENSOR_LOCATION) == b"\x01"
        assert await client.read_gatt_char(BATTERY_LEVEL) == bytes([100])
        with pytest.raises(BleakGATTProtocolError):
            await client.read_gatt_char(HEART_RATE_MEASUREMENT)
        with pytest.raises(BleakError):
            await client.write_gatt_char(BATTERY_LEVEL, b"\x00", response=True)


async def test_a_read_is_told_to_subscribers_too(air: Air) -> None:
    heard: list[bytes] = []
    async with connected() as client:
        await client.start_notify(BATTERY_LEVEL, lambda _c, data: heard.append(bytes(data)))
        await client.read_gatt_char(BATTERY_LEVEL)
        await until(lambda: heard == [bytes([100])])


async def test_a_characteristic_that_does_not_notify_cannot_be_subscribed(air: Air) -> None:
    async with connected() as client:
        with pytest.raises(BleakError):
            await client.start_notify(BODY_SENSOR_LOCATION, lambda _c, _d: None)


async def test_a_second_descriptor_for_one_characteristic_is_not_permitted(air: Air) -> None:
    async with connected() as client:
        await client.start_notify(
            HEART_RATE_MEASUREMENT, lambda _c, _d: None, bluez={"use_start_notify": False}
        )
        path = client.services.get_characteristic(HEART_RATE_MEASUREMENT).obj[0]
        async with own_bus(air) as other:
            reply = await call(other, path, "org.bluez.GattCharacteristic1", "AcquireNotify", "a{sv}", ({},))
    assert reply.error_name == "org.bluez.Error.NotPermitted"


# Registrations belong to D-Bus clients


async def test_a_registration_survives_a_loss_and_ends_when_its_client_leaves_the_bus(air: Air) -> None:
    device = air.show.daemon.device("hr-01")
    async with own_bus(air) as other:
        await call(other, ADAPTER_PATH, ADAPTER, "StartDiscovery")
        await until(lambda: device.known)
        await call(other, DEVICE_PATH, "org.bluez.Device1", "Connect")
        await until(lambda: any(_is_measurement(o) for o in air.show.daemon._tree.all().values()))
        path = next(p for p, o in air.show.daemon._tree.all().items() if _is_measurement(o))
        await call(other, path, "org.bluez.GattCharacteristic1", "StartNotify")
        air.order("drop", strap="hr-01")
        await call(other, DEVICE_PATH, "org.bluez.Device1", "Connect")
        assert air.say(frame(60)) is None
    await until(lambda: air.say(frame(61)) == "not_subscribed")
    assert device.connected, (
        "a client that leaves takes its registrations along, not the link (bluez/bluez#89)"
    )


def _is_measurement(interfaces: dict[str, dict[str, Variant]]) -> bool:
    uuid = interfaces.get("org.bluez.GattCharacteristic1", {}).get("UUID")
    return uuid is not None and uuid.value == HEART_RATE_MEASUREMENT


async def test_a_device_that_is_forgotten_while_it_is_connected_to_has_no_link_and_is_heard_again(
    air: Air,
) -> None:
    device = air.show.daemon.device("hr-01")
    async with own_bus(air) as bus:
        await call(bus, ADAPTER_PATH, ADAPTER, "StartDiscovery")
        await until(lambda: device.known)
        connecting = asyncio.create_task(call(bus, DEVICE_PATH, "org.bluez.Device1", "Connect"))
        while device.connecting is None:  # noqa: ASYNC110 - it is for a thousandth of a second
            await asyncio.sleep(0)
        air.order("forget", strap="hr-01")
        reply = await connecting
        assert reply.error_name == "org.bluez.Error.Failed"
        assert not device.connected
        await until(lambda: device.known)


# Discovery


async def test_discovery_is_counted_for_each_client(air: Air) -> None:
    async with own_bus(air) as one, own_bus(air) as two:
        for bus in (one, two):
            await call(bus, ADAPTER_PATH, ADAPTER, "StartDiscovery")
        again = await call(one, ADAPTER_PATH, ADAPTER, "StartDiscovery")
        assert again.error_name == "org.bluez.Error.InProgress"
        await call(one, ADAPTER_PATH, ADAPTER, "StopDiscovery")
        assert await discovering(two)
    async with own_bus(air) as three:
        assert not await discovering(three), "the second client has left the bus"


async def test_when_discovery_stops_the_signal_strength_is_taken_back(air: Air) -> None:
    device = air.show.daemon.device("hr-01")
    tree = air.show.daemon._tree
    async with own_bus(air) as bus:
        await call(bus, ADAPTER_PATH, ADAPTER, "StartDiscovery")
        await until(lambda: device.known)
        assert "RSSI" in tree.properties(DEVICE_PATH, "org.bluez.Device1")
        await call(bus, ADAPTER_PATH, ADAPTER, "StopDiscovery")
        assert "RSSI" not in tree.properties(DEVICE_PATH, "org.bluez.Device1")


async def test_a_device_that_is_not_seen_any_more_expires(air: Air, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluez_adapter, "TEMPORARY_TIMEOUT_S", 0.1)
    assert await BleakScanner.find_device_by_address(strap_address(1), timeout=PATIENCE_S)
    await until(lambda: not air.show.daemon.device("hr-01").known)


async def test_a_passive_scan_hears_straps(air: Air) -> None:
    pattern = OrPattern(0, AdvertisementDataType.COMPLETE_LIST_SERVICE_UUID16, b"\x0d\x18")
    seen = asyncio.Event()
    async with (
        BleakScanner(lambda _d, _a: seen.set(), scanning_mode="passive", bluez={"or_patterns": [pattern]}),
        asyncio.timeout(PATIENCE_S),
    ):
        await seen.wait()


async def test_a_stop_that_is_in_progress_is_recovered_by_bleak(air: Air) -> None:
    air.order("fault", method="StopDiscovery", error="InProgress", times=1)
    async with BleakScanner():
        pass
    async with own_bus(air) as bus:
        assert not await discovering(bus)


# Power, errors, the object tree


async def test_an_adapter_plugged_in_while_bluetoothd_is_away_is_told_when_it_returns(air: Air) -> None:
    assert await BleakScanner.find_device_by_address(strap_address(1), timeout=PATIENCE_S)
    air.order("unplug")
    with pytest.raises(BleakError):
        await scan_until_it_fails()
    air.order("stop_bluez")
    await until(lambda: not air.show.daemon.ready.is_set())
    air.order("plug")
    air.order("start_bluez")
    async with asyncio.timeout(PATIENCE_S):
        await scan_until_it_finds()


async def test_without_power_bleak_says_so(air: Air) -> None:
    air.order("power_off")
    with pytest.raises(BleakBluetoothNotAvailableError):
        await BleakScanner().start()


async def test_power_is_a_property_that_can_be_set(air: Air) -> None:
    async with own_bus(air) as bus:
        for on in (False, True):
            await call(bus, ADAPTER_PATH, PROPERTIES, "Set", "ssv", (ADAPTER, "Powered", Variant("b", on)))
            reply = await call(bus, ADAPTER_PATH, PROPERTIES, "GetAll", "s", (ADAPTER,))
            assert reply.body[0]["Powered"].value is on


@pytest.mark.parametrize(
    ("path", "interface", "member", "error"),
    [
        (ADAPTER_PATH, ADAPTER, "Explode", "UnknownMethod"),
        (ADAPTER_PATH + "/dev_11_22_33_44_55_66", "org.bluez.Device1", "Connect", "UnknownObject"),
        (ADAPTER_PATH, ADAPTER, "StopDiscovery", "Failed"),
    ],
)
async def test_wrong_calls_are_answered_with_bluez_errors(
    air: Air, path: str, interface: str, member: str, error: str
) -> None:
    async with own_bus(air) as bus:
        reply = await call(bus, path, interface, member)
    assert reply.message_type is MessageType.ERROR
    assert reply.error_name is not None
    assert reply.error_name.endswith(error)


async def test_a_removed_device_cannot_be_connected(air: Air) -> None:
    seen: list[BLEDevice] = []
    async with BleakScanner(lambda device, _advert: seen.append(device)):
        await until(lambda: bool(seen))
        device = seen[-1]
        air.order("remove", strap="hr-01")
        await asyncio.sleep(0.1)
        with pytest.raises(BleakError, match="not found"):
            await BleakClient(device).connect()


async def test_a_connect_to_a_strap_that_left_the_air_ends_at_the_clients_deadline(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BlueZ ends it with abort-by-local, for which bleak tries again until its time is up."""
    monkeypatch.setattr("sts_sims.carriers.bluez.methods.CONNECT_TIMEOUT_S", 0.05)
    device = await BleakScanner.find_device_by_address(strap_address(1), timeout=PATIENCE_S)
    assert device is not None
    air.order("walk_away", strap="hr-01")
    with pytest.raises(TimeoutError):
        await BleakClient(device, timeout=0.3).connect()


async def test_a_changed_address_is_another_device(air: Air) -> None:
    air.order("readdress", strap="hr-01", address="A0:9E:1A:00:00:99")
    assert await BleakScanner.find_device_by_address("A0:9E:1A:00:00:99", timeout=PATIENCE_S)
    assert await BleakScanner.find_device_by_address(strap_address(1), timeout=0.2) is None


async def test_pairing_is_told(air: Air) -> None:
    async with connected() as client:
        await client.pair()
        tree = air.show.daemon._tree
        assert tree.get(DEVICE_PATH, "org.bluez.Device1", "Paired").value is True
