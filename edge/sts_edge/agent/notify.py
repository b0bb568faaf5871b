"""What systemd is told (sd_notify): ready, still alive, stopping. Outside of systemd it is told nothing."""

from __future__ import annotations

import asyncio
import os

import sdnotify  # type: ignore[import-untyped]  # it carries no types

# systemd counts from the last sign of life; half its patience leaves room for one slow turn of the loop.
_SHARE = 0.5


class Systemd:
    """The service manager, if there is one."""

    def __init__(self) -> None:
        self._notifier = sdnotify.SystemdNotifier()

    def ready(self, status: str) -> None:
        self._notifier.notify(f"READY=1\nSTATUS={status}")

    def stopping(self) -> None:
        self._notifier.notify("STOPPING=1")

    async def keep_alive(self) -> None:
        """Give signs of life at the pace that the unit's WatchdogSec asks for, from the event loop itself."""
        patience_s = int(os.environ.get("WATCHDOG_USEC", 0)) / 1_000_000
        if not patience_s:
            await asyncio.Event().wait()
        while True:
            self._notifier.notify("WATCHDOG=1")
            await asyncio.sleep(patience_s * _SHARE)
