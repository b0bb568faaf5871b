"""Volume, intensity and the hardest minutes of a time, and what they are measured against."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from sts_hub.analytics.formula import Given, Result
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.holding import SECOND_US, Samples

NAN = math.nan


def demands(values: list[float], variant: str = "distance", **known: float) -> Result:
    """One value at each whole second, the last holding for one."""
    samples = Samples(np.arange(len(values), dtype=np.int64) * SECOND_US, np.array(values, np.float64))
    name = "ground_speed" if variant == "distance" else "heart_rate"
    return compute(
        Given(
            "match_demands", variant, {name: samples}, known, {}, since_us=0, until_us=len(values) * SECOND_US
        )
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("variant", ["distance", "edwards"])
def test_demands_are_those_of_a_loop_over_every_window(seed: int, variant: str) -> None:
    chance = random.Random(seed)
    low, high = (0, 9) if variant == "distance" else (80, 200)
    values = [NAN if chance.random() < 0.002 else float(chance.randint(low, high)) for _ in range(1500)]
    rate = values if variant == "distance" else [weight(value) / 60 for value in values]
    known = [one for one in rate if not math.isnan(one)]
    found = demands(values, variant, hr_max=200.0).values
    assert found["volume"] == pytest.approx(sum(known))
    assert found["intensity"] == pytest.approx(sum(known) / len(known) * 60)
    for minutes in (1, 3, 5):
        length = 60 * minutes
        windows = [rate[at : at + length] for at in range(len(rate) - length + 1)]
        best = max((sum(one) / minutes for one in windows if not any(map(math.isnan, one))), default=None)
        assert found[f"best_{minutes}_min"] == (None if best is None else pytest.approx(best))


def weight(rate: float) -> float:
    return NAN if math.isnan(rate) else sum(rate >= border for border in (100, 120, 140, 160, 180))


def test_what_is_too_short_for_the_hardest_minutes_says_so() -> None:
    found = demands([4.0] * 100)
    assert found.values == {
        "volume": 400,
        "intensity": 240,
        "best_1_min": 240,
        "best_3_min": None,
        "best_5_min": None,
    }
    assert found.reason == "There are nowhere 3 min, 5 min without a hole."


@pytest.mark.parametrize("values", [[], [NAN] * 100])
def test_without_a_value_there_are_no_demands(values: list[float]) -> None:
    assert set(demands(values).values.values()) == {None}


def share(athlete: list[float], position: list[float], team: list[float], **chosen: float) -> Result:
    lists = {"athlete_matches": athlete, "position_matches": position, "team_matches": team}
    inputs = {name: np.array(values, np.float64) for name, values in lists.items()}
    return compute(Given("match_day_share", None, {"so_far": 50.0, **inputs}, {}, chosen))


@pytest.mark.parametrize(
    ("athlete", "position", "team", "basis", "match_day"),
    [
        ([80, 100, 120], [1, 1, 1], [1, 1, 1], "athlete", 100),
        ([80, NAN, 120], [150, 200, 250], [1, 1, 1], "position", 200),
        ([], [150, 200], [300, 400, 500, NAN], "team", 400),
    ],
)
def test_own_matches_count_then_those_of_the_position_then_the_teams(
    athlete: list[float], position: list[float], team: list[float], basis: str, match_day: float
) -> None:
    found = share(athlete, position, team)
    assert found.values == {
        "share": 5000 / match_day,
        "match_day": match_day,
        "basis": basis,
        "to_target": match_day - 50,
    }


def test_too_few_matches_anywhere_or_matches_of_nothing_give_no_share() -> None:
    assert share([1, 2], [], [NAN]).reason == "Neither athlete nor position nor team have 3 matches."
    assert share([0, 0, 0], [], []).reason == "On a match day this number is 0."
    assert share([1, 2], [], [], fewest_matches=2.0).values["basis"] == "athlete"


def test_beyond_the_target_nothing_is_left() -> None:
    assert share([100, 100, 100], [], [], target_percent=40.0).values["to_target"] == 0
