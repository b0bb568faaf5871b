"""When an impulse was, on the gateway's clock: a timer's time of day mapped by when its lines arrive.

A line can come late and never early, so of the last lines the one that came soonest after its own time says
best how the two clocks lie. What remains is told as the error: the shortest way a line takes, which cannot
be seen from here, and how far two crystals drift until then.
"""

from collections import deque
from typing import NamedTuple

from sts_protocols.serial.ticks import DAY_TICKS, TICK_US

# A line of 27 characters at 9,600 baud takes 28 ms, a USB adapter hands on every 16 ms, a busy gateway some
# 6 ms: the soonest of several lines is at most this late.
LEAST_DELAY_US = 50_000
# Two crystals, 50 ppm each over temperature and age.
DRIFT_PPM = 100
# Lines that say where the clocks lie now; with more, a timer that was set anew would be believed later.
KEPT_LINES = 20
# A line that comes so much later than the soonest one was stored before, or the timer was set.
LATE_US = 2_000_000
# Lines that agree on another place of the clocks within this: the timer was set, and not its memory read out.
AGREE_US = 200_000
AGREEING_LINES = 3

_DAY_US = DAY_TICKS * TICK_US


class Moment(NamedTuple):
    """Boot time, µs, right within error_us."""

    boot_us: int
    error_us: int


class TimerClock:
    """Where one timer's time of day lies on boot time."""

    def __init__(self) -> None:
        self._near: deque[tuple[int, int]] = deque(maxlen=KEPT_LINES)
        self._far: list[int] = []

    def place(self, ticks: int, arrived_us: int) -> Moment | None:
        """When it was; None for a line that is late beyond what a line can be, until lines agree."""
        lag_us = self._lag(ticks, arrived_us)
        if self._near and lag_us - min(self._near)[0] > LATE_US and not self._was_set(lag_us):
            return None
        self._near.append((lag_us, arrived_us))
        soonest_us, seen_us = min(self._near)
        error_us = LEAST_DELAY_US + (arrived_us - seen_us) * DRIFT_PPM // 1_000_000
        return Moment(arrived_us - (lag_us - soonest_us), error_us)

    def _lag(self, ticks: int, arrived_us: int) -> int:
        """Arrival less the timer's time, within half a day of what was seen before: so midnight passes."""
        lag_us = arrived_us - ticks * TICK_US
        near_us = self._near[-1][0] if self._near else 0
        return near_us + (lag_us - near_us + _DAY_US // 2) % _DAY_US - _DAY_US // 2 if self._near else lag_us

    def _was_set(self, lag_us: int) -> bool:
        self._far = [far_us for far_us in self._far if abs(far_us - lag_us) <= AGREE_US] + [lag_us]
        if len(self._far) < AGREEING_LINES:
            return False
        self._near.clear()
        self._far.clear()
        return True
