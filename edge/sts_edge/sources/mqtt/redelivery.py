"""What a broker sends again over a new connection: which of it was taken here before, and which never arrived.

A broker keeps what it has sent until it is acknowledged. Over the next connection it sends that again, marked as a
duplicate and in the order in which it was sent first (MQTT 3.1.1, sections 3.3.1.1, 4.4 and 4.6), whether it had arrived
or not. So what comes again begins with the end of what was taken, from some place on:

    sent first      a b c d e f g
    taken           a b c d e            f and g were on their way
    comes again           d e f g        the acknowledgements up to that of c had arrived

That place is not told; packet identifiers would tell it, but RabbitMQ gives new ones. It is found by content, as far as
the contents differ, and never before what is known to be acknowledged. Where it stays open, what may have been taken
before is called so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from .unacknowledged import Handed

# Brokers hand out 10 to 32 messages ahead of their acknowledgements: so many may come again, and three times that is
# bearable.
MOST_IN_DOUBT = 100


class Redelivery:
    """What may come again, in the order in which it was taken."""

    def __init__(self, taken: Iterable[Handed] = ()) -> None:
        self._taken = deque(taken)
        self._forgotten = 0
        self._before: list[Handed] = []
        # Where in `_before` the next message that comes again may stand.
        self._places: set[int] = set()

    def __iter__(self) -> Iterator[Handed]:
        """All that may come again, now or over the next connection."""
        yield from self._taken
        yield from self._before[min(self._places, default=len(self._before)) :]

    def take(self, taken: Handed) -> None:
        """Note a message of this connection that the broker keeps until it is acknowledged."""
        self._taken.append(taken)
        if len(self._taken) > MOST_IN_DOUBT:
            self.arrived(self._forgotten + 1)

    def arrived(self, count: int) -> None:
        """So many acknowledgements of this connection have arrived: what they are of does not come again."""
        while self._forgotten < count and self._taken:
            self._taken.popleft()
            self._forgotten += 1

    def take_back(self, unkept: Iterable[Handed]) -> None:
        """These were not kept here after all: they are to be taken when they come again."""
        taken_back = {id(one) for one in unkept}
        self._taken = deque(one for one in self if id(one) not in taken_back)
        self._before, self._places = [], set()

    def reconnected(self) -> None:
        """A new connection: what comes first over it may come again."""
        self._before = list(self)
        self._places = set(range(len(self._before)))
        self._taken.clear()
        self._forgotten = 0

    def again(self, digest: bytes) -> Handed | None:
        """What was taken before, of a message that the broker marked as sent before; None if it had never arrived."""
        places = {place for place in self._places if self._is_at(place, digest)}
        self._places = {place + 1 for place in places}
        return self._before[min(places)] if places else None

    def is_through(self) -> None:
        """The broker sends what it had not sent before: nothing comes again any more."""
        self._places.clear()

    def _is_at(self, place: int, digest: bytes) -> bool:
        return place < len(self._before) and self._before[place].digest == digest
