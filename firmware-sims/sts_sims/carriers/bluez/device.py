"""One remote sensor as BlueZ shows it: advert, link, services, notify registrations."""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dbus_fast import Variant

from sts_sims.carriers.bluez.errors import BluezError, does_not_exist, failed, in_progress
from sts_sims.carriers.bluez.faults import NotificationFault, ServicesFault
from sts_sims.carriers.bluez.tree import Interfaces, ObjectTree, Properties
from sts_sims.peripheral import (
    FIRST_HANDLE,
    INDICATE,
    NOTIFY,
    READ,
    WRITE,
    Advert,
    Characteristic,
    Peripheral,
    Service,
    uuid16,
)

DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
DESCRIPTOR = "org.bluez.GattDescriptor1"
BATTERY = "org.bluez.Battery1"
CLIENT_CONFIGURATION = uuid16(0x2902)
BATTERY_LEVEL = uuid16(0x2A19)

# The ATT MTU that BlueZ and a modern strap agree on.
MTU = 247
# Seen on BlueZ 5.66: the generic attribute service of a sensor is shown, its generic access service is not.
GENERIC_ATTRIBUTE_HANDLE = 0x0006
GENERIC_ACCESS, GENERIC_ATTRIBUTE = uuid16(0x1800), uuid16(0x1801)
SERVICE_CHANGED, CLIENT_FEATURES, DATABASE_HASH = uuid16(0x2A05), uuid16(0x2B29), uuid16(0x2B2A)
# The types of WriteValue, by the flag that a characteristic must have for it (bluez src/gatt-client.c).
WRITE_FLAGS = {"request": WRITE, "command": "write-without-response", "reliable": "reliable-write"}
# "late": a strap may hold measurements back this long (polarofficial/polar-ble-sdk issue 80 tells 3 to 4 s).
LATE_S = 3.0
# What a good receiver still understands at 1 Mbit/s (data sheets; the Core asks for -70 dBm).
WEAKEST_DBM = -95
# "bunched": a stack that was busy hands over what it held in one go.
BUNCH = 4


@dataclass(slots=True)
class Attribute:
    """One characteristic on the bus: who is registered for it, by D-Bus client."""

    path: str
    model: Characteristic
    registered: list[str] = field(default_factory=list)
    acquired: socket.socket | None = None
    acquired_by: str | None = None


