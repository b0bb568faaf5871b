"""Pods of somebody else's make that publish over MQTT: the climate of halls, and what athletes wear.

Each says a plain number or a small JSON object, with QoS 1 on a topic of its own; what was acknowledged by the
broker is the truth that a gateway must have.
"""

import asyncio
import json
import random
import threading
from dataclasses import dataclass, field
from typing import Any, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

AT_LEAST_ONCE = 1
# What is published while the broker still shakes hands is sent by paho before what it already held: whoever speaks
# at once waits for the handshake, this long, and then speaks into the outbox of a broker that is away.
HANDSHAKE_S = 5.0


@dataclass
class Pod:
    """One pod: its topic, and whether it says JSON. It gets warmer by hundredths of a degree."""

    topic: str
    as_json: bool
    seed: int
    centi_celsius: int = 2_100
    said: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def payload(self) -> bytes:
        """The next message; what it says is remembered. No value comes twice, so that they can be told apart."""
        self.centi_celsius += self._random.randint(1, 3)
        celsius = self.centi_celsius / 100
        self.said.append(celsius)
        if not self.as_json:
            return f"{celsius:.2f}".encode()
        told = {"id": self.topic, "readings": [{"celsius": celsius}], "battery": None}
        return json.dumps(told).encode()


class Publisher:
    """Pods on one connection to a broker. Make it inside the running loop, and use it as a context."""

    def __init__(self, host: str, port: int, user: str, password: str, pods: list[Pod]) -> None:
        self.pods = pods
        self._loop = asyncio.get_running_loop()
        self._waiting: set[int] = set()
        self._all_there = asyncio.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        self._client.username_pw_set(user, password)
        self._client.reconnect_delay_set(1, 2)
        self._client.on_publish = self._published
        self._connected = threading.Event()
        self._client.on_connect = lambda *_: self._connected.set()
        self._client.connect_async(host, port)

    def __enter__(self) -> Self:
        self._client.loop_start()
        self._connected.wait(HANDSHAKE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    async def run(self, rounds: int, every_s: float) -> None:
        """Let every pod speak so many times, and wait until the broker has acknowledged all of it."""
        for _ in range(rounds):
            for pod in self.pods:
                self.publish(pod.topic, pod.payload())
            await asyncio.sleep(every_s)
        await self.acknowledged()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Say something on any topic; while the broker is away it waits here."""
        self._waiting.add(self._client.publish(topic, payload, AT_LEAST_ONCE, retain).mid)
        self._all_there.clear()

    async def acknowledged(self) -> None:
        """Wait until the broker has everything."""
        await self._all_there.wait()

    def _published(
        self, client: Client, data: Any, mid: int, code: ReasonCode, properties: Properties
    ) -> None:
        self._loop.call_soon_threadsafe(self._settle, mid)

    def _settle(self, mid: int) -> None:
        self._waiting.discard(mid)
        if not self._waiting:
            self._all_there.set()
