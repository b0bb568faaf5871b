"""The MQTT source: messages of the mapped topics become packets of their sensors.

A message is acknowledged when its values are on the disk, and not before: until then the broker has it, too.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import msgspec
import structlog

from sts_edge.clock import boot_us
from sts_edge.config import MqttSettings, TopicSettings
from sts_edge.sources import Emit, Keep, SensorState, SensorWord, keep_nothing
from sts_edge.time_limit import time_limit
from sts_protocols.metrics import by_id
from sts_protocols.network import mqtt_message
from sts_protocols.sample import Packet, Quality, Value

from .client import Message, MqttClient
from .payload import PayloadError
from .redelivery import Redelivery
from .topics import Topic
from .unacknowledged import Handed, Unacknowledged, digest

TICK_US = 1_000
# What came is gathered for one sync, as long as the gateway gathers values itself, or until a broker (RabbitMQ: after
# 10) would send no more.
GATHERED_S = 0.25
GATHERED_MESSAGES = 8
# A full disk is emptied by a hub that is reached again, or by a person.
NO_ROOM_PAUSE_S = 30.0
# A technician reads a handful of sentences; the log has all of them.
MOST_TOLD = 5

_NOT_CONNECTED = "it is not connected yet"
_NO_ROOM = "the buffer has no room: see that the hub can be reached, or raise buffer.max_bytes"

Accepted = Callable[[], Awaitable[bool]]
"""Waits until all that was emitted is on the disk; False when it found no room there."""

_log = structlog.get_logger()


@dataclass
class Count:
    """What happened since the start."""

    messages: int = 0
    packets: int = 0
    bad_payloads: int = 0
    retained: int = 0
    repeated: int = 0
    refused: int = 0


@dataclass
class _Heard:
    """When a sensor last said something, and how often its most frequent metric is expected to."""

    last_us: int | None = None
    late_us: int | None = None
    lost_us: int | None = None


class _Waiting(NamedTuple):
    """A message that is not acknowledged yet, and what it became."""

    message: Message
    handed: Handed


class MqttSource:
    """Hears the topics of the settings; see `Source` for what it promises."""

    def __init__(
        self,
        gateway: str,
        settings: MqttSettings,
        topics: Sequence[TopicSettings],
        emit: Emit,
        accepted: Accepted,
        unacknowledged: Unacknowledged,
        epoch: bytes,
        *,
        keep: Keep = keep_nothing,
        no_room_pause_s: float = NO_ROOM_PAUSE_S,
    ) -> None:
        self._client_id = f"sts-{gateway}"
        self._settings = settings
        self._topics = [Topic(one) for one in topics]
        self._emit = emit
        self._accepted = accepted
        self._unacknowledged = unacknowledged
        self._epoch = epoch
        self._redelivery = Redelivery()
        self._connection = 0
        self._keep = keep
        self._no_room_pause_s = no_room_pause_s
        self._waiting: list[_Waiting] = []
        self._came = asyncio.Event()
        self._are_many = asyncio.Event()
        self._running = False
        self._fault = _NOT_CONNECTED
        self._bad: dict[str, str] = {}
        self._kept: dict[str, Message] = {}
        self._heard = {topic.sensor: _Heard() for topic in self._topics if topic.sensor is not None}
        self.count = Count()

    async def run(self) -> None:
        """Hear until cancelled. What finds no room is not acknowledged, and comes again over the next connection."""
        self._redelivery = Redelivery(await asyncio.to_thread(self._unacknowledged.stored_before))
        while True:
            await self._connected()
            self._redelivery.take_back([one.handed for one in self._waiting])
            self._waiting.clear()
            self._connection = 0
            self._tell(_NO_ROOM)
            await asyncio.sleep(self._no_room_pause_s)

    async def _connected(self) -> None:
        """Hear and acknowledge until the buffer has no room."""
        patterns = sorted({topic.settings.topic for topic in self._topics})
        client = MqttClient(self._client_id, self._settings, patterns, self._take, self._tell)
        self._running = True
        try:
            client.open()
            while await self._acknowledged():
                pass
        finally:
            self._running, self._fault = False, _NOT_CONNECTED
            await asyncio.shield(self._close(client))

    async def _close(self, client: MqttClient) -> None:
        """Let the broker forget what was taken last, and go."""
        try:
            if self._waiting:
                await self._settle()
        finally:
            self._redelivery.arrived(await client.close())
            self._note()

    async def _acknowledged(self) -> bool:
        """Wait for messages, and until they are on the disk; then let the broker forget them. False: no room."""
        await self._came.wait()
        with contextlib.suppress(TimeoutError):
            async with time_limit(GATHERED_S):
                await self._are_many.wait()
        return await self._settle()

    async def _settle(self) -> bool:
        self._came.clear()
        self._are_many.clear()
        count = len(self._waiting)
        if not await self._accepted():
            return False
        for one in self._waiting[:count]:
            one.message.taken()
        del self._waiting[:count]
        self._note()
        return True

    def _note(self) -> None:
        self._unacknowledged.note(list(self._redelivery))

    @property
    def is_subscribed(self) -> bool:
        """Whether the broker has taken all topics, and the connection stands."""
        return self._running and not self._fault

    def states(self) -> list[SensorState]:
        """How each sensor is now: those named in the settings, and those heard by a pattern."""
        now_us = boot_us()
        return [
            SensorState(name, f"mqtt:{name}", "mqtt", _word(heard, now_us), last_heard_us=heard.last_us)
            for name, heard in self._heard.items()
        ]

    def faults(self) -> list[str]:
        """What a technician should know now."""
        broker = [f"The MQTT broker {self._settings.url}: {self._fault}."] if self._fault else []
        return broker + list(self._bad.values())[:MOST_TOLD]

    def counts(self) -> dict[str, int]:
        """Messages, packets, bad payloads and what was old, since the start."""
        return asdict(self.count)

    def _tell(self, sentence: str) -> None:
        if sentence != self._fault:
            self._fault = sentence
            _log.info("mqtt", broker=self._settings.url, state=sentence or "connected")

    def _take(self, message: Message) -> None:
        """Hand on what a message says; the broker may forget it when that is on the disk. One that says nothing
        usable, too."""
        if not self._running:
            return
        self.count.messages += 1
        if message.connection != self._connection:
            self._connection = message.connection
            self._redelivery.reconnected()
        self._redelivery.arrived(message.arrived)
        handed = self._before(message) or self._handed(message)
        if message.is_kept:
            self._redelivery.take(handed)
        self._waiting.append(_Waiting(message, handed))
        self._note()
        self._came.set()
        if len(self._waiting) >= GATHERED_MESSAGES:
            self._are_many.set()

    def _before(self, message: Message) -> Handed | None:
        """What was taken before and comes again: because it was never acknowledged, or that was lost."""
        if not message.again:
            self._redelivery.is_through()
            return None
        before = self._redelivery.again(digest(message.topic, message.payload))
        self.count.repeated += before is not None
        return before

    def _handed(self, message: Message) -> Handed:
        """Hand on what it says."""
        handed = Handed(digest(message.topic, message.payload), self._epoch, "", _stamp_us(message))
        for sensor, values in self._values(message).items():
            self._hand_on(sensor, values, message)
            handed = msgspec.structs.replace(handed, sensor=sensor) if values else handed
        return handed

    def _values(self, message: Message) -> dict[str, list[Value]]:
        """What it says of each sensor; several patterns may fit one message."""
        values: defaultdict[str, list[Value]] = defaultdict(list)
        for topic in self._topics:
            try:
                match = topic.match(message.topic)
                if match is not None:
                    self._keep_raw(match.sensor, topic.settings, message)
                    values[match.sensor] += self._aged(match.read(message.payload, message.boot_us), message)
            except PayloadError as error:
                self.count.bad_payloads += 1
                self._bad[message.topic] = f"MQTT topic {message.topic[:100]}: {error}."
                _log.warning("mqtt_payload", topic=message.topic, reason=str(error))
        return values

    def _keep_raw(self, sensor: str, topic: TopicSettings, message: Message) -> None:
        """A frame of a kind as what it is; else the message with its topic."""
        if topic.kind is not None:
            self._keep(sensor, topic.kind, message.boot_us, message.payload)
        elif message is not self._kept.get(sensor):  # several values of one sensor in one message
            frame = mqtt_message.encode(mqtt_message.Message(message.topic, message.payload))
            self._keep(sensor, "mqtt", message.boot_us, frame)
            self._kept[sensor] = message

    def _aged(self, values: Sequence[Value], message: Message) -> list[Value]:
        """Of a message that the broker had kept nobody knows when it was true: what should come in a rhythm would
        look alive, so it is left out; the rest is marked."""
        if not message.retained:
            return list(values)
        self.count.retained += 1
        slow = [value for value in values if (known := by_id(value.metric)) and known.interval_ms is None]
        return [value._replace(quality=value.quality or Quality.CLOCK_UNSYNCED) for value in slow]

    def _hand_on(self, sensor: str, values: Sequence[Value], message: Message) -> None:
        if not values:
            return
        heard = self._heard.setdefault(sensor, _Heard())
        metrics = [metric for value in values if (metric := by_id(value.metric))]
        rhythm = min((metric.interval_ms for metric in metrics if metric.interval_ms), default=0)
        packet = Packet(sensor, _stamp_us(message), TICK_US, rhythm * 1_000, tuple(values))
        try:
            self._emit(packet)
        except Exception as error:
            self.count.refused += 1
            _log.warning("packet_refused", sensor=sensor, reason=str(error))
        else:
            self.count.packets += 1
            self._bad.pop(message.topic, None)
        if not message.retained:
            heard.last_us = message.boot_us
            late_ms = [metric.late_after_ms for metric in metrics if metric.late_after_ms]
            lost_ms = [metric.lost_after_ms for metric in metrics if metric.lost_after_ms]
            heard.late_us = min(late_ms) * 1_000 if late_ms else None
            heard.lost_us = min(lost_ms) * 1_000 if lost_ms else None


def _stamp_us(message: Message) -> int:
    """When it came, in whole ticks."""
    return message.boot_us - message.boot_us % TICK_US


def _word(heard: _Heard, now_us: int) -> SensorWord:
    if heard.last_us is None:
        return "off"
    age_us = now_us - heard.last_us
    if heard.lost_us is not None and age_us > heard.lost_us:
        return "lost"
    return "late" if heard.late_us is not None and age_us > heard.late_us else "live"
