"""The formulas once more, from their definitions and in another way: by ticks, loops and weights, with plain Python."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from sts_hub.analytics.formula import Given
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.holding import Samples

TICK_US = 100_000
Pairs = list[tuple[int, float]]
"""(tick, value), rising."""


def walk(seed: int, low: float, high: float, ticks: int = 3000) -> Pairs:
    """Values about once a second, with late ones, holes, and some that are not credible."""
    chance = random.Random(seed)
    told: Pairs = []
    tick = chance.randrange(5)
    value = chance.uniform(low, high)
    while tick < ticks:
        value = min(max(value + chance.uniform(-0.1, 0.1) * (high - low), low), high)
        told.append((tick, math.nan if chance.random() < 0.03 else round(value)))
        tick += (
            chance.choice([8, 9, 10, 10, 10, 10, 11, 12, 20, 25])
            if chance.random() < 0.97
            else chance.randrange(60, 300)
        )
    return told


def at_ticks(told: Pairs, ticks: int, gap_ticks: int) -> list[float]:
    """What holds in each tick, NaN where nothing does: found by looking back from each."""
    by_tick: dict[int, float] = dict(told)
    holding, since, found = math.nan, -(10**9), []
    for tick in range(ticks):
        if tick in by_tick:
            holding, since = by_tick[tick], tick
        found.append(holding if tick - since < gap_ticks else math.nan)
    return found


def work_out(formula: str, variant: str, name: str, told: Pairs, ticks: int, **known: Any) -> dict[str, Any]:
    samples = Samples(
        np.array([tick * TICK_US for tick, _ in told], np.int64), np.array([value for _, value in told])
    )
    result = compute(
        Given(formula, variant, {name: samples}, known, {}, since_us=0, until_us=ticks * TICK_US)
    )
    return {**result.values, "coverage_percent": result.coverage_percent}


@pytest.mark.parametrize("seed", range(10))
def test_time_in_zone_is_what_the_ticks_say(seed: int) -> None:
    told = walk(seed, 80, 200)
    held = [value for value in at_ticks(told, 3000, 100) if not math.isnan(value)]
    expected = [0] * 6
    for value in held:
        expected[0 if value < 100 else min(int(value // 20) - 4, 5)] += 1
    found = work_out("time_in_zone", "percent_of_max", "heart_rate", told, 3000, hr_max=200.0)
    assert found["zone"] == pytest.approx([count / 10 for count in expected])
    assert found["missing"] == pytest.approx((3000 - len(held)) / 10)
    assert found["coverage_percent"] == pytest.approx(len(held) / 30)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("sex", ["male", "female"])
def test_every_training_impulse_is_what_the_ticks_say(seed: int, sex: str) -> None:
    told = walk(seed, 40, 210)
    held = [value for value in at_ticks(told, 3000, 100) if not math.isnan(value)]
    a, b = (0.64, 1.92) if sex == "male" else (0.86, 1.67)

    def weight(rate: float, factor: float) -> float:
        x = max((rate - 55) / (195 - 55), 0)
        return x * factor * math.exp(b * x)

    minutes = len(held) / 600
    expected = {
        "banister": math.fsum(weight(rate, a) for rate in held) / 600,
        "banister_one_a": math.fsum(weight(rate, 0.64) for rate in held) / 600,
        "banister_mean": minutes * weight(math.fsum(held) / len(held), a),
        "edwards": sum(sum(rate >= share * 19.5 for share in (5, 6, 7, 8, 9)) for rate in held) / 600,
        "lucia": sum(1 if rate < 130 else 2 if rate < 165 else 3 for rate in held) / 600,
    }
    for variant, load in expected.items():
        known = {"hr_rest": 55.0, "hr_max": 195.0, "sex": sex, "vt1": 130.0, "vt2": 165.0}
        found = work_out("trimp", variant, "heart_rate", told, 3000, **known)
        assert found["load"] == pytest.approx(load, rel=1e-9), variant
        assert found["coverage_percent"] == pytest.approx(len(held) / 30)


def seconds(told: Pairs, ticks: int) -> list[float]:
    """The mean of each whole second of which half or more is held for up to 3 s."""
    held = at_ticks(told, ticks, 30)
    found = []
    for begin in range(0, ticks - 9, 10):
        known = [value for value in held[begin : begin + 10] if not math.isnan(value)]
        found.append(sum(known) / len(known) if len(known) >= 5 else math.nan)
    return found


@pytest.mark.parametrize("seed", range(10))
def test_power_is_weighted_as_defined(seed: int) -> None:
    told = walk(seed, 0, 500, 9007)
    power = seconds(told, 9007)
    windows = [power[end - 30 : end] for end in range(30, len(power) + 1)]
    means = [sum(one) / 30 for one in windows if not any(map(math.isnan, one))]
    weighted = (math.fsum(mean**4 for mean in means) / len(means)) ** 0.25
    known = [one for one in power if not math.isnan(one)]
    load = len(known) / 3600 * (weighted / 260) ** 2 * 100
    assert work_out("weighted_power", "coggan", "power", told, 9007)["weighted_power"] == pytest.approx(
        weighted
    )
    assert work_out("power_intensity", "coggan", "power", told, 9007, ftp=260.0)[
        "intensity"
    ] == pytest.approx(weighted / 260)
    found = work_out("power_load", "coggan", "power", told, 9007, ftp=260.0)
    assert found["load"] == pytest.approx(load)
    assert found["coverage_percent"] == pytest.approx(100 * len(known) / len(power))


@pytest.mark.parametrize("seed", range(10))
def test_the_balance_is_what_its_definitions_say(seed: int) -> None:
    told = walk(seed, 0, 500, 4000)
    power = [one for one in seconds(told, 4000) if not math.isnan(one)]
    below = [one for one in power if one < 240]
    tau = 546 * math.exp(-0.01 * (240 - sum(below) / len(below))) + 316
    # Every joule on its own, each paid back over the time since it was spent.
    integral = [
        18_000
        - math.fsum(max(power[then] - 240, 0) * math.exp((then - now) / tau) for then in range(now + 1))
        for now in range(len(power))
    ]
    balance, differential = 18_000.0, []
    for one in power:
        over = one - 240
        balance = balance - over if over >= 0 else 18_000 - (18_000 - balance) * math.exp(over / 18_000)
        differential.append(balance)
    for variant, expected in (("integral", integral), ("differential", differential)):
        known = {"cp": 240.0, "w_prime": 18_000.0}
        found = work_out("w_prime_balance", variant, "power", told, 4000, **known)
        assert found["balance"] == pytest.approx(expected[-1], rel=1e-9)
        assert found["lowest"] == pytest.approx(min(expected), rel=1e-9)


def daily(formula: str, variant: str, loads: list[float]) -> dict[str, Any]:
    asked = Given(formula, variant, {"daily_load": np.array(loads, np.float64)}, {}, {})
    return dict(compute(asked).values)


@pytest.mark.parametrize("seed", range(10))
def test_means_of_days_are_sums_of_weights(seed: int) -> None:
    chance = random.Random(seed)
    loads = [chance.choice([0, 0, 150, 420, 505.5, 700]) for _ in range(chance.randrange(28, 60))]
    last = len(loads) - 1

    def ewma(days: int) -> float:
        share = 2 / (days + 1)
        fresh = math.fsum(share * (1 - share) ** (last - day) * loads[day] for day in range(1, last + 1))
        return fresh + (1 - share) ** last * loads[0]

    found = daily("acute_chronic_ratio", "ewma", loads)
    assert (found["acute"], found["chronic"]) == (pytest.approx(ewma(7)), pytest.approx(ewma(28)))
    for variant, share_of in (
        ("exponential", lambda days: 1 - math.exp(-1 / days)),
        ("one_over_n", lambda days: 1 / days),
    ):
        found = daily("fitness_fatigue", variant, loads)
        for name, days in (("chronic", 42), ("acute", 7)):
            share = share_of(days)
            expected = math.fsum(share * (1 - share) ** (last - day) * loads[day] for day in range(last + 1))
            assert found[name] == pytest.approx(expected)
        assert found["balance_before"] == pytest.approx(
            daily("fitness_fatigue", variant, loads[:-1])["balance"]
        )


def test_the_two_decays_differ_by_what_is_known() -> None:
    """A day's share by 1/N is larger by 1.2 % for 42 days and by 7.3 % for 7."""
    one = [daily("fitness_fatigue", variant, [100.0]) for variant in ("one_over_n", "exponential")]
    assert one[0]["chronic"] / one[1]["chronic"] == pytest.approx(1.012, abs=0.0005)
    assert one[0]["acute"] / one[1]["acute"] == pytest.approx(1.073, abs=0.0005)


