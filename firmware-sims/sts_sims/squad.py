"""A running scenario: every strap measures at its own instant of the second, the carrier takes it out."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from sts_sims.athletes import Heart
from sts_sims.heart_strap import BATTERY_LEVEL, HEART_RATE_MEASUREMENT, HeartStrap
from sts_sims.scenario import Scenario, Strap
from sts_sims.truth import TruthLog
from sts_sims.workout import effort


class Air(Protocol):
    """What a carrier must offer: send a notification, or say why nobody got it."""

    def notify(self, name: str, uuid: str, value: bytes) -> str | None: ...


def boot_us() -> int:
    """Now on CLOCK_BOOTTIME, µs."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def make_strap(scenario: Scenario, strap: Strap, seed: int) -> HeartStrap:
    """A strap as its scenario describes it."""
    plan = effort(scenario.plan, later_s=strap.later_s, pace=strap.pace)
    heart = Heart(strap.athlete.athlete, plan, f"{seed}:{strap.name}")
    made = HeartStrap(
        strap.name, strap.address, heart, battery=strap.battery, energy=strap.energy, rssi_dbm=strap.rssi_dbm
    )
    made.switch_on(scenario.start_at_s)
    return made


class Squad:
    """All straps of a scenario. `seed` replaces the one of the scenario."""

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self._scenario = scenario
        chosen = scenario.seed if seed is None else seed
        self.straps = {strap.name: make_strap(scenario, strap, chosen) for strap in scenario.straps}

    async def train(self, air: Air, truth: TruthLog, now_us: Callable[[], int] = boot_us) -> None:
        """Measure and notify until cancelled."""
        interval_s = 1.0 / self._scenario.rate_hz
        began_s = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for place, strap in enumerate(self.straps.values()):
                lag_s = interval_s * place / len(self.straps)
                group.create_task(self._wear(strap, air, truth, now_us, began_s + lag_s, interval_s))

    async def _wear(
        self,
        strap: HeartStrap,
        air: Air,
        truth: TruthLog,
        now_us: Callable[[], int],
        first_s: float,
        interval_s: float,
    ) -> None:
        count = 0
        while True:
            due_s = first_s + count * interval_s
            await asyncio.sleep(max(due_s - time.monotonic(), 0.0))
            said = strap.measure(self._scenario.start_at_s + (count + 1) * interval_s)
            count += 1
            frame = said.frame
            emitted_us = now_us()
            why = air.notify(strap.name, HEART_RATE_MEASUREMENT, frame)
            truth.note(emitted_us, strap.name, strap.address, said, frame, why)
            if strap.battery_changed():
                air.notify(strap.name, BATTERY_LEVEL, strap.battery_value)
