"""One source for each metric of a machine that tells it in several ways: a smart trainer tells its power as a
power meter and as a bike. The best of them counts; they are never averaged, nor stored side by side.
"""

from sts_protocols.sample import Value

# A better source that was silent for so long does not tell this metric (a power meter without a crank), or not
# any more: three times the second that lies between its frames.
KEPT_US = 3_000_000

BEST = 0


class Precedence:
    """Of one link. Sources are ranked, 0 the best; each metric belongs to the best that tells it."""

    def __init__(self) -> None:
        self._began_us: int | None = None
        self._holders: dict[int, tuple[int, int]] = {}

    def admit(self, rank: int, values: tuple[Value, ...], boot_us: int) -> tuple[Value, ...]:
        """Those of a source's values that count, now. On a new link the better ones are waited for."""
        if self._began_us is None:
            self._began_us = boot_us
        # Asked once for a frame: a metric that stands in it twice is not taken from itself.
        counted = {
            metric for metric in {value.metric for value in values} if self._counts(rank, metric, boot_us)
        }
        return tuple(value for value in values if value.metric in counted)

    def _counts(self, rank: int, metric: int, boot_us: int) -> bool:
        held_by, held_us = self._holders.get(metric, (BEST, self._began_us or 0))
        if held_by < rank and boot_us - held_us < KEPT_US:
            return False
        self._holders[metric] = (rank, boot_us)
        return True