@pytest.mark.parametrize(
    ("formula", "variant", "loads", "reason"),
    [
        ("monotony", "sample_sd", [300.0] * 7, "All seven loads are equal"),
        ("monotony", "population_sd", [0.0] * 7, "All seven loads are equal"),
        ("monotony", "sample_sd", [1.0] * 6, "It takes 7 days, and 6 are given"),
        ("monotony", "sample_sd", [1.0, 2, 3, math.nan, 5, 6, 7], "1 of 7 days is not known"),
        ("acute_chronic_ratio", "rolling_coupled", [1.0] * 27, "It takes 28 days"),
        ("acute_chronic_ratio", "rolling_uncoupled", [0.0] * 21 + [1.0] * 7, "chronic load is 0"),
        ("acute_chronic_ratio", "ewma", [1.0] * 27, "It takes 28 days"),
        ("acute_chronic_ratio", "ewma", [math.nan] + [1.0] * 28, "1 of 29 days is not known"),
        ("fitness_fatigue", "exponential", [1.0, math.nan], "asked about is not known"),
        ("fitness_fatigue", "one_over_n", [], "asked about is not known"),
    ],
)
def test_means_of_days_are_null_with_a_reason(
    formula: str, variant: str, loads: list[float], reason: str
) -> None:
    result = compute(Given(formula, variant, {"daily_load": np.array(loads, np.float64)}, {}, {}))
    assert None in result.values.values()
    assert reason in (result.reason or "")


