"""Fitness, fatigue and form: two exponential means of daily load, and their difference.

Charts of this kind go by two decays that share a name. A day's share is 1 - e^(-1/N) where the mean is thought of as
continuous, and 1/N where it is a daily step; the second is larger by 1.2 % for 42 days and by 7.3 % for 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from sts_hub.analytics.formula import Case, Formula, Found, NoNumber, Output, Setting, Variant
from sts_hub.analytics.holding import Floats
from sts_hub.analytics.session_rpe import DAILY_LOAD

CHRONIC_D: Final = 42.0
ACUTE_D: Final = 7.0
CHRONIC_DAYS: Final = Setting("chronic_days", "d", CHRONIC_D, "Time constant of the chronic load.", low=1.0)
ACUTE_DAYS: Final = Setting("acute_days", "d", ACUTE_D, "Time constant of the acute load.", low=1.0)
CHRONIC_START: Final = Setting("chronic_start", "{AU}", 0.0, "Chronic load on the day before the first.")
ACUTE_START: Final = Setting("acute_start", "{AU}", 0.0, "Acute load on the day before the first.")

Share = Callable[[float], float]
"""What of a mean a day replaces, by its time constant in days."""


class Means(NamedTuple):
    """Chronic and acute load of a day."""

    chronic: float
    acute: float

    @property
    def balance(self) -> float:
        """What is left of the fitness when the fatigue is taken off."""
        return self.chronic - self.acute


def exponential(days: float) -> float:
    """1 - e^(-1/N)."""
    return -math.expm1(-1 / days)


def one_over_n(days: float) -> float:
    """1/N."""
    return 1 / days


def after(means: Means, load: float, chronic_share: float, acute_share: float) -> Means:
    """The means after one more day; a load that is not known (NaN) leaves them as they were."""
    if math.isnan(load):
        return means
    return Means(
        means.chronic + chronic_share * (load - means.chronic),
        means.acute + acute_share * (load - means.acute),
    )


def day_by_day(loads: Floats, chronic_share: float, acute_share: float, start: Means) -> Iterator[Means]:
    """The means after each day, from those of the day before the first on."""
    means = start
    for load in loads.tolist():
        means = after(means, load, chronic_share, acute_share)
        yield means


def _fitness(share: Share) -> Callable[[Case], Found]:
    def work(case: Case) -> Found:
        loads = case.numbers(DAILY_LOAD.name)
        if not loads.size or np.isnan(loads[-1]):
            raise NoNumber("The load of the day asked about is not known; a day of rest is 0.")
        chronic_share, acute_share = (
            share(case.number(CHRONIC_DAYS.name)),
            share(case.number(ACUTE_DAYS.name)),
        )
        start = Means(case.number(CHRONIC_START.name), case.number(ACUTE_START.name))
        before, means = [start, *day_by_day(loads, chronic_share, acute_share, start)][-2:]
        found = {
            "chronic": means.chronic,
            "acute": means.acute,
            "balance": means.balance,
            "balance_before": before.balance,
        }
        return Found(found, 100 * float(np.mean(~np.isnan(loads))))

    return work


_SETTINGS: Final = (CHRONIC_DAYS, ACUTE_DAYS, CHRONIC_START, ACUTE_START)

FITNESS: Final = Formula(
    id="fitness_fatigue",
    version=1,
    title="Chronic load, acute load and balance (CTL, ATL, TSB)",
    sentence="Exponential means of daily load over 42 and 7 days; the balance is the first less the second.",
    source="Banister et al. 1975, Aust J Sports Med 7:57; Coggan, in Allen, Coggan, Training and Racing with a Power Meter",
    outputs=(
        Output("chronic", "{AU}", "Slow mean after the last day: fitness."),
        Output("acute", "{AU}", "Quick mean after the last day: fatigue."),
        Output("balance", "{AU}", "Chronic less acute after the last day."),
        Output(
            "balance_before", "{AU}", "The same on the evening before it: the form to begin the day with."
        ),
    ),
    gaps="A day of rest counts as 0. A day whose load is not known leaves both means as they were and lowers the coverage. "
    "The means begin at 0 unless it is set otherwise: in the first weeks they are too small.",
    null="The load of the last day is not known.",
    variants=(
        Variant(
            "exponential",
            "A day's share is 1 - e^(-1/N).",
            _fitness(exponential),
            (DAILY_LOAD,),
            (),
            _SETTINGS,
        ),
        Variant("one_over_n", "A day's share is 1/N.", _fitness(one_over_n), (DAILY_LOAD,), (), _SETTINGS),
    ),
)
