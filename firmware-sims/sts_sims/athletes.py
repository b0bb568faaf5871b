"""Invented hearts: heart rate follows effort with a lag and a drift, and the beats agree with it.

The model is a first-order lag towards the rate that the effort asks for (share of the heart-rate reserve,
as Karvonen uses it), quicker up than down, with cardiac drift, respiratory arrhythmia that fades as effort
rises, and a little noise. It is made to look right on a screen and to be repeatable, not to be medically
true. Everything follows from the seed: the same scenario gives the same beats.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Time constants of the heart's answer, s: a jump of effort is nearly complete after three of them. A rise of
# about 30 s and recovery of about 50 s are usual in trained adults; each athlete differs by up to a quarter.
RISE_S = 30.0
RECOVERY_S = 50.0
INDIVIDUAL_SPREAD = 0.25

# Cardiac drift at full effort: about 8 beats per minute in an hour (heat and loss of water).
DRIFT_BPM_PER_HOUR = 8.0

# Respiratory arrhythmia: 6 % of the interval at rest, a third of that for each 35 beats above rest.
BREATH_SHARE_AT_REST = 0.06
BREATH_FADE_BPM = 35.0 / math.log(3.0)
BREATHS_PER_S_AT_REST = 0.25
BREATHS_PER_S_AT_MAX = 0.75

# What no model explains, as a share of one interval.
NOISE_SHARE = 0.004

Effort = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Athlete:
    """A person who does not exist. Rates in beats per minute."""

    number: int
    name: str
    hr_max: int
    hr_rest: int


class Heart:
    """The beats of one athlete at work.

    `effort` answers how hard the athlete works at a time (s since the start), from 0 (rest) to 1 (all out).
    """

    def __init__(self, athlete: Athlete, effort: Effort, seed: str) -> None:
        self._athlete = athlete
        self._effort = effort
        self._chance = random.Random(seed)
        self._rise_s = RISE_S * self._individual()
        self._recovery_s = RECOVERY_S * self._individual()
        self._drift_bpm_per_s = DRIFT_BPM_PER_HOUR * self._individual() / 3600.0
        self._breath_phase = self._chance.uniform(0.0, 2.0 * math.pi)
        self._rate = float(athlete.hr_rest) + 5.0
        self._next_beat_s = 60.0 / self._rate

    @property
    def rate(self) -> float:
        """Instantaneous heart rate, /min."""
        return self._rate

    def beats_until(self, time_s: float) -> Iterator[float]:
        """Yield the instants (s since the start) of all beats up to `time_s` that were not yielded before."""
        while self._next_beat_s <= time_s:
            yield self._next_beat_s
            self._next_beat_s += self._interval_after(self._next_beat_s)

    def _individual(self) -> float:
        return self._chance.uniform(1.0 - INDIVIDUAL_SPREAD, 1.0 + INDIVIDUAL_SPREAD)

    def _interval_after(self, now_s: float) -> float:
        self._follow(now_s, 60.0 / self._rate)
        interval_s = 60.0 / self._rate
        return interval_s * (1.0 + self._breath(interval_s) + self._chance.gauss(0.0, NOISE_SHARE))

    def _follow(self, now_s: float, step_s: float) -> None:
        asked = self._asked_rate(now_s)
        lag_s = self._rise_s if asked > self._rate else self._recovery_s
        self._rate += (asked - self._rate) * (1.0 - math.exp(-step_s / lag_s))

    def _asked_rate(self, now_s: float) -> float:
        effort = min(max(self._effort(now_s), 0.0), 1.0)
        reserve = self._athlete.hr_max - self._athlete.hr_rest
        drifted = self._athlete.hr_rest + effort * (reserve + self._drift_bpm_per_s * now_s)
        return min(drifted, float(self._athlete.hr_max))

    def _breath(self, interval_s: float) -> float:
        above_rest = max(self._rate - self._athlete.hr_rest, 0.0)
        share = BREATH_SHARE_AT_REST * math.exp(-above_rest / BREATH_FADE_BPM)
        load = above_rest / (self._athlete.hr_max - self._athlete.hr_rest)
        per_s = BREATHS_PER_S_AT_REST + load * (BREATHS_PER_S_AT_MAX - BREATHS_PER_S_AT_REST)
        self._breath_phase += 2.0 * math.pi * per_s * interval_s
        return share * math.sin(self._breath_phase)
