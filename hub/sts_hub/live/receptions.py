"""Where the frames of all gateways meet: of what several hear of one sensor, each value is told on once.

Every process that shows a wall hears every frame, whichever worker made it, so the choice is made here and nowhere
before: workers know nothing of each other's frames.
"""

from collections import defaultdict
from collections.abc import Iterable

from sts_hub.analytics.reception import SIGNAL_HOLDS_US, Handover
from sts_hub.live.frames import FrameValue
from sts_protocols.metrics import SIGNAL_STRENGTH


class Receptions:
    """Who leads, for each sensor and metric. How strong a gateway hears a sensor decides, and is not told on: it says
    nothing of who wears it."""

    def __init__(self) -> None:
        self._handovers: dict[tuple[int, int], Handover[FrameValue]] = defaultdict(Handover)
        self._signals: dict[int, dict[str, FrameValue]] = defaultdict(dict)

    def merged(self, gateway: str, values: Iterable[FrameValue]) -> list[FrameValue]:
        """What to tell on now that this gateway has told these values."""
        told: list[FrameValue] = []
        for value in values:
            if value.metric == SIGNAL_STRENGTH.id:
                self._signals[value.sensor_id][gateway] = value
            else:
                handover = self._handovers[value.sensor_id, value.metric]
                told += handover.take(gateway, value, self._dbm(value))
        return told

    def _dbm(self, value: FrameValue) -> dict[str, float | None]:
        """The signals of its sensor that are known when it comes."""
        return {
            gateway: known.value
            for gateway, known in self._signals[value.sensor_id].items()
            if value.t_us - known.t_us <= SIGNAL_HOLDS_US
        }

    def go_on_from(self, past: "Receptions") -> None:
        """Know of sensors not heard yet what these receptions know: their last value is not told again."""
        for key, handover in past._handovers.items():
            self._handovers.setdefault(key, handover)
