"""What the straps of a squad tell in an outing, once a second: pure, all athletes at once.

Heart rate follows effort with a lag (30 s up, 50 s down) and drifts upwards by the hour; a season makes everybody a
little fitter, and before an illness the heart is faster at the same work. Made to look right in a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sts_hub.season.calendar import Illness, Outing
from sts_hub.season.people import Person

Floats = NDArray[np.float64]

RISE_S: Final = 30.0
RECOVERY_S: Final = 50.0
DRIFT_BPM_PER_S: Final = 8.0 / 3600
# Of an outing's straps, one in so many slips off for some minutes.
SLIPS: Final = 0.04
SLIP_S: Final = (120, 420)
FALLING_ILL: Final = timedelta(days=4)
FALLING_ILL_BPM: Final = 7.0
# Ten weeks of training: so much less effort at the end for the same work.
GAIN: Final = 0.04


def rates(
    people: Sequence[Person],
    outing: Outing,
    season_share: float,
    ill: Sequence[Illness],
    chance: np.random.Generator,
) -> Floats:
    """Heart rate, /min, whole numbers: a row per second, a column per person; NaN where the strap is off.

    season_share: how much of the season was over, 0 to 1.
    """
    rest, most = (np.array([getattr(one, name) for one in people], float) for name in ("hr_rest", "hr_max"))
    ability = 1.06 - 0.12 * np.array([one.fitness for one in people]) - GAIN * season_share
    wanted = _effort(outing)[:, None] * ability * chance.normal(1.0, 0.04, len(people))
    extra = np.array([FALLING_ILL_BPM if _falls_ill(one, outing, ill) else 0.0 for one in people])
    rate = rest + 12.0
    told = np.empty(wanted.shape)
    for second, effort in enumerate(wanted):
        goal = rest + np.minimum(effort, 1.02) * (most - rest) + DRIFT_BPM_PER_S * second * effort + extra
        rate = rate + (goal - rate) / np.where(goal > rate, RISE_S, RECOVERY_S)
        told[second] = rate
    told = np.rint(np.clip(told + chance.normal(0.0, 0.8, told.shape), 35.0, most + 3))
    _slip(told, chance)
    return told


def _effort(outing: Outing) -> Floats:
    """How hard, second after second."""
    found = []
    for part in outing.parts:
        seconds = np.arange(part.minutes * 60)
        at_it = (
            seconds % (part.bout_s + part.easy_s) < part.bout_s
            if part.bout_s
            else np.ones(len(seconds), bool)
        )
        found.append(np.where(at_it, part.effort, 0.55 * part.effort))
    return np.concatenate(found)


def _falls_ill(person: Person, outing: Outing, ill: Sequence[Illness]) -> bool:
    return any(
        (one.team, one.number) == (person.team, person.number)
        and one.since - FALLING_ILL <= outing.start < one.since
        for one in ill
    )


def _slip(told: Floats, chance: np.random.Generator) -> None:
    """Straps that are off for a while tell nothing."""
    for person in np.flatnonzero(chance.random(told.shape[1]) < SLIPS):
        length = int(chance.integers(*SLIP_S))
        start = int(chance.integers(0, len(told) - length))
        told[start : start + length, person] = np.nan
