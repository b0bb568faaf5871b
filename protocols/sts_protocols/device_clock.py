"""A sensor's own clock, mapped to the gateway's boot time.

What a sensor says at its time d arrives at boot time a, later by a delay that is never negative. So a - d is
an upper bound of the offset between the clocks, and the smallest of a window is the best one known. Two
quartz clocks drift apart, so an old bound loosens as it ages. How much later than the offset the quickest
frame was, nobody can tell from one side; it is a share of the error that is stated here.

Time is an argument; nothing is read from a clock.
"""

from collections import deque
from typing import NamedTuple

# Quartz clocks of sensors and gateways are within 50 ppm each (crystal data sheets, 0 to 50 °C).
DRIFT_PPM = 100
# Long enough to meet a quick frame also on a busy radio, short enough that drift adds 12 ms at most.
WINDOW_US = 120_000_000
# The quickest of many frames still waited for a connection event (at most 50 ms with straps, two where one
# was lost) and crossed two sockets.
LEAST_DELAY_US = 60_000
# Straps may deliver 3 to 4 s late (polarofficial/polar-ble-sdk, issues 80 and 227): what a single frame says
# is no better than that.
LATEST_US = 5_000_000
# After such a pause what was quick before it is remembered, but counts no more as proof.
PAUSE_US = 10_000_000
# So many frames over so much time, and one of them was quick.
SETTLED_FRAMES = 6
SETTLED_US = 3_000_000


class Bound(NamedTuple):
    """One upper bound of the offset, µs, at the boot time of its arrival; `level` is without the drift."""

    arrival_us: int
    level_us: int


class DeviceClock:
    """The mapping for one device since it began to count. Feed it each time stamp with its arrival."""

    def __init__(self) -> None:
        self._bounds: deque[Bound] = deque()
        self._heard = 0
        self._first_us = 0
        self._last_us = 0

    def hear(self, device_us: int, arrival_us: int) -> None:
        """Learn from a time stamp of the device, µs on its clock, and the boot time at which it came."""
        if not self._heard or arrival_us - self._last_us > PAUSE_US:
            self._heard, self._first_us = 0, arrival_us
        self._heard += 1
        self._last_us = arrival_us
        bound = Bound(arrival_us, arrival_us - device_us - _drift_us(arrival_us))
        while self._bounds and self._bounds[-1].level_us >= bound.level_us:
            self._bounds.pop()
        self._bounds.append(bound)
        while self._bounds[0].arrival_us < arrival_us - WINDOW_US:
            self._bounds.popleft()

    def fits(self, device_us: int, arrival_us: int) -> bool:
        """Whether a time stamp can be of the clock that was heard so far: not from the future, not too old."""
        if not self._heard:
            return True
        delay_us = arrival_us - device_us - self._offset_us(arrival_us)
        return -self.error_us <= delay_us <= LATEST_US

    def restart(self) -> None:
        """Forget what was heard: the device counts anew."""
        self._bounds.clear()
        self._heard = 0

    def boot_us(self, device_us: int) -> int:
        """The boot time of an instant on the device's clock; something must have been heard before."""
        return device_us + self._offset_us(self._last_us)

    @property
    def settled(self) -> bool:
        """Whether enough was heard that one frame of it was surely quick."""
        return self._heard >= SETTLED_FRAMES and self._last_us - self._first_us >= SETTLED_US

    @property
    def error_us(self) -> int:
        """The mapping is right within this many µs."""
        if not self.settled:
            return LATEST_US
        return LEAST_DELAY_US + _drift_us(self._last_us - self._bounds[0].arrival_us)

    def _offset_us(self, at_us: int) -> int:
        return self._bounds[0].level_us + _drift_us(at_us)


def _drift_us(span_us: int) -> int:
    return span_us * DRIFT_PPM // 1_000_000
