"""The D-Bus methods that are answered, as a table of (interface, member)."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from dbus_fast import Variant

from sts_sims.carriers.bluez.adapter import ADAPTER, MONITOR_MANAGER, Adapter
from sts_sims.carriers.bluez.device import CHARACTERISTIC, DESCRIPTOR, DEVICE, MTU, Device
from sts_sims.carriers.bluez.errors import (
    ABORT_BY_LOCAL,
    UNKNOWN_METHOD,
    BluezError,
    failed,
)
from sts_sims.carriers.bluez.faults import CallFault, FaultBook, as_error
from sts_sims.carriers.bluez.tree import OBJECT_MANAGER, PROPERTIES, ObjectTree

# A connect that cannot come about, because the sensor is silent or the controller refuses another link, is answered
# only when the kernel's patience ends (include/net/bluetooth/l2cap.h, L2CAP_CONN_TIMEOUT; seen: 40.1 s to 41.5 s).
CONNECT_TIMEOUT_S = 40.0
# A `late` service tree comes this long after ServicesResolved.
LATE_SERVICES_S = 0.5


class Call(NamedTuple):
    """A method call as it came."""

    sender: str
    path: str
    body: list[Any]


class Reply(NamedTuple):
    """What goes back; `after` runs behind the reply, in order."""

    signature: str = ""
    body: tuple[object, ...] = ()
    fds: tuple[int, ...] = ()
    after: Callable[[], None] | None = None


class World(NamedTuple):
    """What a method may touch. `connect_s`, `disconnect_s`: how long these take; `call_back` calls a client's
    method."""

    tree: ObjectTree
    adapter: Adapter
    faults: FaultBook
    connect_s: float
    disconnect_s: float
    call_back: Callable[[str, str, str, str, list[object]], None]


Method = Callable[[World, Call], Awaitable[Reply]]
DONE = Reply()


async def answer(world: World, interface: str, member: str, call: Call) -> Reply:
    """Answer one call, or raise BluezError. A call that a fault swallows never returns."""
    fault = world.faults.take(member, world.adapter.owner_of(call.path))
    if fault is not None:
        await _suffer(world, fault, member, call)
    method = METHODS.get((interface, member))
    if method is None:
        text = f'Method "{member}" with interface "{interface}" doesn\'t exist'
        raise BluezError(UNKNOWN_METHOD, text)
    return await method(world, call)


async def _suffer(world: World, fault: CallFault, member: str, call: Call) -> None:
    if fault.error is None:
        await asyncio.Event().wait()
    if member == "StopDiscovery":
        # bluetoothd has dropped the session by the time it relays the kernel's refusal (bleak#2021).
        world.adapter.stop_discovery(call.sender)
    if fault.text == ABORT_BY_LOCAL:
        world.adapter.device_at(call.path).flip()
    raise as_error(fault)


# org.freedesktop.DBus


async def _managed_objects(world: World, call: Call) -> Reply:
    return Reply("a{oa{sa{sv}}}", (world.tree.all(),))


async def _get(world: World, call: Call) -> Reply:
    interface, name = call.body
    return Reply("v", (world.tree.get(call.path, interface, name),))


async def _get_all(world: World, call: Call) -> Reply:
    return Reply("a{sv}", (dict(world.tree.properties(call.path, call.body[0])),))


async def _set(world: World, call: Call) -> Reply:
    interface, name, value = call.body
    world.tree.get(call.path, interface, name)
    if (interface, name) == (ADAPTER, "Powered"):
        world.adapter.switch(value.value)
        return Reply(after=world.adapter.tell_power)
    world.tree.change(call.path, interface, {name: value})
    return DONE


# org.bluez.Adapter1 and its monitors


async def _set_discovery_filter(world: World, call: Call) -> Reply:
    return DONE


async def _start_discovery(world: World, call: Call) -> Reply:
    world.adapter.start_discovery(call.sender)
    return DONE


async def _stop_discovery(world: World, call: Call) -> Reply:
    world.adapter.stop_discovery(call.sender)
    return DONE


async def _remove_device(world: World, call: Call) -> Reply:
    world.adapter.remove(call.body[0])
    return DONE


async def _register_monitor(world: World, call: Call) -> Reply:
    path = call.body[0]
    world.adapter.register_monitor(call.sender, path)

    # bleak exports its monitor only after this reply, and BlueZ calls it only then.
    def activate() -> None:
        world.call_back(call.sender, path, "org.bluez.AdvertisementMonitor1", "Activate", [])

    return Reply(after=activate)


async def _unregister_monitor(world: World, call: Call) -> Reply:
    world.adapter.unregister_monitor(call.sender, call.body[0])
    return DONE


# org.bluez.Device1


async def _connect(world: World, call: Call) -> Reply:
    device = world.adapter.device_at(call.path)
    _must_have_power(world)
    if device.connected:
        return DONE
    if device.connecting is not None:
        raise failed("Operation already in progress")
    device.connecting = asyncio.current_task()
    device.kept = True
    try:
        await _establish(world, device)
    finally:
        device.connecting = None
    # The reply comes as soon as the link stands; what the sensor offers is found out behind it.
    return Reply(after=lambda: device.resolve(late_s=LATE_SERVICES_S))


def _must_have_power(world: World) -> None:
    if not world.adapter.powered:
        raise failed("Input/output error")


async def _establish(world: World, device: Device) -> None:
    if not world.adapter.reaches(device) or world.adapter.full:
        await asyncio.sleep(CONNECT_TIMEOUT_S)
        raise failed(ABORT_BY_LOCAL)
    await asyncio.sleep(world.connect_s)
    _must_have_power(world)
    device.link_up()


async def _disconnect(world: World, call: Call) -> Reply:
    device = world.adapter.device_at(call.path)
    if device.connecting is not None:
        device.connecting.cancel()
    elif device.connected:
        await asyncio.sleep(world.disconnect_s)
        device.link_ended()
    return DONE


async def _pair(world: World, call: Call) -> Reply:
    connected = await _connect(world, call)
    world.tree.change(call.path, DEVICE, {"Paired": Variant("b", True), "Bonded": Variant("b", True)})
    return connected


# org.bluez.GattCharacteristic1 and GattDescriptor1


async def _read_value(world: World, call: Call) -> Reply:
    return Reply("ay", (world.adapter.device_at(call.path).read(call.path),))


async def _write_value(world: World, call: Call) -> Reply:
    value, options = call.body
    how = options["type"].value if "type" in options else None
    device = world.adapter.device_at(call.path)
    indications = device.write(call.path, bytes(value), how)
    return Reply(after=lambda: device.indicate(call.path, indications))


async def _start_notify(world: World, call: Call) -> Reply:
    world.adapter.device_at(call.path).register(call.path, call.sender)
    return DONE


async def _stop_notify(world: World, call: Call) -> Reply:
    world.adapter.device_at(call.path).unregister(call.path, call.sender)
    return DONE


async def _acquire_notify(world: World, call: Call) -> Reply:
    theirs = world.adapter.device_at(call.path).acquire(call.path, call.sender)
    # The file descriptor travels with the reply; our copy of the client's end must not outlive it.
    fd = theirs.detach()
    return Reply("hq", (0, MTU), (fd,), after=lambda: os.close(fd))


async def _read_descriptor(world: World, call: Call) -> Reply:
    return Reply("ay", (world.tree.get(call.path, DESCRIPTOR, "Value").value,))


METHODS: dict[tuple[str, str], Method] = {
    (OBJECT_MANAGER, "GetManagedObjects"): _managed_objects,
    (PROPERTIES, "Get"): _get,
    (PROPERTIES, "GetAll"): _get_all,
    (PROPERTIES, "Set"): _set,
    (ADAPTER, "SetDiscoveryFilter"): _set_discovery_filter,
    (ADAPTER, "StartDiscovery"): _start_discovery,
    (ADAPTER, "StopDiscovery"): _stop_discovery,
    (ADAPTER, "RemoveDevice"): _remove_device,
    (MONITOR_MANAGER, "RegisterMonitor"): _register_monitor,
    (MONITOR_MANAGER, "UnregisterMonitor"): _unregister_monitor,
    (DEVICE, "Connect"): _connect,
    (DEVICE, "Disconnect"): _disconnect,
    (DEVICE, "Pair"): _pair,
    (CHARACTERISTIC, "ReadValue"): _read_value,
    (CHARACTERISTIC, "WriteValue"): _write_value,
    (CHARACTERISTIC, "StartNotify"): _start_notify,
    (CHARACTERISTIC, "StopNotify"): _stop_notify,
    (CHARACTERISTIC, "AcquireNotify"): _acquire_notify,
    (DESCRIPTOR, "ReadValue"): _read_descriptor,
}
