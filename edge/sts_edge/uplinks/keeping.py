"""Keeping a connection and its channel: what stands is watched, what the broker closes is opened again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from sts_edge.time_limit import heed_cancellation, time_limit

from .line import Line, Outlet

# A channel on a standing connection takes two round trips: below 2 s on any link that carries live data.
OUTLET_S = 5.0
# A channel that the broker closed is opened again after a second, then less and less often.
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# Whoever kept a channel this long has not been refused lately.
KEPT_S = 60.0


class Lane(Protocol):
    """What sends over a channel."""

    def use(self, line: Line, outlet: Outlet) -> None:
        """Send here from now on."""

    def shut(self) -> None:
        """The broker closed the channel."""


async def open_outlet(line: Line) -> Outlet:
    """Open a channel. A connection on which that takes too long is cut. Raises OSError then."""
    try:
        async with time_limit(OUTLET_S):
            return await line.outlet()
    except TimeoutError:
        line.cut()
        raise ConnectionError(f"no channel within {OUTLET_S:.0f} s") from None
    except Exception as error:
        line.cut()
        heed_cancellation()
        raise ConnectionError(str(error)) from error


async def serve(line: Line, outlet: Outlet, lane: Lane, pump: Callable[[], None]) -> None:
    """Let a lane send over a connection until that is lost, over one channel after the other."""
    pause_s = FIRST_PAUSE_S
    while True:
        since_s = time.monotonic()
        lane.use(line, outlet)
        pump()
        await outlet.shut()
        if line.is_lost:
            return
        lane.shut()
        pause_s = FIRST_PAUSE_S if time.monotonic() - since_s > KEPT_S else min(LONGEST_PAUSE_S, 2 * pause_s)
        await asyncio.sleep(pause_s)
        try:
            outlet = await open_outlet(line)
        except OSError:
            return
