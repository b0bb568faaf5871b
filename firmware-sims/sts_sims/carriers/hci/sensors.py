"""Simulated sensors as GATT servers, each on a chip of its own."""

import asyncio
from collections.abc import Iterable

from bumble import att, data_types, gatt
from bumble.core import UUID, AdvertisingData, DataType
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.hci import Address
from bumble.host import Host

from sts_sims.carriers.hci.chip import Air, Chip
from sts_sims.peripheral import BLUETOOTH_BASE_UUID, Characteristic, Peripheral, Service

# Fast, so that a test need not wait: straps of the shops take about half a second.
ADVERT_INTERVAL_S = 0.1

GENERAL_DISCOVERABLE_LE_ONLY = data_types.Flags(
    AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
)
# What a flag of the model allows, in bumble's words.
PROPERTIES = {
    "read": gatt.Characteristic.Properties.READ,
    "write": gatt.Characteristic.Properties.WRITE,
    "write-without-response": gatt.Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": gatt.Characteristic.Properties.NOTIFY,
    "indicate": gatt.Characteristic.Properties.INDICATE,
}
PERMISSIONS = {
    "read": att.Attribute.Permissions.READABLE,
    "write": att.Attribute.Permissions.WRITEABLE,
    "write-without-response": att.Attribute.Permissions.WRITEABLE,
}


def make_host(chip: Chip) -> Host:
    """A host stack that drives a chip."""
    host = Host()
    host.controller = chip
    return host


class OnAir:
    """One sensor on the air. Reasons for not delivering are words for the truth log."""

    def __init__(self, peripheral: Peripheral, air: Air) -> None:
        self.peripheral = peripheral
        self._air = air
        self.chip = Chip(peripheral.name, air)
        address = Address(peripheral.address, Address.RANDOM_DEVICE_ADDRESS)
        configuration = DeviceConfiguration(name=peripheral.name, address=address)
        self._device = Device(config=configuration, host=make_host(self.chip))
        self._values = {
            model.uuid: self._value(model)
            for service in peripheral.services
            for model in service.characteristics
        }
        self._device.add_services([self._service(service) for service in peripheral.services])

    async def switch_on(self) -> None:
        """Be there, and advertise."""
        await self._device.power_on()
        await self.advertise()

    async def switch_off(self) -> None:
        """Be gone: links end as by a walk out of range."""
        self.lose()
        await self.fall_silent()
        await self._device.power_off()
        self._air.remove_controller(self.chip)
        # Behind each link that ends bumble advertises anew, behind the last one too, as long as it has an air.
        self.chip.link = None  # type: ignore[assignment]

    async def advertise(self) -> None:
        """Can be found from now on, also after each link."""
        await self._device.start_advertising(
            auto_restart=True,
            advertising_data=advertising_data(self.peripheral),
            advertising_interval_min=ADVERT_INTERVAL_S * 1e3,
            advertising_interval_max=ADVERT_INTERVAL_S * 1e3,
        )

    async def fall_silent(self) -> None:
        """Send no more adverts."""
        await self._device.stop_advertising()

    @property
    def connected(self) -> bool:
        return bool(self.chip.le_connections)

    def lose(self) -> None:
        """Its links end without a word, as out of range."""
        for peer in list(self.chip.le_connections):
            self.chip.lose(peer)

    def notify(self, uuid: str, value: bytes) -> str | None:
        """Send one notification; None when somebody had asked for it, else the reason why not."""
        if not self.connected:
            return "no_link"
        attribute = self._values[uuid]
        server = self._device.gatt_server
        asked = [bearer for bearer, of in server.subscribers.items() if of.get(attribute.handle)]
        if not asked:
            return "not_subscribed"
        for bearer in asked:
            server.send_gatt_pdu(bearer, _notification(attribute, value))
        return None

    def _service(self, service: Service) -> gatt.Service:
        return gatt.Service(
            short(service.uuid), [self._values[model.uuid] for model in service.characteristics]
        )

    def _value(self, model: Characteristic) -> "gatt.Characteristic[bytes]":
        def read(_connection: Connection) -> bytes:
            if "read" not in model.flags:  # bumble's server looks at no permissions
                raise att.ATT_Error(att.ErrorCode.READ_NOT_PERMITTED)
            return model.value

        def write(_connection: Connection, value: bytes) -> None:
            if not any(flag.startswith("write") for flag in model.flags):
                raise att.ATT_Error(att.ErrorCode.WRITE_NOT_PERMITTED)
            if model.answers is None:
                model.value = value
                return
            for answer in model.answers(value):  # behind the response to the write
                asyncio.get_running_loop().call_soon(self.notify, model.uuid, answer)

        properties, permissions = gatt.Characteristic.Properties(0), att.Attribute.Permissions(0)
        for flag in model.flags:
            properties |= PROPERTIES[flag]
            permissions |= PERMISSIONS.get(flag, att.Attribute.Permissions(0))
        value = att.AttributeValue(read, write)
        return gatt.Characteristic(short(model.uuid), properties, permissions, value)


def short(uuid: str) -> UUID:
    """A UUID as it goes on the air: two bytes for one that the Bluetooth SIG has assigned."""
    number = int(uuid[:8], 16)
    assigned = number <= 0xFFFF and uuid.lower() == BLUETOOTH_BASE_UUID.format(number)
    return UUID(number) if assigned else UUID(uuid)


def _notification(attribute: "gatt.Characteristic[bytes]", value: bytes) -> bytes:
    notifies = attribute.properties & gatt.Characteristic.Properties.NOTIFY
    kind = att.ATT_Handle_Value_Notification if notifies else att.ATT_Handle_Value_Indication
    return bytes(kind(attribute.handle, value))


class SensorsOnAir:
    """All sensors of a link, by name; the air that a squad trains in."""

    def __init__(self, air: Air, peripherals: Iterable[Peripheral]) -> None:
        self.sensors = {one.name: OnAir(one, air) for one in peripherals}

    async def __aenter__(self) -> "SensorsOnAir":
        for sensor in self.sensors.values():
            await sensor.switch_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        for sensor in self.sensors.values():
            await sensor.switch_off()

    def notify(self, name: str, uuid: str, value: bytes) -> str | None:
        """Send one notification of a sensor; None when it was delivered, else the reason why not."""
        return self.sensors[name].notify(uuid, value)


def advertising_data(peripheral: Peripheral) -> bytes:
    """What the advert says, in the form of the Core Specification Supplement; 31 bytes at most."""
    advert = peripheral.advert
    parts: list[DataType] = [GENERAL_DISCOVERABLE_LE_ONLY]
    uuids = [short(uuid) for uuid in advert.uuids]
    if assigned := [uuid for uuid in uuids if len(uuid.uuid_bytes) == 2]:
        parts.append(data_types.CompleteListOf16BitServiceUUIDs(assigned))
    if of_makers := [uuid for uuid in uuids if len(uuid.uuid_bytes) != 2]:
        parts.append(data_types.CompleteListOf128BitServiceUUIDs(of_makers))
    parts += [data_types.ManufacturerSpecificData(*one) for one in advert.manufacturer_data.items()]
    parts += [
        data_types.ServiceData16BitUUID(short(uuid), value) for uuid, value in advert.service_data.items()
    ]
    return bytes(AdvertisingData([*parts, data_types.CompleteLocalName(peripheral.name)]))
