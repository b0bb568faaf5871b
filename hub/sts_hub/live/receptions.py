"""Where the frames of all gateways meet: of what several hear of one sensor, each value is told on once.

Every process that shows a wall hears every frame, whichever worker made it, so the choice is made here and nowhere
before: workers know nothing of each other's frames.
"""

from collections import defaultdict
from collections.abc import Iterable

from sts_hub.analytics.reception import Handover
from sts_hub.live.frames import FrameValue


class Receptions:
    """Who leads, for each sensor and metric."""

    def __init__(self) -> None:
        self._handovers: dict[tuple[int, int], Handover[FrameValue]] = defaultdict(Handover)

    def merged(self, gateway: str, values: Iterable[FrameValue]) -> list[FrameValue]:
        """What to tell on now that this gateway has told these values."""
        return [
            told
            for value in values
            for told in self._handovers[value.sensor_id, value.metric].take(gateway, value, {})
        ]

    def go_on_from(self, past: "Receptions") -> None:
        """Know of sensors not heard yet what these receptions know: their last value is not told again."""
        for key, handover in past._handovers.items():
            self._handovers.setdefault(key, handover)
