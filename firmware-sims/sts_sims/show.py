"""A scenario on the air: straps, carrier, truth log, timeline and control socket together."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from sts_sims.carriers.bluez.daemon import BluezDaemon, BusNameTaken, RadioSettings
from sts_sims.scenario import Radio, Scenario
from sts_sims.squad import Squad
from sts_sims.truth import TruthLog


class ShowError(Exception):
    """The scenario cannot be put on the air; the message says why and what to do."""


def radio_settings(radio: Radio) -> RadioSettings:
    """The scenario's radio in the carrier's words."""
    return RadioSettings(
        adapter=radio.adapter,
        adapter_address=radio.address,
        connect_s=radio.connect_ms / 1000.0,
        advert_interval_s=radio.advert_ms / 1000.0,
        link_limit=radio.link_limit or None,
    )


class Show:
    """One run of a scenario. `run` ends only by cancellation or with ShowError."""

    def __init__(
        self,
        scenario: Scenario,
        bus_address: str,
        *,
        truth_path: Path | None = None,
        seed: int | None = None,
        control_path: Path | None = None,
    ) -> None:
        self.squad = Squad(scenario, seed)
        self._truth_path = truth_path
        self._control_path = control_path
        self._scenario = scenario
        self.daemon = BluezDaemon(bus_address, self.squad.straps.values(), radio_settings(scenario.radio))

    async def run(self, on_air: Callable[[], None] = lambda: None) -> None:
        """Serve until cancelled; `on_air` is called once when the straps can be found."""
        try:
            with TruthLog(self._truth_path) as truth:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.daemon.run())
                    group.create_task(self._begin(truth, on_air))
        except* BusNameTaken as taken:
            raise ShowError(str(taken.exceptions[0])) from None

    async def _begin(self, truth: TruthLog, on_air: Callable[[], None]) -> None:
        await self.daemon.ready.wait()
        on_air()
        await self.squad.train(self.daemon, truth)
