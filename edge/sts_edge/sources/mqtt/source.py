"""The MQTT source: messages of the mapped topics become packets of their sensors."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import structlog

from sts_edge.clock import boot_us
from sts_edge.config import MqttSettings, TopicSettings
from sts_edge.sources import Emit, SensorState, SensorWord
from sts_protocols.metrics import by_id
from sts_protocols.sample import Packet, Quality, Value

from .client import Message, MqttClient
from .payload import PayloadError
from .topics import Topic

TICK_US = 1_000
# Brokers hand out 10 to 20 messages ahead of their acknowledgements: so many may come again after a lost
# connection.
MOST_UNACKNOWLEDGED = 20
# A technician reads a handful of sentences; the log has all of them.
MOST_TOLD = 5

_NOT_CONNECTED = "it is not connected yet"

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


class MqttSource:
    """Hears the topics of the settings; see `Source` for what it promises."""

    def __init__(
        self, gateway: str, settings: MqttSettings, topics: Sequence[TopicSettings], emit: Emit
    ) -> None:
        self._client_id = f"sts-{gateway}"
        self._settings = settings
        self._topics = [Topic(one) for one in topics]
        self._emit = emit
        self._running = False
        self._fault = _NOT_CONNECTED
        self._bad: dict[str, str] = {}
        self._taken: defaultdict[str, deque[bytes]] = defaultdict(lambda: deque(maxlen=MOST_UNACKNOWLEDGED))
        self._heard = {topic.sensor: _Heard() for topic in self._topics if topic.sensor is not None}
        self.count = Count()

    async def run(self) -> None:
        """Hear until cancelled."""
        patterns = sorted({topic.settings.topic for topic in self._topics})
        client = MqttClient(self._client_id, self._settings, patterns, self._take, self._tell)
        self._running = True
        try:
            client.open()
            await asyncio.get_running_loop().create_future()
        finally:
            self._running, self._fault = False, _NOT_CONNECTED
            await asyncio.shield(client.close())

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
        """Hand on what a message says, then let the broker forget it; one that says nothing usable, too."""
        if not self._running:
            return
        self.count.messages += 1
        taken = self._taken[message.topic]
        if message.again and message.payload in taken:
            self.count.repeated += 1  # its acknowledgement was lost with a connection
        else:
            taken.append(message.payload)
            for sensor, values in self._values(message).items():
                self._hand_on(sensor, values, message)
        message.taken()

    def _values(self, message: Message) -> dict[str, list[Value]]:
        """What it says of each sensor; several patterns may fit one message."""
        values: defaultdict[str, list[Value]] = defaultdict(list)
        for topic in self._topics:
            try:
                match = topic.match(message.topic)
                if match is not None:
                    values[match.sensor] += self._aged(match.read(message.payload, message.boot_us), message)
            except PayloadError as error:
                self.count.bad_payloads += 1
                self._bad[message.topic] = f"MQTT topic {message.topic[:100]}: {error}."
                _log.warning("mqtt_payload", topic=message.topic, reason=str(error))
        return values

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
        packet = Packet(
            sensor, message.boot_us - message.boot_us % TICK_US, TICK_US, rhythm * 1_000, tuple(values)
        )
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


def _word(heard: _Heard, now_us: int) -> SensorWord:
    if heard.last_us is None:
        return "off"
    age_us = now_us - heard.last_us
    if heard.lost_us is not None and age_us > heard.lost_us:
        return "lost"
    return "late" if heard.late_us is not None and age_us > heard.late_us else "live"
