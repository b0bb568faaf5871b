"""How often something may be tried: a sliding window for each key, in memory of this process."""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from sts_hub.errors import TooMany

# Keys remembered at once; the one untouched for longest is forgotten first. 10,000 deques of 10 times are
# about 10 MB.
KEYS: Final = 10_000


def refuse_too_many(wait_s: float) -> None:
    """Raises TooMany where there is something to wait for."""
    if wait_s > 0:
        raise TooMany(
            f"Wait {math.ceil(wait_s / 60)} min before the next try.",
            headers={"Retry-After": str(math.ceil(wait_s))},
        )


class Tries:
    """At most `limit` tries per `window_s` seconds for each key."""

    def __init__(self, limit: int, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._window_s = window_s
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Seconds until this key may try again; 0 when it may now."""
        times = self._recent(key)
        if len(times) < self._limit:
            return 0.0
        return max(times[0] + self._window_s - self._clock(), 0.001)

    def count(self, key: str) -> None:
        """One more try."""
        times = self._recent(key)
        times.append(self._clock())
        self._times[key] = times
        self._times.move_to_end(key)
        if len(self._times) > KEYS:
            self._times.popitem(last=False)

    def forgive(self, key: str) -> None:
        """Forget the tries of this key."""
        self._times.pop(key, None)

    def _recent(self, key: str) -> deque[float]:
        times = self._times.get(key, deque())
        since = self._clock() - self._window_s
        while times and times[0] <= since:
            times.popleft()
        return times
