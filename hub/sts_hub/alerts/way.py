"""How values take their way to the hub and into the database, as the hub itself finds it: gateways that have gone silent,
and how long what the wall shows waits to be stored. No I/O, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, NamedTuple

# Probes that may wait to be stored: one each four seconds, for an hour of a database that is away.
_MOST: Final = 900


class Probe(NamedTuple):
    """A value that the wall has shown, and when it was shown, µs: it is looked for in the database."""

    sensor: int
    metric: int
    t_us: int
    shown_us: int


@dataclass(slots=True)
class Storing:
    """How far storing is behind showing. One value of each reading stands for all; once a later one is there, one that never
    comes (its record was parked) says nothing."""

    _waiting: deque[Probe] = field(default_factory=lambda: deque(maxlen=_MOST))

    @property
    def waiting(self) -> list[Probe]:
        """What has been shown and was not there when it was last looked for, rising in time."""
        return list(self._waiting)

    def shown(self, probe: Probe) -> None:
        """A value is on the wall."""
        self._waiting.append(probe)

    def stored(self, probes: Collection[Probe]) -> None:
        """These are in the database."""
        newest_us = max((one.shown_us for one in probes), default=None)
        while newest_us is not None and self._waiting and self._waiting[0].shown_us <= newest_us:
            self._waiting.popleft()

    def lag_s(self, now_us: int) -> float:
        """For how long the oldest value that is not there has been shown; 0 when all are there."""
        return (now_us - self._waiting[0].shown_us) / 1e6 if self._waiting else 0.0


@dataclass(slots=True)
class Link:
    """Whether anything can come at all. While the hub's own link is away, no gateway's silence is the gateway's."""

    since_us: int = 0
    gap_since_us: int | None = None

    def turned(self, gap_since_us: int | None, now_us: int) -> None:
        """A gap began then (None: it is over)."""
        if self.gap_since_us is not None and gap_since_us is None:
            self.since_us = now_us
        self.gap_since_us = gap_since_us

    def lag_s(self, now_us: int) -> float:
        """For how long nothing could come."""
        return 0.0 if self.gap_since_us is None else (now_us - self.gap_since_us) / 1e6

    def silence_s(self, heard_us: int, now_us: int) -> float | None:
        """How long a gateway has been silent that was last heard then; None while that is not its own fault."""
        return None if self.gap_since_us is not None else (now_us - max(heard_us, self.since_us)) / 1e6
