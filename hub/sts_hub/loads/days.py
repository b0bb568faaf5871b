"""Loads of sessions as loads of days, and the means over them: pure, on numpy arrays.

A day without a session is a day of rest and counts 0. A day with a session whose load is not known is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from sts_hub.analytics.acwr import ACWR
from sts_hub.analytics.fitness import ACUTE_D, CHRONIC_D, FITNESS, Means, day_by_day, exponential
from sts_hub.analytics.formula import Given, Result
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.holding import Floats
from sts_hub.analytics.session_rpe import DAILY_LOAD, MONOTONY

# What lies three time constants back weighs 5 % and less in a mean.
RUN_UP: Final = timedelta(days=3 * CHRONIC_D)
_ASKED: Final = ((FITNESS.id, "exponential"), (ACWR.id, "rolling_uncoupled"), (MONOTONY.id, "sample_sd"))


class SessionLoad(NamedTuple):
    """What one session asked of an athlete; None where that is not known."""

    began: datetime
    load: float | None


def span(since: date, until: date) -> list[date]:
    """All days from the first to the last."""
    return [since + timedelta(days=place) for place in range((until - since).days + 1)]


def daily(sessions: Iterable[SessionLoad], days: Sequence[date], zone: ZoneInfo) -> Floats:
    """The load of each day; NaN where one of its sessions is not known. zone: where the days begin."""
    loads = np.zeros(len(days))
    for one in sessions:
        place = (one.began.astimezone(zone).date() - days[0]).days
        if 0 <= place < len(days):
            loads[place] += np.nan if one.load is None else one.load
    return loads


def means(loads: Floats) -> Iterator[Means]:
    """Chronic and acute load after each day, begun at 0."""
    return day_by_day(loads, exponential(CHRONIC_D), exponential(ACUTE_D), Means(0.0, 0.0))


def on_the_last(loads: Floats) -> list[Result]:
    """What the formulas of daily load say of the last day, each with where it comes from."""
    return [compute(Given(formula, variant, {DAILY_LOAD.name: loads}, {}, {})) for formula, variant in _ASKED]
