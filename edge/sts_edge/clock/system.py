"""The machine's clocks that nobody can set.

CLOCK_REALTIME is never read here or anywhere else at the edge: a gateway without a clock chip starts in 1970,
and whoever sets it may be wrong. Wall time comes from anchors alone.
"""

import time
from typing import Protocol


def boot_us() -> int:
    """Return CLOCK_BOOTTIME in µs: never set, never stepped, runs on through suspend."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000


class Ticks(Protocol):
    """Where boot time comes from; tests inject their own."""

    def boot_us(self) -> int:
        """Return boot time in µs."""

    def asleep_us(self) -> int:
        """Return how much of boot time the machine has slept, in µs."""


class SystemTime:
    """The kernel's clocks."""

    def boot_us(self) -> int:
        return boot_us()

    def asleep_us(self) -> int:
        return boot_us() - time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000
