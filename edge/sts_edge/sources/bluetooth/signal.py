"""How strong a sensor is heard: told with its values, so that the hub can take the better one of two gateways.

Only adverts tell it. While a link stands BlueZ knows nothing of its strength, and a strap with a link sends no adverts.
"""

from collections import deque
from statistics import median

from sts_edge.sources.bluetooth.limits import NO_SIGNAL_DBM, SIGNAL_EVERY_US
from sts_protocols.metrics import SIGNAL_STRENGTH
from sts_protocols.sample import Value

# The adverts of ten seconds; of a sensor that talks more the latest.
_MOST = 100


class Signal:
    """The strength of one sensor's adverts."""

    def __init__(self) -> None:
        self._dbm: deque[int] = deque(maxlen=_MOST)
        self._told_us = -SIGNAL_EVERY_US

    def hear(self, dbm: int) -> None:
        """An advert came."""
        if dbm != NO_SIGNAL_DBM:
            self._dbm.append(dbm)

    def due(self, now_us: int) -> tuple[Value, ...]:
        """What is to be told with the values of this moment: the middle of what was heard since the last time."""
        if not self._dbm or now_us - self._told_us < SIGNAL_EVERY_US:
            return ()
        told = SIGNAL_STRENGTH.told(float(median(self._dbm)))
        self._dbm.clear()
        self._told_us = now_us
        return (told,)
