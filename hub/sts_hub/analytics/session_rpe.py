"""Foster's session-RPE, and monotony and strain of a week of daily loads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from sts_hub.analytics.formula import Case, Formula, Found, Input, NoNumber, Output, Shape, Variant
from sts_hub.analytics.holding import Floats

WEEK_DAYS: Final = 7
DAILY_LOAD: Final = Input(
    "daily_load",
    "{AU}",
    "One load a day, oldest first, the day asked about last; 0 on a day of rest, null where it is not known.",
    Shape.LIST,
    low=0.0,
)


def last_days(case: Case, days: int) -> Floats:
    """The loads of the last so many days; raises NoNumber where one of them is not known."""
    loads = case.numbers(DAILY_LOAD.name)
    if loads.size < days:
        raise NoNumber(f"It takes {days} days, and {loads.size} are given.")
    unknown = int(np.isnan(loads[-days:]).sum())
    if unknown:
        raise NoNumber(
            f"The load of {unknown} of {days} days is not known; a day of rest is 0.",
            100 * (days - unknown) / days,
        )
    return loads[-days:]


def _session_rpe(case: Case) -> Found:
    return Found({"load": case.number("rating") * case.number("duration_min")})


def _monotony(degrees_lost: int) -> Callable[[Case], Found]:
    def work(case: Case) -> Found:
        loads = last_days(case, WEEK_DAYS)
        week = float(loads.sum())
        deviation = float(np.std(loads, ddof=degrees_lost))
        if deviation == 0:
            return Found(
                {"monotony": None, "strain": None, "week_load": week},
                100.0,
                "All seven loads are equal: their SD is 0.",
            )
        monotony = week / WEEK_DAYS / deviation
        return Found({"monotony": monotony, "strain": week * monotony, "week_load": week}, 100.0)

    return work


SESSION_RPE: Final = Formula(
    id="session_rpe",
    version=1,
    title="Session-RPE",
    sentence="How hard the whole session was, as the athlete rates it afterwards, times how long it lasted.",
    source="Foster et al. 2001, J Strength Cond Res 15:109",
    outputs=(Output("load", "{AU}", "Rating times minutes."),),
    gaps="There can be none: nothing is measured over time.",
    null="Never: without a rating there is nothing to work out.",
    variants=(
        Variant(
            "foster",
            "Borg's CR-10 scale, 0 to 10.",
            _session_rpe,
            (
                Input(
                    "rating",
                    "1",
                    "The athlete's rating on the CR-10 scale.",
                    Shape.NUMBER,
                    low=0.0,
                    high=10.0,
                ),
                Input("duration_min", "min", "How long the session lasted.", Shape.NUMBER, low=0.0),
            ),
        ),
    ),
)

MONOTONY: Final = Formula(
    id="monotony",
    version=1,
    title="Monotony and strain",
    sentence="How little the load of seven days changed from day to day, and the load of the week times that.",
    source="Foster 1998, Med Sci Sports Exerc 30:1164",
    outputs=(
        Output("monotony", "1", "Mean daily load divided by its standard deviation."),
        Output("strain", "{AU}", "Load of the week times monotony."),
        Output("week_load", "{AU}", "Load of the seven days."),
    ),
    gaps="A day of rest counts as 0. A day whose load is not known gives no number.",
    null="Fewer than seven days, a day not known, or seven equal loads, whose standard deviation is 0.",
    variants=(
        Variant("sample_sd", "Standard deviation with n - 1 = 6.", _monotony(1), (DAILY_LOAD,)),
        Variant(
            "population_sd",
            "Standard deviation with n = 7: monotony is larger by 8 %.",
            _monotony(0),
            (DAILY_LOAD,),
        ),
    ),
)
