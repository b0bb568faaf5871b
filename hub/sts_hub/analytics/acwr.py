"""Acute load against chronic load: a ratio of two means, and nothing else.

Dividing by a fixed or a random number "foretells" injuries about as well (Impellizzeri et al. 2021, Sports Med 51:581), so it
describes what was trained, and is never called a risk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sts_hub.analytics.formula import Case, Formula, Found, Output, Variant
from sts_hub.analytics.holding import Floats
from sts_hub.analytics.session_rpe import DAILY_LOAD, last_days

ACUTE_DAYS: Final = 7
CHRONIC_DAYS: Final = 28

Means = Callable[[Floats], tuple[float, float]]
"""Acute and chronic mean of the days that are known."""


def coupled(loads: Floats) -> tuple[float, float]:
    """The last 7 days, and the last 28 with these in them."""
    return float(loads[-ACUTE_DAYS:].mean()), float(loads[-CHRONIC_DAYS:].mean())


def uncoupled(loads: Floats) -> tuple[float, float]:
    """The last 7 days, and the 21 before them."""
    return float(loads[-ACUTE_DAYS:].mean()), float(loads[-CHRONIC_DAYS:-ACUTE_DAYS].mean())


def exponential(loads: Floats) -> tuple[float, float]:
    """E = λ load + (1 - λ) E with λ = 2 / (N + 1), begun with the first day's load."""
    return _exponential(loads, ACUTE_DAYS), _exponential(loads, CHRONIC_DAYS)


def _exponential(loads: Floats, days: int) -> float:
    share = 2 / (days + 1)
    mean = float(loads[0])
    for load in loads[1:].tolist():
        mean = share * load + (1 - share) * mean
    return mean


def _ratio(means: Means, all_days: bool) -> Callable[[Case], Found]:
    def work(case: Case) -> Found:
        given = case.numbers(DAILY_LOAD.name).size
        acute, chronic = means(last_days(case, max(given, CHRONIC_DAYS) if all_days else CHRONIC_DAYS))
        if chronic == 0:
            return Found({"acute": acute, "chronic": chronic, "ratio": None}, 100.0, "The chronic load is 0.")
        return Found({"acute": acute, "chronic": chronic, "ratio": acute / chronic}, 100.0)

    return work


ACWR: Final = Formula(
    id="acute_chronic_ratio",
    version=1,
    title="Acute to chronic load (ACWR)",
    sentence="The mean daily load of a week against that of four: what was trained, not what will happen.",
    source="Windt, Gabbett 2019, Br J Sports Med 53:988; Lolli et al. 2019, Br J Sports Med 53:921 (coupling alone correlates the two by "
    "about 0.5); Williams et al. 2017, Br J Sports Med 51:209; Impellizzeri et al. 2021, Sports Med 51:581 (a fixed or random divisor does as well)",
    outputs=(
        Output("ratio", "1", "Acute divided by chronic."),
        Output("acute", "{AU}", "Mean daily load of the week."),
        Output("chronic", "{AU}", "Mean daily load of the longer time."),
    ),
    gaps="A day of rest counts as 0. A day whose load is not known gives no number.",
    null="Fewer than 28 days, a day not known, or a chronic load of 0.",
    variants=(
        Variant(
            "rolling_coupled",
            "Last 7 days against last 28, these 7 among them.",
            _ratio(coupled, False),
            (DAILY_LOAD,),
        ),
        Variant(
            "rolling_uncoupled",
            "Last 7 days against the 21 before them.",
            _ratio(uncoupled, False),
            (DAILY_LOAD,),
        ),
        Variant(
            "ewma",
            "Exponential means of all days given, λ = 2/(N + 1) with N = 7 and 28, begun with the first day's load.",
            _ratio(exponential, True),
            (DAILY_LOAD,),
        ),
    ),
)
