"""Which beats are put right, and when there is no number at all."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.analytics import rr_artefacts
from sts_hub.analytics.formula import Given, Result
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.rr_artefacts import Beat

CYCLE = [800.0, 810.0, 830.0, 800.0] * 10
AT = 20


def work_out(rr: list[float], variant: str = "corrected", **chosen: float) -> Result:
    return compute(Given("hrv", variant, {"rr_interval": np.array(rr, np.float64)}, {}, chosen))


@pytest.mark.parametrize(
    ("instead", "beat", "right"),
    [
        ([800 + 810.0], Beat.MISSED, [805, 805]),
        ([300.0, 500.0, 810.0], Beat.EXTRA, [800, 810]),
        ([600.0, 1010.0], Beat.ECTOPIC, [805, 805]),
        ([1000.0, 610.0], Beat.ECTOPIC, [805, 805]),
    ],
)
def test_each_kind_of_beat_is_found_where_it_is_and_put_right(
    instead: list[float], beat: Beat, right: list[float]
) -> None:
    rr = np.array([*CYCLE[:AT], *instead, *CYCLE[AT + 2 :]])
    found = rr_artefacts.find(rr)
    assert found == {AT: beat}
    assert rr_artefacts.correct(rr, found).tolist() == [*CYCLE[:AT], *right, *CYCLE[AT + 2 :]]


def test_a_beat_that_is_long_and_nothing_else_is_put_midway() -> None:
    # A step of a second: neither two beats (900 is none of these) nor an early one with its pause.
    rr = np.array([*CYCLE[:AT], 1200.0, *CYCLE[AT + 1 :]])
    found = rr_artefacts.find(rr)
    assert found == {AT: Beat.LONG_SHORT}
    assert rr_artefacts.correct(rr, found)[AT : AT + 2].tolist() == [1005, 1005]


def test_a_misplaced_beat_at_the_very_end_is_left_out() -> None:
    rr = np.array([*CYCLE, 1700.0])
    found = rr_artefacts.find(rr)
    assert found == {40: Beat.LONG_SHORT}
    assert rr_artefacts.correct(rr, found).tolist() == CYCLE


def test_a_steady_heart_has_no_artefacts_and_no_variability() -> None:
    found = work_out([1000.0] * 60)
    assert (found.values["rmssd"], found.values["sdnn"], found.values["corrected"]) == (0, 0, 0)
    # One tick of a strap's clock up and down is steady, too.
    ticks = [1000.0 + 1000 / 1024 * (place % 2) for place in range(60)]
    assert work_out(ticks).values["corrected"] == 0


def test_beyond_five_percent_there_is_no_number_but_the_share_is_told() -> None:
    rr = list(CYCLE)
    for at in (30, 20, 10):
        rr[at : at + 2] = [rr[at] + rr[at + 1]]
    found = work_out(rr)
    assert found.values["corrected"] == pytest.approx(300 / 37)
    assert found.values["missed"] == 3
    assert {found.values[name] for name in ("rmssd", "sdnn", "pnn50", "mean_rr")} == {None}
    assert found.reason == "8.1 % of the beats had to be corrected, more than 5 %."
    assert work_out(rr, corrected_limit_percent=10.0).values["rmssd"] is not None


def test_no_difference_is_taken_across_a_hole() -> None:
    parts = [CYCLE[:36], [900.0 + one for one in CYCLE[:36]]]
    found = work_out([*parts[0], math.nan, *parts[1]])
    differences = [b - a for part in parts for a, b in itertools.pairwise(part)]
    expected = math.sqrt(statistics.fmean(one * one for one in differences))
    assert found.values["rmssd"] == pytest.approx(expected)
    assert found.values["sdnn"] == pytest.approx(statistics.stdev([*parts[0], *parts[1]]))
    assert found.coverage_percent == pytest.approx(100 * 72 / 73)


@pytest.mark.parametrize(
    ("rr", "variant", "reason"),
    [
        ([800.0] * 29, "corrected", "nowhere 30 intervals"),
        ([800.0, math.nan] * 40, "corrected", "nowhere 30 intervals"),
        ([800.0], "uncorrected", "No two intervals"),
        ([800.0, math.nan, 800.0], "uncorrected", "No two intervals"),
        ([], "uncorrected", "No two intervals"),
        ([], "corrected", "nowhere 30 intervals"),
    ],
)
def test_too_few_intervals_give_no_number(rr: list[float], variant: str, reason: str) -> None:
    found = work_out(rr, variant)
    assert set(found.values.values()) == {None}
    assert reason in (found.reason or "")


@given(st.lists(st.floats(1, 60_000), min_size=1, max_size=150))
@settings(max_examples=200, deadline=None)
def test_whatever_the_intervals_are_correcting_loses_no_time_but_at_the_end(rr: list[float]) -> None:
    given_ms = np.array(rr)
    found = rr_artefacts.find(given_ms)
    assert all(0 <= place < given_ms.size for place in found)
    corrected = rr_artefacts.correct(given_ms, found)
    last_left_out = given_ms.size - 1 in found and found[given_ms.size - 1] is not Beat.MISSED
    kept = given_ms[:-1] if last_left_out else given_ms
    assert corrected.sum() == pytest.approx(kept.sum()) or corrected.sum() == pytest.approx(given_ms.sum())


def breathing(per_minute: float, seconds: float, swing: float = 40.0, mean: float = 950.0) -> list[float]:
    """Intervals of a heart that breathing speeds up and down."""
    now, rr = 0.0, []
    while now < seconds:
        rr.append(mean + swing * math.sin(2 * math.pi * per_minute / 60 * now))
        now += rr[-1] / 1000
    return rr


def breaths(rr: list[float]) -> Any:
    return compute(Given("respiratory_rate", "welch", {"rr_interval": np.array(rr, np.float64)}, {}, {}))


@pytest.mark.parametrize("per_minute", [7.0, 9.5, 12.0, 14.3, 18.0, 22.0, 26.0])
def test_breathing_is_found_within_a_quarter_of_a_breath_a_minute(per_minute: float) -> None:
    found = breaths(breathing(per_minute, 180))
    assert found.values["respiratory_rate"] == pytest.approx(per_minute, abs=0.25)
    assert found.estimate


@pytest.mark.parametrize(
    ("rr", "reason"),
    [
        (breathing(30, 180, mean=500), "that is no rest"),
        (breathing(12, 50), "Nowhere are there 64 s"),
        ([900.0] * 200, "No rhythm of breathing stands out"),
        (np.random.default_rng(3).normal(900, 40, 300).tolist(), "No rhythm of breathing stands out"),
        ([math.nan] * 5, "No interval is known"),
        ([1000.0], "Nowhere are there 64 s"),
    ],
)
def test_where_no_breathing_can_be_seen_there_is_no_number(rr: list[float], reason: str) -> None:
    found = breaths(rr)
    assert found.values["respiratory_rate"] is None
    assert reason in found.reason


def test_a_hole_parts_segments() -> None:
    rr = breathing(12, 100)
    broken = breaths([*rr, math.nan, *rr])
    assert broken.values["respiratory_rate"] == pytest.approx(12, abs=0.25)
    half = breaths([*rr[:55], math.nan, *rr[55:]])
    assert half.values["respiratory_rate"] is None


def test_a_difference_of_exactly_50_ms_is_not_larger_than_50_ms() -> None:
    assert work_out([800.0, 850.0, 800.0, 860.0], "uncorrected").values["pnn50"] == pytest.approx(100 / 3)


def test_an_interval_that_is_too_short_weighs_twice_as_much_as_one_that_is_too_long() -> None:
    rr = np.full(40, 800.0)
    rr[[10, 30]] = 775, 825
    judged = rr_artefacts._judge(rr)
    assert judged.m[10] == pytest.approx(-2 * judged.m[30])


@pytest.mark.parametrize(("place", "first", "behind"), [(150, 105, 196), (0, 0, 46), (299, 254, 300)])
def test_the_threshold_follows_the_91_beats_around_and_those_that_are_there_at_the_ends(
    place: int, first: int, behind: int
) -> None:
    values = np.random.default_rng(7).normal(0, 30, 300)
    low, _, high = statistics.quantiles(np.abs(values[first:behind]).tolist(), n=4, method="inclusive")
    assert rr_artefacts._threshold(values)[place] == pytest.approx(5.2 * (high - low) / 2)
