"""What an electrode sees of a heart: a wave around each beat, with its peak R at the instant of the beat.

Five bells (P, Q, R, S, T) at usual places and heights for a chest strap. Made to be found by a detector of R
peaks and to be repeatable, not to be medically true.
"""

import math
import random
from collections import deque
from typing import NamedTuple

from sts_sims.athletes import Heart


class Bell(NamedTuple):
    """A part of the wave: where its middle lies against R (s), how high (µV), how wide (s)."""

    at_s: float
    height_uv: float
    width_s: float


WAVE = (
    Bell(-0.16, 110.0, 0.022),
    Bell(-0.028, -120.0, 0.008),
    Bell(0.0, 1_100.0, 0.010),
    Bell(0.028, -220.0, 0.009),
    Bell(0.21, 240.0, 0.040),
)
# So long before and after its beat a wave can be seen: four widths beyond its outer bells.
BEFORE_S = 0.25
AFTER_S = 0.37

# Muscles and skin: what a strap at rest shows between the waves.
NOISE_UV = 8.0


class Electrocardiogram:
    """The signal of one heart. `heart` is used up; give it a twin of the one that the strap counts."""

    def __init__(self, heart: Heart, seed: str) -> None:
        self._heart = heart
        self._chance = random.Random(seed)
        self._beats: deque[float] = deque()

    def sample(self, time_s: float) -> int:
        """The voltage of an instant, µV; instants must rise."""
        self._beats.extend(self._heart.beats_until(time_s + BEFORE_S))
        while self._beats and self._beats[0] < time_s - AFTER_S:
            self._beats.popleft()
        seen = sum(_wave(time_s - beat_s) for beat_s in self._beats)
        return round(seen + self._chance.gauss(0.0, NOISE_UV))


def _wave(since_beat_s: float) -> float:
    return sum(
        bell.height_uv * math.exp(-(((since_beat_s - bell.at_s) / bell.width_s) ** 2) / 2) for bell in WAVE
    )
