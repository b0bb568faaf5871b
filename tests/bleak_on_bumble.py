"""bleak's `backend=` on bumble's host stack: no D-Bus, no BlueZ, and nothing of theirs is shown.

`backends_of(host)` gives the two classes that BleakScanner and BleakClient take.
"""

from __future__ import annotations

from typing import Any, ClassVar

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bleak.uuids import normalize_uuid_str
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.core import TimeoutError as BumbleTimeoutError
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address

# The ATT MTU that a modern strap agrees to.
MTU = 247
ATT_HEADER_BYTES = 3


class BumbleScanner(BaseBleakScanner):
    """Scans with one host."""

    host: ClassVar[Device]

    def __init__(self, detection_callback: Any, service_uuids: Any, *_: object, **__: object) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        self.host.on(Device.EVENT_ADVERTISEMENT, self._hear)
        await self.host.start_scanning(filter_duplicates=False)

    async def stop(self) -> None:
        self.host.remove_listener(Device.EVENT_ADVERTISEMENT, self._hear)
        if not self.host.listeners(Device.EVENT_ADVERTISEMENT):
            await self.host.stop_scanning()

    def _hear(self, advertisement: Advertisement) -> None:
        said = told(advertisement)
        if self.is_allowed_uuid(said.service_uuids):
            address = advertisement.address.to_string(False)
            device = self.create_or_update_device(
                address, address, said.local_name, advertisement.address, said
            )
            self.call_detection_callbacks(device, said)


def told(advertisement: Advertisement) -> AdvertisementData:
    """An advert in bleak's words."""
    data = advertisement.data
    kinds = AdvertisingData.Type
    lists = (
        kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
        kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    )
    name = data.get(kinds.COMPLETE_LOCAL_NAME)
    makers = data.get_all(kinds.MANUFACTURER_SPECIFIC_DATA)
    services = data.get_all(kinds.SERVICE_DATA_16_BIT_UUID)
    uuids = [uuid for kind in lists for found in data.get_all(kind) for uuid in found]
    return AdvertisementData(
        None if name is None else str(name),
        {company: bytes(value) for company, value in makers},
        {whole(uuid): bytes(value) for uuid, value in services},
        list(dict.fromkeys(whole(uuid) for uuid in uuids)),  # advert and scan response say the same
        None,
        advertisement.rssi,
        (advertisement,),
    )


def whole(uuid: UUID) -> str:
    """A UUID as bleak writes it."""
    return normalize_uuid_str(uuid.to_hex_str("-"))


class BumbleClient(BaseBleakClient):
    """One link of one host."""

    host: ClassVar[Device]

    def __init__(self, address_or_ble_device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(
            address_or_ble_device,
            disconnected_callback=kwargs["disconnected_callback"],
            timeout=kwargs["timeout"],
        )
        self._connection: Connection | None = None
        self._peer: Peer | None = None

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return MTU

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        """Connect and discover. `kwargs`: what bleak-retry-connector passes, timeout among them."""
        address = Address(self.address, Address.RANDOM_DEVICE_ADDRESS)
        try:
            self._connection = await self.host.connect(address, timeout=kwargs.get("timeout", self._timeout))
            self._connection.once(Connection.EVENT_DISCONNECTION, self._ended)
            self._peer = Peer(self._connection)
            await self._peer.request_mtu(MTU)
            self.services = await self._discover(self._peer)
        except BumbleTimeoutError as error:
            raise TimeoutError from error
        except BaseBumbleError as error:
            raise BleakError(f"connecting {self.address}: {error}") from error

    async def disconnect(self) -> None:
        if self._connection is not None:
            self._disconnected_callback = None
            await self._connection.disconnect()

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        if self._connection is None:
            raise BleakError("Not connected")
        return bytearray(await characteristic.obj.read_value())

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **kwargs: Any) -> bytearray:
        return bytearray(await descriptor.obj.read_value())

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: Any, response: bool
    ) -> None:
        await characteristic.obj.write_value(bytes(data), with_response=response)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        await descriptor.obj.write_value(bytes(data), with_response=True)

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: Any
    ) -> None:
        await characteristic.obj.subscribe(lambda value: callback(bytearray(value)))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await characteristic.obj.unsubscribe()

    def _ended(self, _reason: int) -> None:
        self._connection = self._peer = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _discover(self, peer: Peer) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        await peer.discover_all()
        for service in peer.services:
            made = BleakGATTService(service, service.handle, whole(service.uuid))
            found.add_service(made)
            for characteristic in service.characteristics:
                _add(found, made, characteristic)
        return found


def _add(
    found: BleakGATTServiceCollection, service: BleakGATTService, characteristic: CharacteristicProxy[bytes]
) -> None:
    made = BleakGATTCharacteristic(
        characteristic,
        characteristic.handle,
        whole(characteristic.uuid),
        list(gatt_char_props_to_strs(int(characteristic.properties))),
        lambda: MTU - ATT_HEADER_BYTES,
        service,
    )
    found.add_characteristic(made)
    for descriptor in characteristic.descriptors:
        found.add_descriptor(BleakGATTDescriptor(descriptor, descriptor.handle, whole(descriptor.type), made))


def backends_of(central: Device) -> tuple[type[BumbleScanner], type[BumbleClient]]:
    """bleak takes classes, so the host that they work with is theirs."""

    class Scanner(BumbleScanner):
        host = central

    class Client(BumbleClient):
        host = central

    return Scanner, Client
