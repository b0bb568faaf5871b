"""Rates from pairs of frames: counters that wrap, and the time of their last event, which wraps too.

A sensor on a crank or a wheel tells how many turns there were and when the last one ended, on a clock of its
own that begins anew every 32 or 64 s. The rate is the difference of the one over the difference of the
other.

    both wrap, alone or together     the difference goes round
    a pause longer than the clock    the time of arrival tells how often it went round
    the same event again             no turn since: nothing new until STILL_US have passed, then rate 0
    more turns than can be           the device has started anew, or rolls backwards: no rate for this pair
    turns without time               no rate for this pair, and no division by zero
"""

from typing import NamedTuple

# Half a turn a second is the slowest that counts as turning: a sensor that tells the same event for this long
# stands still. Sensors notify once a second, so one repeated frame is a slow cadence, not a stop.
STILL_US = 2_000_000

MICROSECONDS = 1_000_000


class Turns(NamedTuple):
    """What lies between two events: turns, over so many seconds; seconds is 0 when it stands still."""

    turns: int
    seconds: float

    @property
    def per_minute(self) -> float:
        return self.turns * 60 / self.seconds if self.seconds else 0.0


class Event(NamedTuple):
    """The last new event: the counters as they were told, and when the frame came."""

    told_turns: int
    ticks: int
    boot_us: int


def gone_round(later: int, earlier: int, bits: int) -> int:
    """How far a counter of so many bits has gone, at most once round."""
    return (later - earlier) % (1 << bits)


class TurnCounter:
    """One counter with its event time.

    count_bits: width of the counter. ticks_per_s: of the event time, 16 bits wide. most_per_s: more turns a
    second than that are none.
    """

    def __init__(self, count_bits: int, ticks_per_s: int, most_per_s: float, time_bits: int = 16) -> None:
        self._count_bits = count_bits
        self._ticks_per_s = ticks_per_s
        self._most_per_s = most_per_s
        self._time_bits = time_bits
        self._last: Event | None = None

    def hear(self, count: int, ticks: int, boot_us: int) -> Turns | None:
        """The turns since the last event; None for the first frame, and while nothing can be said."""
        event, last = Event(count, ticks, boot_us), self._last
        if last is None:
            self._last = event
            return None
        if count == last.told_turns:
            return Turns(0, 0.0) if boot_us - last.boot_us >= STILL_US else None
        self._last = event
        turns = gone_round(count, last.told_turns, self._count_bits)
        seconds = self._seconds(event, last)
        if not seconds or turns > seconds * self._most_per_s:
            return None
        return Turns(turns, seconds)

    def _seconds(self, event: Event, last: Event) -> float:
        """Between two events. Arrivals say how many whole rounds of the clock lie between them."""
        clock_s = (1 << self._time_bits) / self._ticks_per_s
        inside_s = gone_round(event.ticks, last.ticks, self._time_bits) / self._ticks_per_s
        arrived_s = (event.boot_us - last.boot_us) / MICROSECONDS
        return inside_s + max(round((arrived_s - inside_s) / clock_s), 0) * clock_s
