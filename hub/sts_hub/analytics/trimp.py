"""Training impulse: minutes of heart rate, weighted by how hard they were.

Banister's weight rises with the share x of the reserve between rest and highest: x a e^(b x). The factors were found
on men and on women apart; a widespread page and GoldenCheetah keep the men's a for women, which gives numbers smaller
by 0.64 / 0.86, so that is a variant with its own name. The weight of a mean is not the mean of the weights, so the
form that works on the mean heart rate has its own name as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from sts_hub.analytics.formula import (
    HEART_RATE_GAP,
    HEART_RATE_INPUT,
    HR_MAX,
    HR_MAX_ABOVE_REST,
    HR_REST,
    Case,
    Formula,
    Found,
    NoNumber,
    Output,
    Parameter,
    Variant,
)
from sts_hub.analytics.heart_rate import mean
from sts_hub.analytics.holding import MINUTE_US, Floats, Held, Hold, Samples, sum_on
from sts_hub.analytics.zones import TENS_PERCENT, Zones

Weigh = Callable[[Floats], Floats]
"""What a minute at each heart rate counts."""


class Factors(NamedTuple):
    """Of Banister's weight x a e^(b x)."""

    a: float
    b: float


# Morton, Fitz-Clarke, Banister 1990.
FACTORS: Final = {"male": Factors(0.64, 1.92), "female": Factors(0.86, 1.67)}
SEX: Final = Parameter("sex", "1", "Whose factors count.", tuple(FACTORS))
# Lucia et al. 2003: below the first threshold, between, above the second.
VT1: Final = Parameter("vt1", "/min", "Heart rate at the first ventilatory threshold, measured.")
VT2: Final = Parameter("vt2", "/min", "Heart rate at the second ventilatory threshold, measured.")


def banister(hr_rest: float, hr_max: float, factors: Factors) -> Weigh:
    """By the share of the reserve; a heart that beats slower than at rest counts nothing."""

    def weigh(heart_rate: Floats) -> Floats:
        share = np.maximum((heart_rate - hr_rest) / (hr_max - hr_rest), 0.0)
        return share * factors.a * np.exp(factors.b * share)

    return weigh


def edwards(hr_max: float) -> Weigh:
    """1 to 5 by the tenth of the highest heart rate from 50 % on; above 100 % is 5 as well."""
    zones = Zones(0.0, hr_max, TENS_PERCENT)
    return lambda heart_rate: zones.of(heart_rate).astype(np.float64)


def lucia(vt1: float, vt2: float) -> Weigh:
    """1 below the first threshold, 2 from it on, 3 from the second on."""
    return lambda heart_rate: 1.0 + np.searchsorted([vt1, vt2], heart_rate, side="right").astype(np.float64)


class LoadSoFar(NamedTuple):
    """The load, and how long heart rates counted for it."""

    load: float
    held_us: int


class Load:
    """The live form: takes heart rates as they come, and tells at any time what the batch would."""

    def __init__(self, weigh: Weigh, since_us: int, max_gap_us: int) -> None:
        self._weigh, self._hold = weigh, Hold(since_us, max_gap_us)
        self._so_far = LoadSoFar(0.0, 0)

    def take(self, heart_rate: Samples) -> None:
        """The next heart rates, rising in time."""
        self._so_far = self._with(self._hold.take(heart_rate))

    def at(self, until_us: int) -> LoadSoFar:
        """The load up to then, which is not before the last heart rate."""
        return self._with(self._hold.rest(until_us))

    def _with(self, heard: Held) -> LoadSoFar:
        terms = heard.us / MINUTE_US * self._weigh(heard.value)
        return LoadSoFar(sum_on(self._so_far.load, terms), self._so_far.held_us + heard.total_us)


