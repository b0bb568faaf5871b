"""Which files have stopped changing: a file is complete when nothing about it has moved for the settle time.

Times are this machine's monotonic seconds, never the file's own: a timing computer's clock may say anything.
"""

from collections.abc import Iterable
from typing import NamedTuple

from .look import Seen, State


class _Since(NamedTuple):
    state: State
    since_s: float


class Settling:
    """Remembers since when each file is as it is."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._known: dict[str, _Since] = {}

    def settled(self, files: Iterable[Seen], now_s: float) -> list[Seen]:
        """Of what lies there now, that which has been like this for the settle time; empty files have not begun."""
        before, self._known = self._known, {}
        done = []
        for seen in files:
            known = before.get(seen.name)
            since_s = known.since_s if known is not None and known.state == seen.state else now_s
            self._known[seen.name] = _Since(seen.state, since_s)
            if seen.state.size and now_s - since_s >= self._settle_s:
                done.append(seen)
        return done

    def again(self, name: str) -> None:
        """Somebody is writing to it: its time begins anew."""
        self._known.pop(name, None)