class Device:
    """A sensor in BlueZ's view. Reasons for not delivering are words for the truth log."""

    def __init__(self, tree: ObjectTree, adapter_path: str, peripheral: Peripheral) -> None:
        self.peripheral = peripheral
        self.address = peripheral.address
        self.connected = False
        self.connecting: asyncio.Task[object] | None = None
        self.connected_at_start = False
        self.kept = False
        self.on_air = True
        self.rssi_dbm = peripheral.advert.rssi_dbm
        self.muted = False
        self.seen_s = 0.0
        self.services_fault: ServicesFault | None = None
        self.notification_fault: NotificationFault | None = None
        self._tree = tree
        self._adapter_path = adapter_path
        self._attributes: dict[str, Attribute] = {}
        self._bunch: deque[tuple[str, bytes]] = deque()
        self._told_data: Properties = {}

    @property
    def path(self) -> str:
        return f"{self._adapter_path}/dev_{self.address.replace(':', '_')}"

    @property
    def known(self) -> bool:
        """True while BlueZ holds an object for it."""
        return self.path in self._tree

    # the air

    def advertise(self, now_s: float, rssi_dbm: int) -> None:
        """One advert was heard: the object appears, or its RSSI changes, and data that are not those of before.

        BlueZ tells data that stayed the same only to whoever asks for duplicates, and bleak does not.
        """
        self.seen_s = now_s
        data = _advert_data(self.peripheral.advert)
        if self.known:
            changes = {name: told for name, told in data.items() if told != self._told_data.get(name)}
            self._tree.change(self.path, DEVICE, {"RSSI": Variant("n", rssi_dbm), **changes})
        else:
            self._tree.add(self.path, {DEVICE: self._first_properties(rssi_dbm) | data})
        self._told_data = data

    def forget_signal(self) -> None:
        """Discovery stopped: BlueZ takes the RSSI back."""
        if self.known and "RSSI" in self._tree.properties(self.path, DEVICE):
            self._tree.change(self.path, DEVICE, {}, gone=("RSSI",))

    def move(self, rssi_dbm: int) -> None:
        """The sensor goes where this radio hears it so strong; beyond its reach there are no adverts and no link."""
        self.rssi_dbm = rssi_dbm
        self.on_air = rssi_dbm >= WEAKEST_DBM
        if not self.on_air:
            self.link_lost()

    # the link

    def link_up(self) -> None:
        """The radio link stands: BlueZ says Connected, services follow."""
        self.connected = True
        self._change(Connected=Variant("b", True))

    def resolve(self, late_s: float) -> None:
        """Service discovery is done. A `late` tree comes after that word, an empty one never.

        `late_s`: how long after it (bluez/bluez#1489).
        """
        if not self.connected:
            return
        if self.services_fault is None:
            self._export_services()
        elif self.services_fault == "late":
            asyncio.get_running_loop().call_later(late_s, self._export_services)
        self._change(ServicesResolved=Variant("b", True), UUIDs=Variant("as", self._offered()))
        self._tell_battery()
        for attribute in self._attributes.values():
            self._tell_notifying(attribute)

    def link_lost(self) -> None:
        """The link ended. Notify registrations stay: they belong to the D-Bus client (seen on BlueZ 5.66)."""
        if self._end_link():
            self._change(ServicesResolved=Variant("b", False), Connected=Variant("b", False))
            self._tree.shorten(self.path, BATTERY)

    def link_ended(self) -> None:
        """The same on a client's order, which BlueZ tells in two words."""
        if self._end_link():
            self._tree.shorten(self.path, BATTERY)
            self._change(ServicesResolved=Variant("b", False))
            self._change(Connected=Variant("b", False))

    def _end_link(self) -> bool:
        """Whether there was one."""
        if not self.connected:
            return False
        self.connected = False
        self.kept = False
        self._bunch.clear()
        for attribute in self._attributes.values():
            self._release(attribute)
        return True

    def flip(self) -> None:
        """An aborted connect: BlueZ shows Connected for a moment (seen by bleak, its issue 1673)."""
        self._change(Connected=Variant("b", True))
        self._change(Connected=Variant("b", False))

    def forget(self) -> None:
        """The object leaves the bus with everything below it, and a connect that is under way ends."""
        if self.connecting is not None:
            self.connecting.cancel()
        self.link_lost()
        self._attributes.clear()
        self._tree.remove(self.path)

    def vanish(self) -> None:
        """bluetoothd died: nothing is told to anyone."""
        self.connected = False
        for attribute in self._attributes.values():
            self._release(attribute)
        self._attributes.clear()

    # values

    def attribute(self, path: str) -> Attribute:
        """The characteristic behind an object path."""
        if path not in self._attributes:
            raise does_not_exist()
        return self._attributes[path]

    def read(self, path: str) -> bytes:
        """Answer ReadValue: the value is also told as a change, as BlueZ does."""
        attribute = self.attribute(path)
        self._must_be_connected()
        if "read" not in attribute.model.flags:
            raise BluezError("NotPermitted", "Read not permitted")
        self._tell_value(path, attribute.model.value)
        return attribute.model.value

    def write(self, path: str, value: bytes, how: str | None) -> Sequence[bytes]:
        """Answer WriteValue; what the sensor indicates because of it, to be sent behind the reply.

        `how`: the type that the client asks for, None when it leaves it to BlueZ.
        """
        model = self.attribute(path).model
        self._must_be_connected()
        writable = any(flag.startswith("write") for flag in model.flags)
        if (how is None and not writable) or (how is not None and how not in WRITE_FLAGS):
            raise BluezError("NotSupported", "Operation is not supported")
        if how is not None and WRITE_FLAGS[how] not in model.flags:  # the sensor refuses it
            raise BluezError("NotPermitted", "Write not permitted")
        if model.answers is not None:
            return model.answers(value)
        model.value = value
        return ()

    def indicate(self, path: str, values: Sequence[bytes]) -> None:
        """Send indications of one characteristic to whoever is registered."""
        uuid = self.attribute(path).model.uuid
        for value in values:
            self.notify(uuid, value)

    def register(self, path: str, client: str) -> None:
        """StartNotify: one registration for each D-Bus client, kept over a loss of the link.

        Asked twice it is done already; without a link it waits for the next one.
        """
        attribute = self.attribute(path)
        self._must_notify(attribute)
        if client in attribute.registered:
            if not self.connected:
                raise in_progress("In Progress")
            return
        attribute.registered.append(client)
        if self.notification_fault == "early":
            self._tell_value(path, attribute.model.value)
        self._tell_notifying(attribute)

    def unregister(self, path: str, client: str) -> None:
        """StopNotify."""
        attribute = self.attribute(path)
        if client not in attribute.registered:
            raise failed("No notify session started")
        attribute.registered.remove(client)
        self._tell_notifying(attribute)

    def acquire(self, path: str, client: str) -> socket.socket:
        """AcquireNotify: the client's end of a pair of sockets; one datagram is one notification."""
        attribute = self.attribute(path)
        self._must_be_connected()
        self._must_notify(attribute)
        if NOTIFY not in attribute.model.flags:
            raise BluezError("NotSupported", "Operation is not supported")
        if attribute.registered:
            raise in_progress("In Progress")
        if attribute.acquired is not None:
            raise BluezError("NotPermitted", "Notify acquired")
        attribute.acquired, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        attribute.acquired.setblocking(False)
        attribute.acquired_by = client
        self._tree.change(path, CHARACTERISTIC, {"NotifyAcquired": Variant("b", True)})
        return theirs

    def client_left(self, client: str) -> None:
        """A D-Bus client left the bus: its registrations end."""
        for attribute in self._attributes.values():
            if client in attribute.registered:
                self.unregister(attribute.path, client)
            if attribute.acquired_by == client:
                self._release(attribute)

    def notify(self, uuid: str, value: bytes) -> str | None:
        """Send a notification; None when at least one client was told, else the reason why not."""
        if not self.connected:
            return "no_link"
        if self.muted:
            return "muted"
        attribute = next((a for a in self._attributes.values() if a.model.uuid == uuid), None)
        if attribute is None or not (attribute.registered or attribute.acquired):
            return "not_subscribed"
        return self._with_fault(attribute.path, value)

    def _with_fault(self, path: str, value: bytes) -> str | None:
        if self.notification_fault == "lost":
            return "lost"
        if self.notification_fault == "empty":
            self._deliver(path, b"")
            return "emptied"
        if self.notification_fault == "late":
            asyncio.get_running_loop().call_later(LATE_S, self._deliver, path, value)
        elif self.notification_fault == "bunched":
            self._gather(path, value)
        else:
            self._deliver(path, value)
        return None

    def _gather(self, path: str, value: bytes) -> None:
        self._bunch.append((path, value))
        if len(self._bunch) == BUNCH:
            while self._bunch:
                self._deliver(*self._bunch.popleft())

    def _deliver(self, path: str, value: bytes) -> None:
        attribute = self._attributes.get(path)
        if attribute is None or not self.connected:
            return
        for _client in attribute.registered:
            self._tell_value(path, value)
        if attribute.acquired is not None:
            with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
                attribute.acquired.send(value)

    def _tell_value(self, path: str, value: bytes) -> None:
        self._tree.change(path, CHARACTERISTIC, {"Value": Variant("ay", value)})

    def _tell_notifying(self, attribute: Attribute) -> None:
        """Told when it changes, and only over a link."""
        now = bool(attribute.registered)
        before = self._tree.properties(attribute.path, CHARACTERISTIC)["Notifying"].value
        if now != before and (self.connected or not now):
            self._tree.change(attribute.path, CHARACTERISTIC, {"Notifying": Variant("b", now)})

    def _tell_battery(self) -> None:
        """BlueZ reads a battery service by itself and shows it beside the device."""
        level = next(
            (a.model.value for a in self._attributes.values() if a.model.uuid == BATTERY_LEVEL), None
        )
        if level:
            told = {"Percentage": Variant("y", level[0]), "Source": Variant("s", "GATT Battery Service")}
            self._tree.extend(self.path, BATTERY, told)

    def _release(self, attribute: Attribute) -> None:
        if attribute.acquired is not None:
            attribute.acquired.close()
            attribute.acquired = None
            attribute.acquired_by = None
            self._tree.change(attribute.path, CHARACTERISTIC, {"NotifyAcquired": Variant("b", False)})

    def _must_be_connected(self) -> None:
        if not self.connected:
            raise failed("Not connected")

    @staticmethod
    def _must_notify(attribute: Attribute) -> None:
        if not attribute.model.subscribable:
            raise BluezError("NotSupported", "Operation is not supported")

    # the objects

    def _offered(self) -> list[str]:
        """The services as Device1 lists them: the generic ones too, in order."""
        return sorted([GENERIC_ACCESS, GENERIC_ATTRIBUTE, *(s.uuid for s in self.peripheral.services)])

    def _change(self, **changed: Variant) -> None:
        self._tree.change(self.path, DEVICE, changed)

    def _first_properties(self, rssi_dbm: int) -> Properties:
        return {
            "Address": Variant("s", self.address),
            "AddressType": Variant("s", "random"),
            "Name": Variant("s", self.peripheral.name),
            "Alias": Variant("s", self.peripheral.name),
            "Adapter": Variant("o", self._adapter_path),
            "Paired": Variant("b", False),
            "Bonded": Variant("b", False),
            "Trusted": Variant("b", False),
            "Blocked": Variant("b", False),
            "Connected": Variant("b", self.connected),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", list(self.peripheral.advert.uuids)),
            "RSSI": Variant("n", rssi_dbm),
        }

    def _export_services(self) -> None:
        for path, interfaces in self._gatt_objects():
            self._tree.add(path, interfaces)

    def _gatt_objects(self) -> Iterator[tuple[str, Interfaces]]:
        """Services, characteristics, descriptors; BlueZ writes the ATT handle into the path."""
        yield from self._service_objects([generic_attribute_service()], GENERIC_ATTRIBUTE_HANDLE)
        yield from self._service_objects(self.peripheral.services, FIRST_HANDLE)

    def _service_objects(self, services: Sequence[Service], handle: int) -> Iterator[tuple[str, Interfaces]]:
        for service in services:
            service_path = f"{self.path}/service{handle:04x}"
            yield service_path, {SERVICE: self._service_properties(service.uuid)}
            handle += 1
            for model in service.characteristics:
                path = f"{service_path}/char{handle:04x}"
                self._attributes.setdefault(path, Attribute(path, model))
                yield path, {CHARACTERISTIC: _characteristic_properties(service_path, model)}
                handle += 2  # the declaration and the value
                if model.subscribable:
                    yield f"{path}/desc{handle:04x}", {DESCRIPTOR: _configuration_properties(path)}
                    handle += 1

    def _service_properties(self, uuid: str) -> Properties:
        return {
            "UUID": Variant("s", uuid),
            "Device": Variant("o", self.path),
            "Primary": Variant("b", True),
            "Includes": Variant("ao", []),
        }


