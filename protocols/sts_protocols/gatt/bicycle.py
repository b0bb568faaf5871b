"""What turns on a bicycle: wheel and crank, told alike by power meters and by speed and cadence sensors."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from sts_protocols.counters import TurnCounter, Turns
from sts_protocols.metrics import CADENCE, SPEED, WHEEL_RATE
from sts_protocols.sample import Value

# A sprinter's cadence stays below 300/min; a wheel of 0.7 m (the smallest that is raced) turns 57 times a
# second at 40 m/s.
MOST_CRANK_TURNS_PER_S = 5.0
MOST_WHEEL_TURNS_PER_S = 60.0

CRANK_TICKS_PER_S = 1024


class Turning(Protocol):
    """A notification that tells of wheel and crank; None where it does not."""

    @property
    def wheel_turns(self) -> int | None: ...
    @property
    def wheel_ticks(self) -> int | None: ...
    @property
    def crank_turns(self) -> int | None: ...
    @property
    def crank_ticks(self) -> int | None: ...
    @property
    def truncated(self) -> bool: ...


class Ride(NamedTuple):
    """What wheel and crank did up to a notification; None where nothing can be said."""

    wheel: Turns | None
    crank: Turns | None


class Bicycle:
    """One bicycle as one sensor tells it. wheel_m: circumference of the wheel, m; without it there is no
    speed."""

    def __init__(self, wheel_ticks_per_s: int, wheel_m: float | None) -> None:
        self._wheel = TurnCounter(32, wheel_ticks_per_s, MOST_WHEEL_TURNS_PER_S)
        self._crank = TurnCounter(16, CRANK_TICKS_PER_S, MOST_CRANK_TURNS_PER_S)
        self._wheel_m = wheel_m

    def ride(self, told: Turning, boot_us: int) -> Ride:
        """What one more notification adds."""
        return Ride(
            _turns(self._wheel, told.wheel_turns, told.wheel_ticks, boot_us),
            _turns(self._crank, told.crank_turns, told.crank_ticks, boot_us),
        )

    def rates(self, ride: Ride, truncated: bool) -> Iterator[Value]:
        """Cadence and wheel rate, /min, and the speed, m/s, where the circumference is known."""
        if ride.crank is not None:
            yield CADENCE.told(CADENCE.nearest(ride.crank.per_minute), truncated=truncated)
        if ride.wheel is not None:
            yield WHEEL_RATE.told(WHEEL_RATE.nearest(ride.wheel.per_minute), truncated=truncated)
        if ride.wheel is not None and self._wheel_m is not None:
            metres_per_s = ride.wheel.per_minute / 60 * self._wheel_m
            yield SPEED.told(SPEED.nearest(metres_per_s), truncated=truncated)


def _turns(counter: TurnCounter, turns: int | None, ticks: int | None, boot_us: int) -> Turns | None:
    return None if turns is None or ticks is None else counter.hear(turns, ticks, boot_us)
