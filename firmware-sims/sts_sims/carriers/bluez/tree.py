"""The D-Bus objects of org.bluez with their properties; every change is told as the signal BlueZ sends."""

from collections.abc import Callable

from dbus_fast import Message, MessageType, Variant

from sts_sims.carriers.bluez.errors import INVALID_ARGS, BluezError, unknown_object

OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

Properties = dict[str, Variant]
Interfaces = dict[str, Properties]


def _signal(path: str, interface: str, member: str, signature: str, body: list[object]) -> Message:
    return Message(
        message_type=MessageType.SIGNAL,
        path=path,
        interface=interface,
        member=member,
        signature=signature,
        body=body,
    )


class ObjectTree:
    """All objects by path. `tell` takes each signal in the order of the changes."""

    def __init__(self, tell: Callable[[Message], None]) -> None:
        self._objects: dict[str, Interfaces] = {}
        self._tell = tell

    def __contains__(self, path: str) -> bool:
        return path in self._objects

    def all(self) -> dict[str, Interfaces]:
        """What GetManagedObjects answers: a copy, because it is sent later."""
        return {p: {i: dict(properties) for i, properties in o.items()} for p, o in self._objects.items()}

    def clear(self) -> None:
        """bluetoothd died: nothing is left and nothing is told."""
        self._objects.clear()

    def under(self, path: str) -> list[str]:
        """The paths of an object and of everything below it, the deepest first."""
        found = [p for p in self._objects if p == path or p.startswith(path + "/")]
        return sorted(found, key=lambda p: -p.count("/"))

    def add(self, path: str, interfaces: Interfaces) -> None:
        """Make an object (InterfacesAdded); nothing when it is there already."""
        if path not in self._objects:
            self._objects[path] = interfaces
            told = {name: dict(properties) for name, properties in interfaces.items()}
            self._tell(_signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, told]))

    def extend(self, path: str, interface: str, properties: Properties) -> None:
        """Give an object one more interface (InterfacesAdded); nothing when it has it, or is not there."""
        if path in self._objects and interface not in self._objects[path]:
            self._objects[path][interface] = properties
            told = {interface: dict(properties)}
            self._tell(_signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, told]))

    def shorten(self, path: str, interface: str) -> None:
        """Take one interface away (InterfacesRemoved)."""
        if path in self._objects and self._objects[path].pop(interface, None) is not None:
            self._tell(_signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, [interface]]))

    def remove(self, path: str) -> None:
        """Take an object and all below it away (InterfacesRemoved)."""
        for gone in self.under(path):
            interfaces = list(self._objects.pop(gone))
            self._tell(_signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [gone, interfaces]))

    def change(self, path: str, interface: str, changed: Properties, gone: tuple[str, ...] = ()) -> None:
        """Set properties and take others away (PropertiesChanged); nothing when the object is not there.

        Signals go out even when the value is the old one: two equal notifications are two signals.
        """
        if path not in self._objects:
            return
        properties = self._objects[path][interface]
        properties.update(changed)
        for name in gone:
            properties.pop(name, None)
        body: list[object] = [interface, changed, list(gone)]
        self._tell(_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body))

    def properties(self, path: str, interface: str) -> Properties:
        """All properties of one interface, as GetAll answers them."""
        try:
            interfaces = self._objects[path]
        except KeyError:
            raise unknown_object(path) from None
        if interface not in interfaces:
            raise BluezError(INVALID_ARGS, f"No such interface '{interface}'")
        return interfaces[interface]

    def get(self, path: str, interface: str, name: str) -> Variant:
        """One property, as Get answers it."""
        properties = self.properties(path, interface)
        if name not in properties:
            raise BluezError(INVALID_ARGS, f"No such property '{name}'")
        return properties[name]
