"""What is asked of a connected sensor besides its measurements: who it is, and how full its battery is."""

import asyncio
import time
from dataclasses import dataclass

import structlog

from sts_edge.sources.bluetooth.connection import Connection, LinkError
from sts_edge.sources.bluetooth.limits import Limits
from sts_edge.sources.bluetooth.profiles import BATTERY
from sts_edge.sources.bluetooth.reception import Reception
from sts_protocols.errors import DecodeError
from sts_protocols.gatt import device_information

log = structlog.get_logger(__name__)

# BlueZ tells what was read as a notification too (bleak's documentation of start_notify); both are one
# statement.
ECHO_OF_READ_S = 1.0


@dataclass(slots=True)
class Identity:
    """What the sensor says of itself; None where it says nothing."""

    maker: str | None = None
    model: str | None = None
    firmware: str | None = None


class Care:
    """Runs beside the listening; a sensor that answers nothing here is listened to all the same."""

    def __init__(self, name: str, reception: Reception, limits: Limits) -> None:
        self.identity = Identity()
        self._name = name
        self._reception = reception
        self._limits = limits
        self._last_level: tuple[bytes, float] = (b"", 0.0)

    async def run(self, connection: Connection) -> None:
        """Care for one link until cancelled."""
        await self._ask_identity(connection)
        if not connection.offers(BATTERY.uuid):
            return
        await self._subscribe(connection)
        while True:
            await self._read_level(connection)
            await asyncio.sleep(self._limits.battery_every_s)

    async def _ask_identity(self, connection: Connection) -> None:
        known = self.identity
        known.maker = await self._text(connection, device_information.MANUFACTURER_NAME) or known.maker
        known.model = await self._text(connection, device_information.MODEL_NUMBER) or known.model
        known.firmware = await self._text(connection, device_information.FIRMWARE_REVISION) or known.firmware

    async def _text(self, connection: Connection, uuid: str) -> str | None:
        if not connection.offers(uuid):
            return None
        try:
            return device_information.text(await connection.read(uuid))
        except (LinkError, DecodeError) as error:
            self._unanswered(uuid, error)
            return None

    async def _subscribe(self, connection: Connection) -> None:
        if not connection.notifies(BATTERY.uuid):
            return
        try:
            await connection.subscribe(BATTERY.uuid, self._hear_level)
        except LinkError as error:
            self._unanswered(BATTERY.uuid, error)

    async def _read_level(self, connection: Connection) -> None:
        try:
            self._hear_level(await connection.read(BATTERY.uuid))
        except LinkError as error:
            self._unanswered(BATTERY.uuid, error)

    def _hear_level(self, frame: bytes) -> None:
        now_s = time.monotonic()
        last_frame, last_s = self._last_level
        self._last_level = (frame, now_s)
        if frame != last_frame or now_s - last_s > ECHO_OF_READ_S:
            self._reception.hear(BATTERY, frame)

    def _unanswered(self, uuid: str, error: Exception) -> None:
        log.info("sensor_unanswered", sensor=self._name, uuid=uuid, error=str(error))
