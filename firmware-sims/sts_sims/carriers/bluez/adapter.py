"""One Bluetooth adapter: power, discovery counted per D-Bus client, adverts, expiry of devices."""

import random
import time
from collections.abc import Callable, Iterable

from dbus_fast import Variant

from sts_sims.carriers.bluez.device import Device
from sts_sims.carriers.bluez.errors import does_not_exist, failed, in_progress, not_ready, unknown_object
from sts_sims.carriers.bluez.tree import ObjectTree, Properties

ADAPTER = "org.bluez.Adapter1"
MONITOR_MANAGER = "org.bluez.AdvertisementMonitorManager1"

# bluez src/main.conf, TemporaryTimeout: an unpaired device without a link leaves 30 s after it was last seen.
TEMPORARY_TIMEOUT_S = 30.0

# RSSI wavers on every advert, also when nobody moves.
RSSI_SPREAD_DB = 3


class Adapter:
    """`/org/bluez/hciN` and the devices it hears. `taken`: whether a sensor has a link to any adapter of this machine;
    then it sends no adverts and takes no other link."""

    def __init__(
        self,
        tree: ObjectTree,
        name: str,
        address: str,
        devices: Iterable[Device],
        taken: Callable[[str], bool] = lambda _sensor: False,
    ) -> None:
        self.path = f"/org/bluez/{name}"
        self.powered = True
        self.plugged = True
        self.silent = False
        self.link_limit: int | None = None
        self.devices = {device.peripheral.name: device for device in devices}
        self._taken = taken
        self._tree = tree
        self._name = name
        self._address = address
        self._discovering: set[str] = set()
        self._monitors: dict[str, set[str]] = {}
        self._chance = random.Random(name)

    # existence and power

    def appear(self) -> None:
        """The adapter is there: bluetoothd started or someone plugged it in."""
        self._tree.add(self.path, {ADAPTER: self._properties(), MONITOR_MANAGER: _monitor_properties()})
        for device in self.devices.values():
            if device.connected_at_start:
                device.advertise(time.monotonic(), device.rssi_dbm)
                device.link_up()
                device.resolve(late_s=0.0)

    def unplug(self) -> None:
        """The adapter leaves with all its devices."""
        self.plugged = False
        self._stop_everything()
        for device in self.devices.values():
            device.forget()
        self._tree.remove(self.path)

    def plug(self) -> None:
        """It is back, powered, knowing nothing."""
        self.plugged = True
        self.powered = True
        self.appear()

    def power(self, on: bool) -> None:
        """Switch the radio, and tell."""
        self.switch(on)
        self.tell_power()

    def switch(self, on: bool) -> None:
        """Switch the radio. Off ends all links and discovery sessions, and drops what never had a link."""
        if self.powered == on:
            return
        self.powered = on
        if not on:
            for device in self.devices.values():
                device.link_lost() if device.connected else device.forget()
            self._end_sessions()

    def tell_power(self) -> None:
        """Links are told lost before the radio is told off: in between it still looks on."""
        if self._tree.get(self.path, ADAPTER, "Powered").value != self.powered:
            changed = {"Powered": Variant("b", self.powered), "Discovering": Variant("b", False)}
            self._tree.change(self.path, ADAPTER, changed)

    def vanish(self) -> None:
        """bluetoothd died without a word."""
        self._discovering.clear()
        self._monitors.clear()
        for device in self.devices.values():
            device.vanish()

    def must_be_ready(self) -> None:
        """Raise NotReady while the radio is off."""
        if not self.powered:
            raise not_ready()

    # discovery

    @property
    def scanning(self) -> bool:
        return bool(self._discovering or self._monitors)

    def start_discovery(self, client: str) -> None:
        """StartDiscovery: counted per client; a second one of the same client is InProgress."""
        self.must_be_ready()
        if client in self._discovering:
            raise in_progress()
        self._discovering.add(client)
        self._tell_discovering()

    def stop_discovery(self, client: str) -> None:
        """StopDiscovery."""
        self.must_be_ready()
        if client not in self._discovering:
            raise failed("No discovery started")
        self._discovering.remove(client)
        self._tell_discovering()

    def register_monitor(self, client: str, path: str) -> None:
        """RegisterMonitor: a passive scan as long as the client keeps it."""
        self.must_be_ready()
        self._monitors.setdefault(client, set()).add(path)

    def unregister_monitor(self, client: str, path: str) -> None:
        """UnregisterMonitor."""
        self._monitors.get(client, set()).discard(path)
        if not self._monitors.get(client):
            self._monitors.pop(client, None)

    def client_left(self, client: str) -> None:
        """A D-Bus client left the bus: its discovery, monitors and registrations end."""
        self._monitors.pop(client, None)
        if client in self._discovering:
            self._discovering.remove(client)
            self._tell_discovering()
        for device in self.devices.values():
            device.client_left(client)

    def hear_adverts(self) -> None:
        """One round on the air: while someone scans, adverts are seen; a device not seen for long expires."""
        now_s = time.monotonic()
        for device in self.devices.values():
            if self._hears(device):
                self._hear(device, now_s)
            elif self._expired(device, now_s):
                device.forget()

    def broadcast(self, name: str) -> str | None:
        """A sensor says something new to everybody; None when it was heard, else the reason why not."""
        device = self.devices[name]
        if not device.on_air:
            return "out_of_range"
        if not self._hears(device):
            return "nobody_scans"
        self._hear(device, time.monotonic())
        return None

    # links

    @property
    def links(self) -> int:
        return sum(device.connected for device in self.devices.values())

    @property
    def full(self) -> bool:
        """True when the controller has no slot for another link."""
        return self.link_limit is not None and self.links >= self.link_limit

    def reaches(self, device: Device) -> bool:
        """True when a sensor is in range and free."""
        return device.on_air and not self._taken(device.peripheral.name)

    def device_at(self, path: str) -> Device:
        """The device of a path or of a path below it."""
        for device in self.devices.values():
            if (path == device.path or path.startswith(device.path + "/")) and device.known:
                return device
        raise unknown_object(path)

    def remove(self, path: str) -> None:
        """RemoveDevice."""
        if self.owner_of(path) is None or path not in self._tree:
            raise does_not_exist()
        self.device_at(path).forget()

    def owner_of(self, path: str) -> str | None:
        """The name of the sensor whose object this is."""
        found = (n for n, d in self.devices.items() if path == d.path or path.startswith(d.path + "/"))
        return next(found, None)

    def each(self, act: Callable[[Device], None]) -> None:
        for device in self.devices.values():
            act(device)

    def _hears(self, device: Device) -> bool:
        listening = self.powered and self.plugged and self.scanning and not self.silent
        return listening and self.reaches(device)

    def _hear(self, device: Device, now_s: float) -> None:
        wavering = self._chance.randint(-RSSI_SPREAD_DB, RSSI_SPREAD_DB)
        device.advertise(now_s, device.rssi_dbm + wavering)

    def _expired(self, device: Device, now_s: float) -> bool:
        """A device that somebody asked to connect stays, also when that failed; after a link it is temporary again."""
        idle = device.known and not device.connected and not device.kept
        return idle and now_s - device.seen_s > TEMPORARY_TIMEOUT_S

    def _end_sessions(self) -> None:
        self._monitors.clear()
        self._discovering.clear()
        self.each(Device.forget_signal)

    def _stop_everything(self) -> None:
        self._end_sessions()
        self._tell_discovering()

    def _tell_discovering(self) -> None:
        now = bool(self._discovering)
        if not now:
            self.each(Device.forget_signal)
        if self.path in self._tree and self._tree.get(self.path, ADAPTER, "Discovering").value != now:
            self._tree.change(self.path, ADAPTER, {"Discovering": Variant("b", now)})

    def _properties(self) -> Properties:
        return {
            "Address": Variant("s", self._address),
            "AddressType": Variant("s", "public"),
            "Name": Variant("s", self._name),
            "Alias": Variant("s", self._name),
            "Powered": Variant("b", self.powered),
            "Discovering": Variant("b", False),
            "UUIDs": Variant("as", []),
            # bleak takes no adapter that does not list this role.
            "Roles": Variant("as", ["central", "peripheral"]),
        }


def _monitor_properties() -> Properties:
    return {
        "SupportedMonitorTypes": Variant("as", ["or_patterns"]),
        "SupportedFeatures": Variant("as", []),
    }
