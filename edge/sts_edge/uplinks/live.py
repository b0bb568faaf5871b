"""The live lane: the newest record of each live kind, handed to the socket once.

A coach sees this lane, so it never repeats itself and never queues: when the socket is not clear, a newer
record takes the place of the one that waits, which becomes backlog. What is not confirmed at its deadline
becomes backlog as well, and tells that the link is stalled; should its confirm come later, it is as good as
one in time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from sts_protocols.delivery import Event
from sts_protocols.record import ClockSource, Kind, Record

from .deadline import LiveDeadline
from .flight import Flight, keys_of
from .line import Line, Outcome, Outlet, Verdict
from .link import LinkEvent
from .store import Key

# Waveforms go here only on the hub's order; what else there is waits its turn.
LIVE_KINDS = frozenset({Kind.SAMPLES, Kind.IMPULSE, Kind.SITE_EVENT})

EVENTS = {
    Outcome.ACKED: Event.ACKED,
    Outcome.NACKED: Event.NACKED,
    Outcome.RETURNED: Event.RETURNED,
    Outcome.REFUSED: Event.LINK_LOST,
    Outcome.LOST: Event.LINK_LOST,
}


@dataclass
class _Publish:
    """A record on its way: over which line, since when, and whether its deadline has passed."""

    key: Key
    line: Line | None
    handed_s: float
    late: bool = False


class LiveLane:
    """Hands records over while there is a channel and nobody holds it; tells what it learns by its callbacks.

    on_link: LinkEvent.CONFIRMED and MISSED. on_confirm: the seconds a confirm took. on_verdict: how each
    record ended. on_change: something became backlog or was confirmed, so another lane may go on.
    """

    def __init__(self, flight: Flight, is_placed: Callable[[bytes], bool]) -> None:
        self._flight = flight
        self._is_placed = is_placed
        self._waiting: dict[int, Record] = {}
        self._line: Line | None = None
        self._outlet: Outlet | None = None
        self.deadline = LiveDeadline()
        self.held = False
        self.parked = False
        self.on_link: Callable[[LinkEvent], None] = _nobody
        self.on_confirm: Callable[[float], None] = _nobody
        self.on_verdict: Callable[[Verdict], None] = _nobody
        self.on_change: Callable[[], None] = _nobody

    @property
    def is_waiting(self) -> bool:
        """Whether a live record waits to be handed over: nothing of the backlog goes before it."""
        return bool(self._waiting)

    def use(self, line: Line, outlet: Outlet) -> None:
        """Take a new connection's channel; what is in flight elsewhere is settled by its own verdicts."""
        self._line, self._outlet = line, outlet
        self.held = False
        self.deadline.connected(line.connect_s)

    def shut(self) -> None:
        """The broker closed the channel: until there is another one, records go the other way."""
        self._outlet = None
        self._waiting.clear()

    def lost(self) -> None:
        """There is no connection: the newest record waits here for the next one."""
        self._line = self._outlet = None

    def offer(self, record: Record) -> None:
        """Take a record that has just been closed, if it is one for this lane."""
        header = record.header
        if header.kind not in LIVE_KINDS or (self._line is not None and self._outlet is None):
            return
        if header.clock.source == ClockSource.UNKNOWN and not self._is_placed(header.epoch):
            return
        waiting = self._waiting.get(header.kind)
        if (
            waiting is None or waiting.header.last_us <= header.last_us
        ):  # a summary is closed now and tells of the past
            self._waiting[header.kind] = record
        self.pump()

    def pump(self) -> None:
        """Hand over what waits, as far as the link takes it without delay."""
        while self._waiting and self._is_open():
            self._hand_over(self._waiting.pop(next(iter(self._waiting))))

    def _is_open(self) -> bool:
        line, outlet = self._line, self._outlet
        if line is None or outlet is None or self.held or self.parked or outlet.is_shut:
            return False
        if line.is_blocked:
            self.on_link(LinkEvent.BLOCKED)
            return False
        return line.is_clear

    def _hand_over(self, record: Record) -> None:
        assert self._outlet is not None, "asked _is_open before"
        key = next(keys_of([record]))
        if key in self._flight:
            return
        self._flight.hand_live(key)
        publish = _Publish(key, self._line, time.monotonic())
        timer = asyncio.get_running_loop().call_later(self.deadline.seconds, self._missed, publish)
        self._outlet.publish(record.raw, "live", lambda verdict: self._settled(publish, verdict, timer))

    def _missed(self, publish: _Publish) -> None:
        publish.late = True
        self._flight.happened(Event.TIMED_OUT, [publish.key])
        if publish.line is not None and publish.line is self._line:
            self.deadline.missed()
            self.on_link(LinkEvent.BLOCKED if publish.line.is_blocked else LinkEvent.MISSED)
        self.on_change()

    def _settled(self, publish: _Publish, verdict: Verdict, timer: asyncio.TimerHandle) -> None:
        timer.cancel()
        if verdict.outcome is Outcome.ACKED:
            self._flight.happened(Event.ACKED, [publish.key])
            self._confirmed(publish)
        elif not publish.late:
            self._flight.happened(EVENTS[verdict.outcome], [publish.key])
        self.on_verdict(verdict)
        self.pump()
        self.on_change()

    def _confirmed(self, publish: _Publish) -> None:
        confirm_s = time.monotonic() - publish.handed_s
        self.deadline.confirmed(confirm_s)
        self.on_confirm(confirm_s)
        if publish.line is self._line:
            self.on_link(LinkEvent.CONFIRMED)


def _nobody(*_: object) -> None:
    """Nobody listens."""
