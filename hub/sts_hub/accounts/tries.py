"""How often something may be tried: a sliding window for each key. What lets people in is counted in the database, so that all
processes share one limit (`SharedTries`); what must not reach the database is counted in this process's memory (`Tries`)."""

import hashlib
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

from sts_hub.accounts import repository
from sts_hub.errors import TooMany
from sts_hub.kit.database import Database

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


class Tried(NamedTuple):
    """Who tries, or what is tried, and how often it may be within the window."""

    key: str
    most: int


class SharedTries:
    """Counts for all processes of the API, over `window_s` seconds."""

    def __init__(self, database: Database, window_s: float) -> None:
        self._database = database
        self._window = timedelta(seconds=window_s)

    async def take(self, *tried: Tried) -> None:
        """One try more of each, committed at once. Raises TooMany, then none is counted; or Away."""
        async with self._database.nobody() as session:
            wait_s = await repository.take_tries(
                session, [_hashed(one.key) for one in tried], [one.most for one in tried], self._window
            )
        refuse_too_many(wait_s)

    async def forgive(self, key: str) -> None:
        """Forget the tries of this key. Raises Away."""
        async with self._database.nobody() as session:
            await repository.forgive_tries(session, _hashed(key))


def _hashed(key: str) -> bytes:
    """Neither an address nor an e-mail lies in the table."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
