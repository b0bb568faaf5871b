"""A scenario on the air: sensors, carrier, truth log, timeline and control socket together."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sts_sims.carriers.bluez.daemon import BluezDaemon, CarrierError, RadioSettings
from sts_sims.control import listening
from sts_sims.orders import OrderError, Stage, TimedOrder, carry_out, obey
from sts_sims.scenario import Radio, Scenario
from sts_sims.squad import Squad
from sts_sims.truth import TruthLog


class ShowError(Exception):
    """The scenario cannot be put on the air; the message says why and what to do."""


def radio_settings(radio: Radio) -> RadioSettings:
    """The scenario's radio in the carrier's words."""
    return RadioSettings(
        adapters=radio.adapters,
        adapter_address=radio.address,
        connect_s=radio.connect_ms / 1000.0,
        disconnect_s=radio.disconnect_ms / 1000.0,
        advert_interval_s=radio.advert_ms / 1000.0,
        link_limit=radio.link_limit or None,
    )


def _innermost(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error in nested groups: each task group wraps it once more."""
    first = group.exceptions[0]
    return _innermost(first) if isinstance(first, BaseExceptionGroup) else first


class Site:
    """The air of all radios of a place: what a sensor sends reaches whoever has a link to it or listens."""

    def __init__(self, radios: Sequence[BluezDaemon]) -> None:
        self._radios = radios

    def notify(self, name: str, uuid: str, value: bytes) -> str | None:
        """None when anybody got it, else why the first one did not."""
        return _anybody([radio.notify(name, uuid, value) for radio in self._radios])

    def broadcast(self, name: str) -> str | None:
        """None when anybody heard it, else why the first one did not."""
        return _anybody([radio.broadcast(name) for radio in self._radios])


def _anybody(reasons: Sequence[str | None]) -> str | None:
    return None if None in reasons else reasons[0]


class Show:
    """One run of a scenario, on one bus for each of its gateways. `run` ends only by cancellation or with ShowError."""

    def __init__(
        self,
        scenario: Scenario,
        *bus_addresses: str,
        truth_path: Path | None = None,
        seed: int | None = None,
        control_path: Path | None = None,
    ) -> None:
        self.squad = Squad(scenario, seed)
        sensors, radio = self.squad.sensors, radio_settings(scenario.radio)
        self._radios = [BluezDaemon(address, sensors.values(), radio) for address in bus_addresses]
        self.daemon = self._radios[0]
        by_gateway = dict(zip(scenario.gateways, self._radios, strict=bool(scenario.gateways)))
        self.stage = Stage(self.daemon, sensors, by_gateway)
        self._scenario = scenario
        self._truth_path = truth_path
        self._control_path = control_path
        for told in scenario.everything:
            self.daemon.device(told.name).connected_at_start = told.connected_at_start

    async def run(self, on_air: Callable[[], None] = lambda: None) -> None:
        """Serve until cancelled; `on_air` is called once when the straps can be found."""
        try:
            with TruthLog(self._truth_path) as truth:
                async with listening(self._control_path, partial(obey, self.stage)):
                    await self._perform(truth, on_air)
        except OSError as error:
            raise ShowError(f"The scenario cannot run: {error}.") from error

    async def _perform(self, truth: TruthLog, on_air: Callable[[], None]) -> None:
        failure: ShowError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                for radio in self._radios:
                    group.create_task(radio.run())
                group.create_task(self._train(truth, on_air))
        except* (CarrierError, OrderError, OSError) as known:
            failure = ShowError(str(_innermost(known)))
        if failure is not None:  # raised above, Python 3.11.2 would wrap it in a group
            raise failure

    async def _train(self, truth: TruthLog, on_air: Callable[[], None]) -> None:
        for radio in self._radios:
            await radio.ready.wait()
        on_air()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.squad.train(Site(self._radios), truth))
            group.create_task(self._follow(self._scenario.timeline))

    async def _follow(self, timeline: list[TimedOrder]) -> None:
        began_s = asyncio.get_running_loop().time()
        for order in sorted(timeline, key=lambda o: o.at_s):
            await asyncio.sleep(began_s + order.at_s - asyncio.get_running_loop().time())
            carry_out(self.stage, order)
