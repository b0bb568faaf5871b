"""One link to one sensor, from connect to a disconnect that is always awaited."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDeviceNotFoundError, BleakError
from bleak_retry_connector import (
    BleakClientWithServiceCache,
    BleakNotFoundError,
    BleakOutOfConnectionSlotsError,
    clear_cache,
    close_stale_connections_by_address,
    establish_connection,
)

from sts_edge.sources.bluetooth.adapter import BUS_ERRORS
from sts_edge.sources.bluetooth.deadline import within
from sts_edge.sources.bluetooth.limits import Limits

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

# What bleak and the bus raise when a link does not work. AssertionError, AttributeError and KeyError: bleak
# finds its own bus or tables gone when D-Bus dies or an object leaves in the middle of a call.
BROKEN = (BleakError, AssertionError, AttributeError, KeyError, TimeoutError, *BUS_ERRORS)

# The same for "come back later": a slot must become free, or the object must be seen again.
COME_LATER = (BleakNotFoundError, BleakOutOfConnectionSlotsError, BleakDeviceNotFoundError)


class LinkError(Exception):
    """A link cannot be made or used; the message says what failed. `later`: it will not pass in a moment."""

    def __init__(self, sentence: str, *, later: bool = False) -> None:
        super().__init__(sentence)
        self.later = later


class NoServicesError(LinkError):
    """The sensor is connected but does not offer what its kind must offer."""


class Connection:
    """A connected sensor. `lost` is set when the link ends; `close` must be awaited after that too.

    bleak#2002: BlueZ keeps the notify registration of a client whose link was lost until that client leaves
    the D-Bus, and only `disconnect()` makes it leave; without it the next client hears every beat twice.
    """

    def __init__(
        self, name: str, client: BleakClientWithServiceCache, lost: asyncio.Event, limits: Limits
    ) -> None:
        self.lost = lost
        self._name = name
        self._client = client
        self._limits = limits

    @classmethod
    async def open(cls, name: str, device: BLEDevice, limits: Limits) -> "Connection":
        """Connect to a device that a scanner has just seen.

        One attempt; bleak-retry-connector repeats only what is known to pass at once (abort-by-local), so
        that the adapter is free for the next sensor soon. Services are discovered each time: a cached tree
        may be older than the link (bluez/bluez#1489).

        Raises:
            LinkError: it did not come about.
        """
        lost = asyncio.Event()
        connecting = establish_connection(
            BleakClientWithServiceCache,
            device,
            name,
            disconnected_callback=lambda _client: lost.set(),
            max_attempts=1,
            use_services_cache=False,
        )
        client = await _ask(connecting, limits.connect_s, f"connecting {name}", limits)
        # An attempt that was aborted before this one has set it too.
        lost.clear()
        if not client.is_connected:
            lost.set()
        return cls(name, client, lost, limits)

    @staticmethod
    async def free_stale(address: str, limits: Limits) -> None:
        """End a link that BlueZ holds for a process that died. Never raises but for cancellation."""
        with contextlib.suppress(LinkError):
            freeing = close_stale_connections_by_address(address)
            await _ask(freeing, limits.disconnect_s, f"freeing {address}", limits)

    def offers(self, uuid: str) -> bool:
        return self._client.is_connected and self._client.services.get_characteristic(uuid) is not None

    def notifies(self, uuid: str) -> bool:
        found = self._client.services.get_characteristic(uuid) if self._client.is_connected else None
        return found is not None and not {"notify", "indicate"}.isdisjoint(found.properties)

    async def subscribe(self, uuid: str, hear: Callable[[bytes], None]) -> None:
        """Have every notification of a characteristic handed to `hear`.

        Raises:
            NoServicesError: it is not there. BlueZ is told to forget what it knows of this sensor.
            LinkError: BlueZ or the sensor refused.
        """
        if not self.offers(uuid):
            await _ask(
                clear_cache(self._client.address), self._limits.read_s, "clearing a cache", self._limits
            )
            raise NoServicesError(
                f"{self._name} does not offer {uuid}: is it the kind that the settings say?"
            )

        def on_notification(_characteristic: BleakGATTCharacteristic, data: bytearray) -> None:
            hear(bytes(data))

        starting = self._client.start_notify(uuid, on_notification)
        await _ask(starting, self._limits.subscribe_s, f"subscribing to {self._name}", self._limits)

    async def read(self, uuid: str) -> bytes:
        """Read one characteristic.

        Raises:
            LinkError: it was not answered.
        """
        reading = self._client.read_gatt_char(uuid)
        return bytes(await _ask(reading, self._limits.read_s, f"reading {self._name}", self._limits))

    async def write(self, uuid: str, value: bytes, limit_s: float) -> None:
        """Write one characteristic, and wait until the sensor has taken it.

        Raises:
            LinkError: it was not taken.
        """
        writing = self._client.write_gatt_char(uuid, value, response=True)
        await _ask(writing, limit_s, f"writing to {self._name}", self._limits)

    async def close(self) -> None:
        """End the link and leave the D-Bus, whatever state both are in. Never raises but for cancellation."""
        try:
            what = f"disconnecting {self._name}"
            await _ask(self._client.disconnect(), self._limits.disconnect_s, what, self._limits)
        except LinkError as error:
            log.info("disconnect_failed", sensor=self._name, error=str(error))


async def _ask(work: Coroutine[Any, Any, Result], limit_s: float, what: str, limits: Limits) -> Result:
    """Await one thing from bleak within its limit; whatever goes wrong becomes a LinkError."""
    try:
        return await within(limit_s, work, what, limits.abandon_s)
    except BROKEN as error:
        later = isinstance(error, COME_LATER)
        raise LinkError(f"{what} failed: {error!s:.200} ({type(error).__name__})", later=later) from error
