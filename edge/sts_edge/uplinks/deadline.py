"""How long a live record may stay unconfirmed before the link counts as stalled.

A fixed figure would be wrong everywhere: 1 s is an age on a stadium's cable and one confirm on a satellite
link. So the deadline follows the confirms themselves, much as TCP's retransmission time-out follows its
acknowledgements (RFC 6298): twice the smoothed confirm time, so that TCP may repeat a lost packet once, plus
four deviations; doubled by each miss until a confirm is seen again.
"""

from __future__ import annotations

# A miss makes the agent try fresh connections beside the old one, each 500 ms and first successes within
# 300 ms more: 1 s to notice is what keeps the first value after a short silence near 1 s. A healthy
# broker's slowest confirms (its disk, p99) stay under 0.3 s.
LEAST_S = 1.0
# A broker this slow is no stall: waiting longer would only hide a dead link.
MOST_S = 10.0
# RFC 6298, section 2.
_GAIN = 1 / 8
_DEVIATION_GAIN = 1 / 4
_SMOOTHED = 2
_DEVIATIONS = 4


class LiveDeadline:
    """The deadline of the next live publish, in seconds."""

    def __init__(self) -> None:
        self._smoothed_s: float | None = None
        self._deviation_s = 0.0
        self.seconds = LEAST_S

    def connected(self, round_trip_s: float) -> None:
        """Start from a new connection's round trip while no confirm has been seen."""
        if self._smoothed_s is None:
            self.seconds = _bounded(LEAST_S + 2 * round_trip_s)

    def confirmed(self, confirm_s: float) -> None:
        """Learn from one confirm, in time or late."""
        if self._smoothed_s is None:
            self._smoothed_s, self._deviation_s = confirm_s, confirm_s / 2
        else:
            error = abs(self._smoothed_s - confirm_s)
            self._deviation_s += _DEVIATION_GAIN * (error - self._deviation_s)
            self._smoothed_s += _GAIN * (confirm_s - self._smoothed_s)
        self.seconds = _bounded(_SMOOTHED * self._smoothed_s + _DEVIATIONS * self._deviation_s)

    def missed(self) -> None:
        """Double, so that a slow broker is not taken for a dead link again and again."""
        self.seconds = _bounded(2 * self.seconds)


def _bounded(seconds: float) -> float:
    return min(MOST_S, max(LEAST_S, seconds))
