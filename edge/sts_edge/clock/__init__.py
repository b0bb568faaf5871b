"""Boot time, and what ties it to wall time."""

from .chip import ClockChip
from .clock import Clock, LastGoodTime
from .floor import StoredLastGoodTime
from .system import SystemTime, boot_us

__all__ = ["Clock", "ClockChip", "LastGoodTime", "StoredLastGoodTime", "SystemTime", "boot_us"]
