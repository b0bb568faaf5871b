"""Boot time, and what ties it to wall time."""

from .clock import Clock, LastGoodTime
from .floor import StoredLastGoodTime
from .system import SystemTime, boot_us

__all__ = ["Clock", "LastGoodTime", "StoredLastGoodTime", "SystemTime", "boot_us"]