def _summed(weigh_of: Callable[[Case], Weigh]) -> Callable[[Case], Found]:
    def work(case: Case) -> Found:
        live = Load(weigh_of(case), case.window.since_us, case.us(HEART_RATE_GAP.name))
        live.take(case.samples(HEART_RATE_INPUT.name))
        so_far = live.at(case.window.until_us)
        return Found({"load": so_far.load}, case.coverage_percent(so_far.held_us))

    return work


def _of_mean(case: Case) -> Found:
    weigh = banister_of(case)
    heard = case.held(HEART_RATE_INPUT.name)
    coverage_percent = case.coverage_percent(heard.total_us)
    (weight,) = weigh(np.array([mean(heard)]))
    return Found({"load": heard.total_us / MINUTE_US * float(weight)}, coverage_percent)


def banister_of(case: Case, a: float | None = None) -> Weigh:
    """By what a case knows; `a` in place of the factor that goes with the sex. Raises NoNumber."""
    hr_rest, hr_max = case.number(HR_REST.name), case.number(HR_MAX.name)
    if hr_max <= hr_rest:
        raise NoNumber(HR_MAX_ABOVE_REST)
    factors = FACTORS[case.parameters[SEX.name]]
    return banister(hr_rest, hr_max, factors if a is None else factors._replace(a=a))


def edwards_of(case: Case) -> Weigh:
    """By what a case knows."""
    return edwards(case.number(HR_MAX.name))


def lucia_of(case: Case) -> Weigh:
    """By what a case knows. Raises NoNumber."""
    vt1, vt2 = case.number(VT1.name), case.number(VT2.name)
    if vt2 <= vt1:
        raise NoNumber("The second threshold does not lie above the first: one of them is wrong.")
    return lucia(vt1, vt2)


_MEASURED: Final[dict[str, Any]] = {"inputs": (HEART_RATE_INPUT,), "settings": (HEART_RATE_GAP,)}

TRIMP: Final = Formula(
    id="trimp",
    version=1,
    title="Training impulse (TRIMP)",
    sentence="Minutes of heart rate, each weighted by how hard it was. Numbers of two variants cannot be compared.",
    source="Banister 1991, Modeling elite athletic performance; Morton, Fitz-Clarke, Banister 1990, J Appl Physiol 69:1171; "
    "Edwards 1993, The Heart Rate Monitor Book; Lucia et al. 2003, Med Sci Sports Exerc 35:872",
    outputs=(Output("load", "{AU}", "The training impulse, in units of its own."),),
    gaps="Only time with a credible value counts. A load with holes is too small: the coverage says by how much time.",
    null="A parameter is not known, or no credible heart rate lies in the time.",
    variants=(
        Variant(
            "banister",
            "Summed value by value; a 0.64, b 1.92 for men, a 0.86, b 1.67 for women.",
            _summed(banister_of),
            parameters=(HR_REST, HR_MAX, SEX),
            **_MEASURED,
        ),
        Variant(
            "banister_mean",
            "The same weight, once, of the mean heart rate: smaller than `banister` wherever the heart rate varied.",
            _of_mean,
            parameters=(HR_REST, HR_MAX, SEX),
            **_MEASURED,
        ),
        Variant(
            "banister_one_a",
            "Summed value by value with a 0.64 for women as well, as fellrnr.com and GoldenCheetah have it.",
            _summed(lambda case: banister_of(case, FACTORS["male"].a)),
            parameters=(HR_REST, HR_MAX, SEX),
            **_MEASURED,
        ),
        Variant(
            "edwards",
            "Minutes in the bands 50-60, 60-70, 70-80, 80-90, 90-100 % of the highest heart rate, times 1 to 5.",
            _summed(edwards_of),
            parameters=(HR_MAX,),
            **_MEASURED,
        ),
        Variant(
            "lucia",
            "Minutes below the first ventilatory threshold, between, from the second on, times 1, 2, 3.",
            _summed(lucia_of),
            parameters=(VT1, VT2),
            **_MEASURED,
        ),
    ),
)
