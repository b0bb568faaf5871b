"""What every simulated sensor can do, whatever it measures: a carrier sends what it says, an order disturbs it."""

from typing import Any, NamedTuple, Protocol

from sts_sims.peripheral import Peripheral


class Notice(NamedTuple):
    """A notification that is due. `told`: what is true of it in plain words and numbers; `at_s`: the instant of
    the scenario that it speaks of."""

    uuid: str
    frame: bytes
    at_s: float
    told: dict[str, Any]


class Sensor(Peripheral, Protocol):
    """A simulated sensor on an athlete. `turn_s`: how often it looks for what is due, None for never."""

    worn: bool

    @property
    def turn_s(self) -> float | None: ...

    def switch_on(self, time_s: float) -> None:
        """Begin at `time_s`, s since the start of the scenario."""
        ...

    def due(self, time_s: float) -> list[Notice]:
        """What it has to say up to `time_s` and has not said; times must rise."""
        ...

    def set_battery(self, percent: float) -> None: ...
