"""Uplinks: what carries records to the hub. Each kind keeps the promises of `Uplink`.

An uplink knows nothing of sensors and of the disk; the agent gives it a store of records (`store.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from sts_protocols.beat import Answer, Beat
from sts_protocols.record import Record

from .link import LinkState

__all__ = ["LinkReport", "LinkState", "Uplink"]


class LinkReport(NamedTuple):
    """How the link is, for people and for the beat; times in seconds, None where nothing is known yet.

    state: see `link.py`. since_s: seconds in this state. round_trip_s: of the last beat and its answer.
    confirm_s: of the last live record. last_confirm_s: seconds since the last confirm of either lane.
    in_flight_bytes and rate: of the backlog, rate in bytes per second. sentence: what went wrong last,
    empty while nothing does. parked: the hub wants no records of this device.
    """

    state: LinkState
    since_s: float
    round_trip_s: float | None
    confirm_s: float | None
    last_confirm_s: float | None
    in_flight_bytes: int
    rate: float
    sentence: str
    parked: bool = False


class Uplink(Protocol):
    """Brings records to the hub, newest first on the live lane, oldest first on the backlog lane.

    Promises, kept by one suite of tests for every kind:
    - a record is confirmed to the store only when the hub's broker has it in a queue of record;
    - a live record is handed over once, and backlog never before a live record that waits;
    - nothing that the broker refuses keeps other records from being sent;
    - `run` ends only by cancellation, whatever the network or the broker does.

    on_answer: called with each answer of the hub and the beat it answers. on_refused: called when the hub does
    not let this gateway in.
    """

    on_answer: Callable[[Answer, Beat], None]
    on_refused: Callable[[], None]

    async def run(self) -> None: ...

    def offer(self, record: Record) -> None:
        """Take a record that has just been closed; returns at once."""

    def beat(self) -> None:
        """Tell the hub now how things are, instead of when the next beat is due."""

    def report(self) -> LinkReport:
        """How the link is now."""

    async def finish(self, timeout: float) -> None:
        """Wait, this long at most, until live records are confirmed; say a last beat and goodbye."""
