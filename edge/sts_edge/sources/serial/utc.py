"""A GNSS receiver as a source of wall time, without the wire that ticks with the second."""

from collections.abc import Callable

from sts_protocols.record import Anchor, ClockSource
from sts_protocols.serial.heard import UtcTime

# A receiver computes a position for up to 0.3 s after the moment it is for, then its sentences begin; at 9,600
# baud the first of them takes 80 ms, a USB adapter hands on every 16 ms, and a gateway under load is some 100 ms
# late. So the first byte came 0 to 500 ms after that moment: the middle, give or take half.
LONGEST_DELAY_US = 500_000
# One anchor of so many is told, the one that came soonest: what came late says less. In 10 s crystals drift by
# 1 ms.
GATHERED_US = 10_000_000


class ReceiverTime:
    """Hands on the best of a receiver's times."""

    def __init__(self, take: Callable[[Anchor], object]) -> None:
        self._take = take
        self._best: Anchor | None = None
        self._began_us: int | None = None

    def hear(self, utc: UtcTime, arrived_us: int) -> None:
        """Take the time of a fix whose first byte came at this boot time."""
        half_us = LONGEST_DELAY_US // 2
        anchor = Anchor(arrived_us, utc.utc_us + half_us, half_us + utc.error_us, ClockSource.GNSS)
        if self._best is None or _lead_us(anchor) > _lead_us(self._best):
            self._best = anchor
        if self._began_us is None or arrived_us - self._began_us >= GATHERED_US:
            self._take(self._best)
            self._best, self._began_us = None, arrived_us


def _lead_us(anchor: Anchor) -> int:
    return anchor.wall_us - anchor.boot_us