def test_a_day_that_is_not_known_leaves_both_means_as_they_were_and_lowers_the_coverage() -> None:
    asked = Given("fitness_fatigue", "exponential", {"daily_load": np.array([100.0, math.nan, 50.0])}, {}, {})
    result = compute(asked)
    assert result.values["chronic"] == daily("fitness_fatigue", "exponential", [100.0, 50.0])["chronic"]
    assert result.coverage_percent == pytest.approx(200 / 3)


def test_steady_power_is_worth_itself() -> None:
    steady = [(tick, 200.0) for tick in range(0, 36_000, 10)]
    assert work_out("weighted_power", "coggan", "power", steady, 36_000)["weighted_power"] == pytest.approx(
        200
    )
    found = work_out("power_load", "coggan", "power", steady, 36_000, ftp=200.0)
    assert found["load"] == pytest.approx(100)
    kept = work_out("w_prime_balance", "integral", "power", steady, 36_000, cp=200.0, w_prime=20_000.0)
    assert kept["lowest"] == 20_000


def test_what_came_before_a_window_counts_only_for_what_it_holds_in_it() -> None:
    samples = Samples(np.array([-1_000_000, 0, 16_000_000]), np.array([150.0, 110.0, 130.0]))

    def found(formula: str, variant: str, **known: float) -> Any:
        asked = Given(
            formula, variant, {"heart_rate": samples}, known, {}, since_us=4_000_000, until_us=20_000_000
        )
        return compute(asked)

    # 110 holds from 4 to 10 s, 130 from 16 to 20 s.
    times = found("time_in_zone", "percent_of_max", hr_max=200.0)
    assert times.values == {"zone": (0, 6, 4, 0, 0, 0), "missing": 6}
    assert times.coverage_percent == 62.5
    assert found("trimp", "edwards", hr_max=200.0).values["load"] == pytest.approx((6 + 2 * 4) / 60)
    assert found("heart_rate", "time_weighted").values == {"mean": 118, "highest": 130}
