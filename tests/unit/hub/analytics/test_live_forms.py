"""What is told live equals what the batch finds, to the last digit, in whatever pieces the values came."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.analytics import match_day, trimp, w_prime
from sts_hub.analytics.formula import Given
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.holding import SECOND_US, Samples
from sts_hub.analytics.time_in_zone import TimeInZone
from sts_hub.analytics.zones import TENS_PERCENT, Zones

HR_MAX, HR_REST = 190.0, 60.0
GAP_US = 10 * SECOND_US


@st.composite
def told(draw: st.DrawFn, values: st.SearchStrategy[float]) -> list[Samples]:
    """Samples in pieces, some of them empty, with pauses, repeated times and values that are not credible."""
    steps_us = draw(
        st.lists(st.sampled_from([0, 1, 400_000, 1_000_000, 1_020_000, 7_000_000, 12_000_000]), max_size=40)
    )
    t_us = np.cumsum(np.array([draw(st.integers(0, 3_000_000)), *steps_us], np.int64))
    value = np.array([draw(st.one_of(values, st.just(math.nan))) for _ in t_us])
    cuts = sorted(draw(st.lists(st.integers(0, t_us.size), max_size=6)))
    return list(pieces(Samples(t_us, value), [0, *cuts, t_us.size]))


def pieces(samples: Samples, ends: list[int]) -> Iterator[Samples]:
    for begin, end in itertools.pairwise(ends):
        yield Samples(samples.t_us[begin:end], samples.value[begin:end])


def whole(parts: list[Samples]) -> Samples:
    return Samples(np.concatenate([one.t_us for one in parts]), np.concatenate([one.value for one in parts]))


def batch(
    formula: str, variant: str, name: str, samples: Samples, until_us: int, **known: float | str
) -> dict:
    asked = Given(formula, variant, {name: samples}, known, {}, since_us=1_500_000, until_us=until_us)
    return dict(compute(asked).values)


heart_rates = st.sampled_from([61.0, 95.0, 120.3, 152.0, 171.0, 190.0, 203.0])


@given(told(heart_rates), st.integers(0, 30_000_000))
@settings(max_examples=150, deadline=None)
def test_time_in_zone_and_load_so_far_are_those_of_the_batch(parts: list[Samples], later_us: int) -> None:
    samples = whole(parts)
    until_us = max(int(samples.t_us[-1]), 1_500_001) + later_us
    zones = TimeInZone(Zones(0.0, HR_MAX, TENS_PERCENT), 1_500_000, GAP_US)
    load = trimp.Load(trimp.banister(HR_REST, HR_MAX, trimp.FACTORS["male"]), 1_500_000, GAP_US)
    for part in parts:
        zones.take(part)
        load.take(part)
        zones.at(until_us)  # asking changes nothing
        load.at(until_us)
    times, so_far = zones.at(until_us), load.at(until_us)
    expected = batch("time_in_zone", "percent_of_max", "heart_rate", samples, until_us, hr_max=HR_MAX)
    found = batch(
        "trimp", "banister", "heart_rate", samples, until_us, hr_max=HR_MAX, hr_rest=HR_REST, sex="male"
    )
    assert so_far.held_us == sum(times.zone_us) == until_us - 1_500_000 - times.missing_us
    if so_far.held_us:
        assert expected["zone"] == tuple(us / SECOND_US for us in times.zone_us)
        assert found["load"] == so_far.load
    else:
        assert expected["zone"] is found["load"] is None


@given(told(st.sampled_from([-20.0, 0.0, 99.0, 240.0, 251.7, 610.0])), st.integers(0, 9_000_000))
@settings(max_examples=150, deadline=None)
def test_the_balance_is_that_of_the_batch(parts: list[Samples], later_us: int) -> None:
    samples = whole(parts)
    until_us = max(int(samples.t_us[-1]), 2_500_000) + later_us
    live = w_prime.Balance(240.0, 18_000.0, 1_500_000, 3 * SECOND_US)
    for part in parts:
        live.take(part)
        live.at(until_us)
    found = batch("w_prime_balance", "differential", "power", samples, until_us, cp=240.0, w_prime=18_000.0)
    if found["balance"] is not None:
        assert live.at(until_us) == found["balance"]
    else:
        assert live.at(until_us) == 18_000.0


def test_the_zone_now_is_that_of_the_batch() -> None:
    zones = Zones(0.0, HR_MAX, TENS_PERCENT)
    rates = np.arange(30.0, 230.0)
    assert [zones.now(rate) for rate in rates.tolist()] == zones.of(rates).tolist()
    assert zones.now(math.nan) is None


@given(told(st.sampled_from([0.0, 2.5, 7.25, 8.8])), st.integers(0, 400_000_000))
@settings(max_examples=100, deadline=None)
def test_the_demands_so_far_are_those_of_the_batch(parts: list[Samples], later_us: int) -> None:
    samples = whole(parts)
    until_us = max(int(samples.t_us[-1]), 2_500_000) + later_us
    live = match_day.Demands(1_500_000, 90 * SECOND_US)
    for part in parts:
        live.take(part)
        live.at(until_us)
    asked = Given(
        "match_demands",
        "distance",
        {"ground_speed": samples},
        {},
        {"max_gap_s": 90.0},
        since_us=1_500_000,
        until_us=until_us,
    )
    found, demand = compute(asked).values, live.at(until_us)
    if demand.known:
        expected = (demand.volume, demand.per_minute, *demand.best)
        assert tuple(found.values()) == expected
    else:
        assert set(found.values()) == {None}


@pytest.mark.parametrize("seed", range(5))
def test_a_long_session_in_many_pieces_is_the_whole_to_the_last_digit(seed: int) -> None:
    """Long enough for sums that are taken in another order to differ."""
    chance = np.random.default_rng(seed)
    t_us = np.cumsum(chance.integers(900_000, 1_100_000, 3000))
    heart, power, speed = (
        chance.uniform(70, 200, 3000),
        chance.uniform(0, 500, 3000),
        chance.uniform(0, 9, 3000),
    )
    until_us = int(t_us[-1]) + 700_000

    def forms() -> tuple[trimp.Load, w_prime.Balance, match_day.Demands]:
        return (
            trimp.Load(trimp.banister(HR_REST, HR_MAX, trimp.FACTORS["female"]), 0, GAP_US),
            w_prime.Balance(240.0, 18_000.0, 0, GAP_US),
            match_day.Demands(0, GAP_US),
        )

    told = []
    for cuts in ([], sorted(chance.integers(0, 3000, 200).tolist())):
        live = forms()
        for form, value in zip(live, (heart, power, speed), strict=True):
            for part in pieces(Samples(t_us, value), [0, *cuts, 3000]):
                form.take(part)
        told.append([form.at(until_us) for form in live])
    assert told[0] == told[1]
