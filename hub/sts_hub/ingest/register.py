"""What ingest must know of people and clocks: a copy of the register, at most 5 s old."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_hub.db.spans import Times
from sts_hub.db.times import microseconds

MAX_AGE_S = 5.0
"""A consent that ends stops the live picture, and the storing, within this time."""

_QUERIES = queries.load("sts_hub.ingest")
_ALWAYS_US = 2**63 - 1


class Wearer(NamedTuple):
    """A registered sensor: when it may be shown live, and when nothing of it may be stored (µs, end
    excluded)."""

    sensor_id: int
    shown: Sequence[tuple[int, int]]
    withheld: Sequence[tuple[int, int]]

    def shows(self, t_us: int) -> bool:
        """Whether it was then worn by somebody who had consented."""
        return any(start <= t_us < end for start, end in self.shown)


class Clock(NamedTuple):
    """What the hub adds to an epoch's times: the pin to those of unknown clock, the correction to all."""

    pin_offset_us: int | None = None
    delta_us: int = 0


class Register:
    """Sensors by gateway and local name, the clocks of epochs, and which of these come from copied cards. While the
    database is away the copy stays: nobody can change a consent then, either."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._read_at = -MAX_AGE_S
        self._wearers: dict[tuple[str, str], Wearer] = {}
        self._clocks: dict[bytes, Clock] = {}
        self.copies: frozenset[bytes] = frozenset()

    def wearer(self, gateway: str, name: str) -> Wearer | None:
        """The registered sensor that this gateway calls by this name."""
        return self._wearers.get((gateway, name))

    def withheld(self, gateway: str, name: str) -> Sequence[tuple[int, int]]:
        """When values of this sensor must not be stored."""
        wearer = self._wearers.get((gateway, name))
        return wearer.withheld if wearer else ()

    def clock(self, epoch: bytes) -> Clock:
        """The epoch's clock; one that needs nothing is not kept."""
        return self._clocks.get(epoch, Clock())

    async def refresh(self, connection: Connection, max_age_s: float = MAX_AGE_S) -> None:
        """Read the register again if the copy is older. Raises what the database raises."""
        asked_at = self._monotonic()
        if asked_at - self._read_at < max_age_s:
            return
        wearers = await connection.fetch(_QUERIES.wearers)
        clocks = await connection.fetch(_QUERIES.clocks)
        self._wearers = {
            (row["gateway"], row["name"]): Wearer(
                row["sensor_id"], _periods(row["shown"]), _periods(row["withheld"])
            )
            for row in wearers
        }
        self._clocks = {row["epoch"].bytes: Clock(row["pin_offset_us"], row["delta_us"]) for row in clocks}
        self.copies = frozenset(row["epoch"].bytes for row in clocks if row["is_copy"])
        self._read_at = asked_at


def _periods(ranges: Iterable[Times]) -> list[tuple[int, int]]:
    return [(_bound(period.lower, -_ALWAYS_US), _bound(period.upper, _ALWAYS_US)) for period in ranges]


def _bound(moment: datetime | None, without: int) -> int:
    """A bound in µs. PostgreSQL's infinities are other than no bound, and come as times without a zone."""
    if moment is None:
        return without
    if moment.tzinfo is None:
        return _ALWAYS_US if moment == datetime.max else -_ALWAYS_US
    return microseconds(moment)
