"""A source without a radio, for tests of what stands behind sources. It keeps the promises of `Source`."""

import asyncio
import contextlib

from sts_edge.clock import boot_us
from sts_edge.config import Settings
from sts_edge.sources import Emit, SensorState
from sts_protocols.metrics import HEART_RATE
from sts_protocols.sample import Packet, Quality, Value

TICK_US = 1_000


class ScriptedSource:
    """Every registered sensor says a heart rate each `every_s`: 60, 61 and so on to 180, and again."""

    def __init__(self, settings: Settings, emit: Emit, every_s: float = 1.0) -> None:
        self._sensors = settings.sensors
        self._emit = emit
        self._every_s = every_s
        self._said = 0
        self._heard_us: int | None = None

    async def run(self) -> None:
        while True:
            self._say()
            await asyncio.sleep(self._every_s)

    def states(self) -> list[SensorState]:
        word = "off" if self._heard_us is None else "live"
        return [
            SensorState(s.name, s.address, s.kind, word, battery=80, last_heard_us=self._heard_us)
            for s in self._sensors
        ]

    def counts(self) -> dict[str, int]:
        return {"said": self._said}

    def faults(self) -> list[str]:
        return []

    def _say(self) -> None:
        now_us = self._heard_us = boot_us()
        value = Value(HEART_RATE.id, 60.0 + self._said % 121, Quality.OK)
        self._said += 1
        for sensor in self._sensors:
            with contextlib.suppress(Exception):
                self._emit(Packet(sensor.name, now_us - now_us % TICK_US, TICK_US, 1_000_000, (value,)))
