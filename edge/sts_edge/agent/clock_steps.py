"""A start whose clock turns out to be wrong ends, and what is to be corrected is told by the next.

An epoch is right or wrong as a whole, so that one act at the hub puts it right. When a better source is far from what
the records of this epoch carry, they go on with it no longer: the agent begins anew, with a new epoch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from sts_edge.clock import Clock
from sts_edge.clock.database import opened
from sts_protocols.record import Anchor, ClockSource

# Whoever is at the site that day should read it; after that it stands in the hub's logs.
TOLD_FOR_US = 86_400_000_000

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS step (one INTEGER PRIMARY KEY CHECK (one = 1), "
    "epoch TEXT NOT NULL, by_us INTEGER NOT NULL, wall_us INTEGER NOT NULL, source TEXT NOT NULL)"
)
_KEEP = "INSERT OR REPLACE INTO step VALUES (1, ?, ?, ?, ?)"

_log = structlog.get_logger()


class Step(NamedTuple):
    """What is to be added to the times of an epoch, when that was found out, and by whom; µs."""

    epoch: str
    by_us: int
    wall_us: int
    source: str


class ClockSteps:
    """Begins anew when the clock is left behind; the last time that it happened is kept in `file`."""

    def __init__(self, clock: Clock, epoch: bytes, file: Path, anew: Callable[[], None]) -> None:
        self._clock = clock
        self._epoch = epoch
        self._file = file
        self._anew = anew
        self._last = self._load()
        clock.on_left = self._left

    def faults(self) -> list[str]:
        """What of the last day somebody at the hub must put right."""
        step = self._recent()
        if step is None:
            return []
        return [
            f"By what {step.source} says, the clock of the start {step.epoch} was {_off(step.by_us)}. If that is so, have "
            f"its times put right at the hub: sts-hub clock correct {step.epoch} --by-ms {step.by_us / 1_000:.0f} --reason TEXT"
        ]

    def report(self) -> dict[str, Any] | None:
        """The same for `sts-edge status`."""
        step = self._recent()
        return (
            None
            if step is None
            else {"epoch": step.epoch, "by_ms": round(step.by_us / 1_000), "source": step.source}
        )

    def _left(self, anchor: Anchor) -> None:
        by_us = anchor.wall_us - anchor.boot_us - self._clock.reading(anchor.boot_us).offset_us
        step = Step(self._epoch.hex(), by_us, anchor.wall_us, ClockSource(anchor.source).name)
        _log.warning("clock_was_wrong", start=step.epoch, by_ms=round(by_us / 1_000))
        with suppress(sqlite3.Error, OSError), opened(self._file, _SCHEMA) as database:
            database.execute(_KEEP, step)
        self._anew()

    def _recent(self) -> Step | None:
        wall_us, step = self._clock.wall_us(), self._last
        if step is None or (wall_us is not None and wall_us - step.wall_us > TOLD_FOR_US):
            return None
        return step

    def _load(self) -> Step | None:
        try:
            with opened(self._file, _SCHEMA) as database:
                row = database.execute("SELECT epoch, by_us, wall_us, source FROM step").fetchone()
        except (sqlite3.Error, OSError):
            return None
        return None if row is None else Step(*row)


def _off(by_us: int) -> str:
    return f"{abs(by_us) / 1_000_000:.1f} s {'behind' if by_us > 0 else 'ahead'}"
