"""A Stalker radar behind a sprint lane, S format, km/h. Packing only; byte 1 and the status are placeholders."""

import math
import random
from collections.abc import Iterator
from itertools import count

from sts_sims.cable import Utterance

RATE_HZ = 10.0
SPRINT_S, REST_S = 8.0, 20.0
# A sprinter comes near the top speed as 1 - e^(-t/1.2 s).
RISE_S = 1.2


def frame(live: int, peak: int, way: str) -> bytes:
    """One frame of 19 bytes; speeds in tenths, 0 for none."""
    told = [f"{way}{speed:4d}" if speed else "     " for speed in (peak, live)]
    return f"S{told[0]}{told[1]} 45 12@\r".encode()


class StalkerRadar:
    """Sprint after sprint, away from the radar."""

    def __init__(self, seed: int, *, top_kmh: float = 32.0) -> None:
        self._chance = random.Random(f"{seed}:stalker")
        self._top_kmh = top_kmh

    def utterances(self) -> Iterator[Utterance]:
        """A frame each tenth of a second."""
        peak, top = 0, self._top_kmh
        for number in count():
            at_s = number / RATE_HZ
            inside_s = at_s % (SPRINT_S + REST_S)
            if inside_s < 1 / RATE_HZ:
                peak, top = 0, self._top_kmh * self._chance.uniform(0.9, 1.05)
            live = int(10 * top * (1 - math.exp(-inside_s / RISE_S))) if inside_s < SPRINT_S else 0
            peak = max(peak, live)
            yield Utterance(at_s, frame(live, peak, "A"), {"live": live, "peak": peak})
