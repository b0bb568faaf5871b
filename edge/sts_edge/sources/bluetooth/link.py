"""The life of one registered sensor: seek, connect, listen, close, and again, until cancelled."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

import structlog
import tenacity
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from sts_edge.config import SensorSettings
from sts_edge.sources import SensorState
from sts_edge.sources.bluetooth.broadcasts import broadcast_of
from sts_edge.sources.bluetooth.care import Care
from sts_edge.sources.bluetooth.connection import Connection, LinkError
from sts_edge.sources.bluetooth.limits import (
    DUE_S,
    RETRY_LONGEST_S,
    SIGHTING_FRESH_S,
    Limits,
)
from sts_edge.sources.bluetooth.paths import Paths, Sighting, best
from sts_edge.sources.bluetooth.profiles import Subscription, subscriptions
from sts_edge.sources.bluetooth.reception import Reception
from sts_edge.sources.bluetooth.room import Room
from sts_edge.sources.bluetooth.streams import Streams
from sts_edge.time_limit import time_limit

log = structlog.get_logger(__name__)


class Phase(Enum):
    """Where a link is in its life."""

    SEEKING = auto()
    CONNECTING = auto()
    LISTENING = auto()
    CLOSING = auto()


class Event(Enum):
    """What moves it."""

    SEEN = auto()
    CONNECTED = auto()
    FAILED = auto()
    LOST = auto()
    SILENT = auto()
    STOPPED = auto()
    CLOSED = auto()


PHASES: dict[tuple[Phase, Event], Phase] = {
    (Phase.SEEKING, Event.SEEN): Phase.CONNECTING,
    (Phase.CONNECTING, Event.CONNECTED): Phase.LISTENING,
    (Phase.CONNECTING, Event.FAILED): Phase.SEEKING,
    (Phase.LISTENING, Event.LOST): Phase.CLOSING,
    (Phase.LISTENING, Event.SILENT): Phase.CLOSING,
    (Phase.LISTENING, Event.STOPPED): Phase.CLOSING,
    (Phase.CLOSING, Event.CLOSED): Phase.SEEKING,
}


@dataclass(slots=True)
class LinkCount:
    """Links of one sensor since the start."""

    opened: int = 0
    failed: int = 0
    lost: int = 0
    silent: int = 0
    given_back: int = 0


class Link:
    """Keeps one sensor connected and subscribed whenever it is there."""

    def __init__(
        self,
        sensor: SensorSettings,
        reception: Reception,
        limits: Limits,
        rooms: Callable[[], Sequence[Room]],
    ) -> None:
        self.name = sensor.name
        self.count = LinkCount()
        self.phase = Phase.SEEKING
        self.waits_for_slot = False
        self.spare = sensor.link == "spare"
        self.reception = reception
        self.sensor = sensor
        self._limits = limits
        self._rooms = rooms
        self._care = Care(sensor.name, reception, limits)
        self.streams = Streams(sensor, reception, limits)
        self._paths = Paths()
        self._wake = asyncio.Event()
        self._deaf_until_s = 0.0
        self._heard_s = 0.0
        self._rssi: int | None = None
        self._lost: asyncio.Event | None = None
        self._given_back = False
        self._broadcast = broadcast_of(sensor)

    # what others tell

    def see(self, room: Room, device: BLEDevice, advert: AdvertisementData) -> None:
        """An advert of this sensor was heard. What it tells everybody counts only while there is no link: else
        each beat would come by two ways."""
        if self.phase is Phase.LISTENING:
            return
        self._overhear(advert)
        if time.monotonic() < self._deaf_until_s:
            return
        self._rssi = advert.rssi
        self._paths.see(room, device, advert.rssi)
        self._wake.set()

    def look(self) -> None:
        """A scan has begun: what BlueZ knows of this sensor can be asked now."""
        self._wake.set()

    def adapter_gone(self) -> None:
        """The adapter of this link is not there any more: so is the link."""
        if self._lost is not None:
            self._lost.set()

    def give_back(self) -> None:
        """The slot of this link is needed by a sensor that cannot do without."""
        if self._lost is not None:
            self._given_back = True
            self._lost.set()

    # what others ask

    def state(self) -> SensorState:
        identity = self._care.identity
        return self.reception.state(
            linked=self.phase is Phase.LISTENING,
            rssi=self._rssi,
            model=identity.model,
            firmware=identity.firmware,
        )

    def due(self, now_us: int) -> bool:
        """True when the sensor was heard lately and has no link: somebody trains with it."""
        heard_us = self.reception.heard_us
        return self.phase is not Phase.LISTENING and heard_us is not None and now_us - heard_us < DUE_S * 1e6

    # the life

    async def run(self) -> None:
        """Live until cancelled."""
        if self.sensor.link == "never":
            await asyncio.get_running_loop().create_future()
        while True:
            attempts = tenacity.AsyncRetrying(
                retry=tenacity.retry_if_exception_type(LinkError),
                wait=self._pause_s,
                before_sleep=self._tell_failure,
            )
            async for attempt in attempts:
                with attempt:
                    await self._live_once()

    async def _live_once(self) -> None:
        room = await self._seek()
        with room.occupied_by(self):
            self._move(Event.SEEN)
            try:
                connection = await self._open(room)
            except BaseException:
                self._move(Event.FAILED)
                raise
            self._move(Event.CONNECTED)
            over = Event.STOPPED
            try:
                over = await self._listen(connection)
            finally:
                self._move(over)
                await self._close(connection)

    async def _seek(self) -> Room:
        """Wait until an adapter with a free slot sees the sensor; of several take the best.

        A sensor whose link a dead process has left behind sends no adverts, so it is freed before each wait.
        """
        while True:
            await Connection.free_stale(self.sensor.address, self._limits)
            with contextlib.suppress(TimeoutError):
                async with time_limit(self._limits.stale_look_s):
                    await self._wake.wait()
            self._wake.clear()
            fresh = await self._compared()
            free = [one for one in fresh if (one.room.spare if self.spare else one.room.free)]
            self.waits_for_slot = bool(fresh) and not free and not self.spare
            if free:
                return best(free).room
            if self.waits_for_slot:
                best(fresh).room.reclaim()

    async def _compared(self) -> list[Sighting]:
        """Where the sensor is heard, once each adapter that could take it has had time to hear it."""
        if self._paths.fresh():
            with contextlib.suppress(TimeoutError):
                async with time_limit(self._limits.compare_s):
                    while self._paths.unheard(self._rooms()):
                        await self._wake.wait()
                        self._wake.clear()
        return self._paths.fresh()

    async def _open(self, room: Room) -> Connection:
        async with room.connecting:
            try:
                device = next((s.device for s in self._paths.fresh() if s.room is room), None)
                if device is None:
                    raise LinkError(f"{self.name} was not seen for {SIGHTING_FRESH_S:g} s")
                return await self._open_now(device)
            finally:
                self._forget_sightings()

    async def _open_now(self, device: BLEDevice) -> Connection:
        connection = await Connection.open(self.name, device, self._limits)
        self._lost = connection.lost
        self._heard_s = time.monotonic()
        try:
            for subscription in subscriptions(self.sensor):
                if not (subscription.required or connection.notifies(subscription.uuid)):
                    continue
                await connection.subscribe(subscription.uuid, partial(self._hear, subscription))
        except BaseException:
            await connection.close()
            raise
        return connection

    def _overhear(self, advert: AdvertisementData) -> None:
        broadcast = self._broadcast
        content = None if broadcast is None else broadcast.content(advert)
        if broadcast is not None and content is not None:
            self.reception.overhear(broadcast.kind, content, advert.rssi, broadcast.read)

    def _hear(self, subscription: Subscription, frame: bytes) -> None:
        self.reception.hear(subscription, frame)
        self._heard_s = time.monotonic()

    async def _listen(self, connection: Connection) -> Event:
        self.count.opened += 1
        log.info("sensor_connected", sensor=self.name, links=self.count.opened)
        beside = {
            asyncio.ensure_future(self._care.run(connection)),
            asyncio.ensure_future(self.streams.run(connection)),
        }
        try:
            return await self._until_over(connection)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)

    async def _until_over(self, connection: Connection) -> Event:
        while (left_s := self._heard_s + self._limits.silence_s - time.monotonic()) > 0:
            try:
                async with time_limit(left_s):
                    await connection.lost.wait()
            except TimeoutError:
                continue
            return self._ended()
        self.count.silent += 1
        log.warning("sensor_silent", sensor=self.name, silence_s=self._limits.silence_s)
        return Event.SILENT

    def _ended(self) -> Event:
        """Why there is no link any more."""
        if self._given_back:
            self.count.given_back += 1
            log.info("sensor_link_given_back", sensor=self.name)
            return Event.STOPPED
        self.count.lost += 1
        log.info("sensor_lost", sensor=self.name)
        return Event.LOST

    async def _close(self, connection: Connection) -> None:
        self._lost = None
        self._given_back = False
        await connection.close()
        self._forget_sightings()
        self._move(Event.CLOSED)

    def _forget_sightings(self) -> None:
        """Only an advert from now on counts, not the signals of what just happened."""
        self._paths.forget()
        self._wake.clear()
        self._deaf_until_s = time.monotonic() + self._limits.echo_of_loss_s

    def _move(self, event: Event) -> None:
        self.phase = PHASES[self.phase, event]

    # failures

    def _pause_s(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, LinkError) and error.later:
            return self._limits.retry_later_s
        doubled = self._limits.retry_first_s * 2.0 ** (state.attempt_number - 1)
        return min(doubled, RETRY_LONGEST_S)

    def _tell_failure(self, state: tenacity.RetryCallState) -> None:
        self.count.failed += 1
        error = state.outcome.exception() if state.outcome else None
        log.info("sensor_connect_failed", sensor=self.name, attempt=state.attempt_number, error=str(error))
