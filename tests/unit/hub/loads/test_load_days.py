"""Loads of sessions as loads of days, worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sts_hub.loads import days
from sts_hub.loads.days import SessionLoad

MONDAY = date(2026, 5, 4)
LISBON = ZoneInfo("Europe/Lisbon")


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 5, 4 + day, hour, tzinfo=UTC)


def test_two_sessions_of_a_day_add_up_and_a_day_without_is_rest() -> None:
    week = days.span(MONDAY, MONDAY + timedelta(days=3))
    sessions = [SessionLoad(at(0, 9), 40.0), SessionLoad(at(0, 17), 60.0), SessionLoad(at(2, 17), 30.0)]
    assert days.daily(sessions, week, LISBON).tolist() == [100.0, 0.0, 30.0, 0.0]


def test_a_day_of_which_one_session_is_not_known_is_not_known() -> None:
    week = days.span(MONDAY, MONDAY + timedelta(days=1))
    loads = days.daily([SessionLoad(at(0, 9), 40.0), SessionLoad(at(0, 17), None)], week, LISBON)
    assert np.isnan(loads[0])
    assert loads[1] == 0


def test_a_day_begins_where_the_club_is() -> None:
    """23:30 UTC in May is 00:30 of the next day in Lisbon, which is an hour ahead."""
    week = days.span(MONDAY, MONDAY + timedelta(days=1))
    late = [SessionLoad(datetime(2026, 5, 4, 23, 30, tzinfo=UTC), 50.0)]
    assert days.daily(late, week, LISBON).tolist() == [0.0, 50.0]
    assert days.daily(late, week, ZoneInfo("UTC")).tolist() == [50.0, 0.0]


def test_what_lies_outside_counts_nowhere() -> None:
    week = days.span(MONDAY, MONDAY)
    assert days.daily([SessionLoad(at(-1, 9), 40.0), SessionLoad(at(1, 9), 40.0)], week, LISBON).tolist() == [
        0.0
    ]


def test_means_move_towards_the_load_by_their_share() -> None:
    """Of a first day of 100: 100 (1 - e^(-1/42)) = 2.3528, 100 (1 - e^(-1/7)) = 13.3122; a day not known moves nothing."""
    (first, unknown) = days.means(np.array([100.0, np.nan]))
    assert first.chronic == pytest.approx(2.3528, abs=5e-5)
    assert first.acute == pytest.approx(13.3122, abs=5e-5)
    assert unknown == first


def test_the_last_day_says_by_which_formulas() -> None:
    """28 days of 50, but the last of 400: a week of 700 against three of 50 a day is 2."""
    results = {one.formula: one for one in days.on_the_last(np.array([50.0] * 27 + [400.0]))}
    assert set(results) == {"fitness_fatigue", "acute_chronic_ratio", "monotony"}
    assert results["acute_chronic_ratio"].values["ratio"] == pytest.approx(100 / 50)
    assert results["monotony"].values["week_load"] == 700
    assert days.on_the_last(np.array([1.0]))[1].reason
