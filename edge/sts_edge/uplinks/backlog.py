"""The backlog lane: oldest first, whole records, many to a message, on a connection of its own.

What is in flight is bounded by the pacing, so that the live lane keeps its second on any link. A message
that is refused for one record takes others with it; so the lane then goes on *carefully*, one
record at a time, until the guilty one stands alone. It is set aside and told, and the others go on.

Documents go to a queue of their own at the hub, everything else to telemetry; a message holds what goes the same
way. A queue that is full keeps back only what goes there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import NamedTuple

from sts_protocols.delivery import Event
from sts_protocols.record import MAX_MESSAGE_BYTES, Kind, Record
from sts_protocols.routing import Lane

from .flight import Flight, keys_of
from .line import Line, Outcome, Outlet, Verdict
from .live import EVENTS
from .pacing import Pacing, Ticket
from .store import Held, Key, Store

# A message of 64 KB takes 2 s of a 256 kbit/s link; a broker that has not confirmed after 30 s will not
# soon, and until then nothing is lost by waiting: the live lane finds a dead link sooner.
DEADLINE_S = 30.0
# A full queue empties at the pace of the hub's workers, and one that is not there is made by a person: ask
# again after a second, then less and less often.
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# When so many lone records in a row are refused and none is taken, the records are not the reason.
REFUSED_IN_A_ROW = 3


class _Queue:
    """Where messages go at the hub, and how long its last refusal is respected."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self._pause_s = 0.0
        self._paused_until_s = 0.0

    @property
    def is_paused(self) -> bool:
        return time.monotonic() < self._paused_until_s

    def took_one(self) -> None:
        self._pause_s = 0.0

    def refused_one(self, now: float, asked_s: float = 0.0) -> None:
        self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s, asked_s))
        self._paused_until_s = now + self._pause_s


class _Message(NamedTuple):
    """Records under way together; `lone` when nothing else was handed over until its verdict."""

    queue: _Queue
    keys: list[Key]
    ticket: Ticket
    pacing: Pacing
    lone: bool


class BacklogLane:
    """Sends what the store holds, whenever `may_send` allows it.

    on_verdict: how each message ended, by the lane's word. on_stall: a message missed its deadline; the connection is of no use.
    """

    def __init__(
        self,
        store: Store,
        flight: Flight,
        is_sendable: Callable[[Held], bool],
        may_send: Callable[[], bool],
    ) -> None:
        self._store = store
        self._flight = flight
        self._is_sendable = is_sendable
        self._may_send = may_send
        self._outlet: Outlet | None = None
        self._line: Line | None = None
        self._telemetry = _Queue("backlog")
        self._documents = _Queue("document")
        self._careful = 0
        self._suspects: list[Key] = []
        self.pacing = Pacing()
        self.on_verdict: Callable[[Lane, Verdict], None] = lambda lane, verdict: None
        self.on_stall: Callable[[], None] = lambda: None

    def use(self, line: Line, outlet: Outlet) -> None:
        """Take a channel."""
        if line is not self._line:
            self.pacing = self.pacing.renewed()
        self._line, self._outlet = line, outlet

    def forget_link(self) -> None:
        """The gateway may be on another network: nothing is known of it."""
        self.pacing = Pacing()

    def shut(self) -> None:
        """The broker closed the channel."""
        self._outlet = None

    def lost(self) -> None:
        """There is no connection."""
        self._line = self._outlet = None

    def pump(self) -> None:
        """Hand over what may be handed over now."""
        while self._is_open():
            now = time.monotonic()
            limit = 1 if self._careful else min(MAX_MESSAGE_BYTES, self._piece(now))
            if not limit:
                return
            records = self._of_one_queue(self._store.oldest(limit, self._flight, self._may_go))
            size = sum(len(record.raw) for record in records)
            if not records or not self.pacing.may_send(size, now):
                return
            self._hand_over(records, size, now)

    def _piece(self, now: float) -> int:
        return self.pacing.piece(now, in_turn=self._line is not None and self._line.in_turn)

    def _is_open(self) -> bool:
        line, outlet = self._line, self._outlet
        if line is None or outlet is None or outlet.is_shut or not self._may_send():
            return False
        if self._careful and self.pacing.in_flight:
            return False
        return line.is_clear and not line.is_blocked

    def _may_go(self, held: Held) -> bool:
        return not self._queue_of(held.kind).is_paused and self._is_sendable(held)

    def _queue_of(self, kind: int) -> _Queue:
        return self._documents if kind == Kind.DOCUMENT else self._telemetry

    def _of_one_queue(self, records: Sequence[Record]) -> list[Record]:
        """The first of them, as far as they go the same way."""
        queues = [self._queue_of(record.header.kind) for record in records]
        same = takewhile(lambda pair: pair[1] is queues[0], zip(records, queues, strict=True))
        return [record for record, _ in same]

    def _hand_over(self, records: Sequence[Record], size: int, now: float) -> None:
        assert self._outlet is not None, "asked _is_open before"
        keys = list(keys_of(records))
        queue = self._queue_of(records[0].header.kind)
        message = _Message(queue, keys, self.pacing.sent(size, now), self.pacing, bool(self._careful))
        self._flight.hand(keys)
        timer = asyncio.get_running_loop().call_later(DEADLINE_S, self._missed, message)
        self._outlet.publish(
            b"".join(record.raw for record in records),
            queue.lane,
            lambda verdict: self._settled(message, verdict, timer),
        )

    def _missed(self, message: _Message) -> None:
        self._flight.happened(Event.TIMED_OUT, message.keys)
        self.on_stall()

    def _settled(self, message: _Message, verdict: Verdict, timer: asyncio.TimerHandle) -> None:
        timer.cancel()
        now = time.monotonic()
        if verdict.outcome is Outcome.ACKED:
            message.pacing.confirmed(message.ticket, now)
            self._accepted(message.queue)
        else:
            message.pacing.failed(message.ticket)
            self._not_accepted(message, verdict, now)
        self._flight.happened(EVENTS[verdict.outcome], message.keys)
        self.on_verdict(message.queue.lane, verdict)
        self.pump()

    def _accepted(self, queue: _Queue) -> None:
        queue.took_one()
        self._suspects.clear()
        self._careful = max(0, self._careful - 1)

    def _not_accepted(self, message: _Message, verdict: Verdict, now: float) -> None:
        if verdict.outcome is Outcome.REFUSED and not message.lone:
            self._careful += len(message.keys)
        elif verdict.outcome is Outcome.REFUSED:
            self._suspect(message, now)
        elif verdict.outcome is not Outcome.LOST:
            message.queue.refused_one(now, verdict.wait_s)

    def _suspect(self, message: _Message, now: float) -> None:
        """Set a lone refused record aside; when all are refused it is not their fault: take them back."""
        self._suspects.append(message.keys[0])
        if len(self._suspects) < REFUSED_IN_A_ROW:
            self._flight.set_aside(message.keys[0])
            self._careful = max(1, self._careful - 1)
        else:
            self._flight.take_back(self._suspects)
            message.queue.refused_one(now)