def generic_attribute_service() -> Service:
    """What every server has that may change its table (Core specification, Vol 3, Part G, 7)."""
    return Service(
        GENERIC_ATTRIBUTE,
        [
            Characteristic(SERVICE_CHANGED, (INDICATE,)),
            Characteristic(CLIENT_FEATURES, (READ, WRITE), b"\x00"),
            Characteristic(DATABASE_HASH, (READ,), bytes(16)),
        ],
    )


def _characteristic_properties(service_path: str, model: Characteristic) -> Properties:
    properties = {
        "UUID": Variant("s", model.uuid),
        "Service": Variant("o", service_path),
        "Flags": Variant("as", list(model.flags)),
        "Value": Variant("ay", b""),
        "Notifying": Variant("b", False),
        "MTU": Variant("q", MTU),
    }
    if NOTIFY in model.flags:  # indications cannot be acquired (bluez src/gatt-client.c)
        properties["NotifyAcquired"] = Variant("b", False)
    if "write-without-response" in model.flags:
        properties["WriteAcquired"] = Variant("b", False)
    return properties


def _configuration_properties(path: str) -> Properties:
    return {
        "UUID": Variant("s", CLIENT_CONFIGURATION),
        "Characteristic": Variant("o", path),
        "Value": Variant("ay", b""),
    }


def _advert_data(advert: Advert) -> Properties:
    """What an advert carries besides names, where it carries something."""
    companies = {number: Variant("ay", value) for number, value in advert.manufacturer_data.items()}
    services = {uuid: Variant("ay", value) for uuid, value in advert.service_data.items()}
    told = {"ManufacturerData": Variant("a{qv}", companies), "ServiceData": Variant("a{sv}", services)}
    return {name: one for name, one in told.items() if one.value}
