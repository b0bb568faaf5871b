"""How much of the backlog may be under way at once.

The goal: a backlog uses what the live lane leaves of the link, and a live record never waits behind more
than a fifth of a second of it. Nobody tells us how fast the link is, so it is measured from the broker's
confirms:

- *rate*: bytes confirmed per second, the best of the last ten round trips (as BBR measures its bottleneck:
  Cardwell et al., "BBR: Congestion-Based Congestion Control", ACM Queue 14-5, section "Characterizing the
  Bottleneck"). The best, because a sample taken while there was little to send says too little, never too
  much.
- *shortest*: the smallest confirm time of the last half minute: what a confirm takes when nothing is in its
  way.
- *window* = rate x (shortest + 150 ms), and at the start a few records. On an idle link more than a round
  trip's worth is under way, so the next rate is higher and the window grows; on a full link 150 ms of it
  wait in the network's queue, and no more.

A standing queue hides the shortest confirm time: after half a minute of steady backlog every sample would
hold those 150 ms in it, and the window would creep up. So before the memory runs out the lane *rests*: it
lets the pipe run empty, and measures one message alone.

Time is an argument; nothing here reads a clock.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

# How long a confirm time is remembered: long enough that a busy half minute still knows the link when it
# was idle, short enough that a gateway moved to a slower link learns it.
CONFIRM_MEMORY_S = 30.0
# What may wait in the network's queue. The backlog may make a live record 250 ms later; its own bytes and
# the broker's disk take some 20 ms of them, and the best rate of ten round trips overstates the link by a
# quarter of the rest at worst (measured through a 256 kbit/s bucket).
QUEUE_ALLOWANCE_S = 0.15
# BBR's filter length for the bottleneck's rate.
RATE_MEMORY_ROUND_TRIPS = 10
# On a local network ten round trips are a few milliseconds, less than one fsync of the broker: look back a
# second.
RATE_MEMORY_LEAST_S = 1.0
# 30 s of memory, less 2 s in which a rest at 800 ms round trip ends.
REST_AFTER_S = 28.0
# One small record in flight per round trip would never show that a link could carry two: (0.8 s + 0.15 s) /
# 0.8 s is less than one record more. 4 KB take 128 ms of a 256 kbit/s link, within the allowance: as
# harmless as one record.
FIRST_WINDOW_BYTES = 4096
# A message is what the link carries in half the allowance. A larger one would leave a gap at the window's end
# through which the growth is lost (at 800 ms the allowance is a sixth of the window); a smaller one costs
# the broker more for nothing. A gap of less than half a message is left until it has grown.
MESSAGE_S = QUEUE_ALLOWANCE_S / 2
LEAST_SHARE_OF_MESSAGE = 2


class Ticket(NamedTuple):
    """What was known when a message was handed over; given back with its outcome."""

    size: int
    sent_s: float
    delivered: int
    delivered_s: float
    first_sent_s: float
    alone: bool


class _Best:
    """The best value of a sliding window; what a later and better one outshines is forgotten at once."""

    def __init__(self, at_least_as_good: Callable[[float, float], bool]) -> None:
        self._at_least_as_good = at_least_as_good
        self._samples: deque[tuple[float, float]] = deque()

    def add(self, now: float, value: float) -> None:
        while self._samples and self._at_least_as_good(value, self._samples[-1][1]):
            self._samples.pop()
        self._samples.append((now, value))

    def since(self, start: float) -> float:
        """The best value not older than start, 0 when there is none."""
        while self._samples and self._samples[0][0] < start:
            self._samples.popleft()
        return self._samples[0][1] if self._samples else 0.0


class Pacing:
    """Bytes in flight on the backlog lane: at most the larger of a single message and the window."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._delivered = 0
        self._delivered_s = 0.0
        self._first_sent_s = 0.0
        self._rates = _Best(operator.ge)
        self._confirms = _Best(operator.le)
        self._busy_until_s = 0.0
        self._measured_alone_s: float | None = None

    def renewed(self) -> Pacing:
        """The pacing of another connection over the same link: confirm times still hold, rates are measured anew."""
        fresh = Pacing()
        fresh._confirms = self._confirms
        return fresh

    def window(self, now: float) -> int:
        """Bytes that may be in flight."""
        measured = self.rate(now) * (self.shortest_confirm_s(now) + QUEUE_ALLOWANCE_S)
        return max(FIRST_WINDOW_BYTES, int(measured))

    def rate(self, now: float) -> float:
        """Bytes confirmed per second: the best sample of the last round trips, 0 when there is none."""
        memory = max(RATE_MEMORY_LEAST_S, RATE_MEMORY_ROUND_TRIPS * self.shortest_confirm_s(now))
        return self._rates.since(now - memory)

    def shortest_confirm_s(self, now: float) -> float:
        """Smallest confirm time remembered, of either lane; 0 when there is none."""
        return self._confirms.since(now - CONFIRM_MEMORY_S)

    def piece(self, now: float, in_turn: bool = False) -> int:
        """Size in bytes that the next message is packed to: 1 stands for a single record, 0 for wait.

        `in_turn`: nothing is sent beside it, so the message alone has to fill the window.
        """
        if self.in_flight == 0 and self._rest_is_due(now):
            return 1
        room = self.window(now) - self.in_flight
        message = room if in_turn else max(1, int(self.rate(now) * MESSAGE_S))
        return 0 if room < message // LEAST_SHARE_OF_MESSAGE else min(message, room)

    def may_send(self, size: int, now: float) -> bool:
        """Whether a message of this size may be handed over now; one alone always may."""
        if self.in_flight == 0:
            return True
        return not self._rest_is_due(now) and self.in_flight + size <= self.window(now)

    def sent(self, size: int, now: float) -> Ticket:
        """Count a message as in flight."""
        alone = self.in_flight == 0
        if alone:
            self._delivered_s = self._first_sent_s = now
        self.in_flight += size
        return Ticket(size, now, self._delivered, self._delivered_s, self._first_sent_s, alone)

    def confirmed(self, ticket: Ticket, now: float) -> None:
        """Count a message as delivered, and learn from how long it took."""
        self.in_flight -= ticket.size
        self._delivered += ticket.size
        self._delivered_s = self._busy_until_s = now
        self._first_sent_s = ticket.sent_s
        # Confirms that the broker's disk held up come all at once: then what was delivered since is judged by
        # how long it took to send.
        elapsed = max(now - ticket.delivered_s, ticket.sent_s - ticket.first_sent_s)
        if elapsed > 0:
            self._rates.add(now, (self._delivered - ticket.delivered) / elapsed)
        self._learn(now - ticket.sent_s, ticket.alone, now)

    def failed(self, ticket: Ticket) -> None:
        """Take a message that will not be confirmed out of the count; nothing is learnt from it."""
        self.in_flight -= ticket.size

    def live_confirmed(self, confirm_s: float, now: float) -> None:
        """Learn from the live lane, which travels the same link in small messages."""
        self._learn(confirm_s, self.in_flight == 0 and now - confirm_s >= self._busy_until_s, now)

    def _learn(self, confirm_s: float, alone: bool, now: float) -> None:
        self._confirms.add(now, confirm_s)
        if alone:
            self._measured_alone_s = now

    def _rest_is_due(self, now: float) -> bool:
        return self._measured_alone_s is not None and now - self._measured_alone_s >= REST_AFTER_S
