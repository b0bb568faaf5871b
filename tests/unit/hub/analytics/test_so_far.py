"""What is told while it is measured is what the batch says of the time up to then."""

from __future__ import annotations

import random

import numpy as np
import pytest

from sts_hub.analytics.formula import Given
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.holding import Samples
from sts_hub.analytics.so_far import PACE_US, QUANTITIES, Course, known_enough
from sts_protocols.metrics import HEART_RATE, POWER

S = 1_000_000
KNOWN = {
    "hr_max": 200.0, "hr_rest": 50.0, "sex": "female", "vt1": 140.0, "vt2": 170.0, "cp": 250.0, "w_prime": 20_000.0
}  # fmt: skip
# By which formula, variant and output each quantity is found in hindsight; of a row, which place.
BATCH = {
    "load_banister": ("trimp", "banister", "load", None),
    "load_edwards": ("trimp", "edwards", "load", None),
    "load_lucia": ("trimp", "lucia", "load", None),
    "w_prime_balance": ("w_prime_balance", "differential", "balance", None),
    **{f"time_in_zone_{zone}": ("time_in_zone", "percent_of_max", "zone", zone) for zone in range(1, 6)},
}


def training(low: int, high: int) -> Samples:
    """Ten minutes at about a value a second, with holes and values without worth."""
    chance = random.Random(7)
    t_us, value, now_us = [], [], 3 * S
    while now_us < 600 * S:
        t_us.append(now_us)
        value.append(float("nan") if chance.random() < 0.05 else float(chance.randint(low, high)))
        now_us += chance.choice((S, S, S, 1_017_000, 14 * S))
    return Samples(np.array(t_us), np.array(value))


@pytest.mark.parametrize("name", BATCH)
def test_what_adds_up_is_what_the_batch_says_up_to_each_moment(name: str) -> None:
    formula, variant, output, place = BATCH[name]
    metric = POWER if name == "w_prime_balance" else HEART_RATE
    samples = training(100, 400) if metric is POWER else training(90, 200)
    course = Course([QUANTITIES[name].id], KNOWN, 0)
    told = [
        one
        for t_us, value in zip(samples.t_us.tolist(), samples.value.tolist(), strict=True)
        for one in course.take(metric.id, t_us, value)
        if one.quantity == QUANTITIES[name].id
    ]
    assert len(told) > 50
    for one in told[::9]:
        given = Given(formula, variant, {metric.name: samples.up_to(one.t_us - 1)}, KNOWN, {}, 0, one.t_us)
        batch = compute(given).values[output]
        assert one.t_us % PACE_US == 0
        assert one.value == (batch if place is None else batch[place])


def test_shares_of_a_match_day_are_those_of_the_batch_and_one_that_is_not_known_is_not_told() -> None:
    whole = {"match_day_volume": 50.0, "match_day_best_1_min": 4.0}
    samples = training(110, 200)
    course = Course([QUANTITIES["match_day_volume"].id], KNOWN | whole, 0)
    rows = zip(samples.t_us.tolist(), samples.value.tolist(), strict=True)
    told = {
        (name, one.t_us): one.value
        for row in rows
        for one in course.take(HEART_RATE.id, *row)
        for name in whole
        if one.quantity == QUANTITIES[name].id
    }
    last_us = max(t_us for _, t_us in told)
    given = Given(
        "match_demands", "edwards", {"heart_rate": samples.up_to(last_us - 1)}, KNOWN, {}, 0, last_us
    )
    batch = compute(given).values
    assert told["match_day_volume", last_us] == 100 * batch["volume"] / 50
    assert batch["best_1_min"] is None or told["match_day_best_1_min", last_us] == 25 * batch["best_1_min"]
    others = {QUANTITIES[name].id for name in ("match_day_intensity", "match_day_best_3_min")}
    assert not others & {one.quantity for one in course.take(HEART_RATE.id, last_us + 60 * S, 150.0)}
    assert not known_enough(QUANTITIES["match_day_volume"].id, KNOWN)


def test_what_was_filled_in_counts_like_what_was_heard() -> None:
    samples = training(90, 200)
    wanted = [QUANTITIES["load_edwards"].id]
    heard, filled = Course(wanted, KNOWN, 0), Course(wanted, KNOWN, 0)
    begun = samples.up_to(300 * S)
    filled.fill(HEART_RATE.id, begun)
    rows = list(zip(samples.t_us.tolist(), samples.value.tolist(), strict=True))
    told = [one for row in rows for one in heard.take(HEART_RATE.id, *row)]
    rest = [one for row in rows for one in filled.take(HEART_RATE.id, *row)]
    assert rest
    assert rest == [one for one in told if one.t_us > begun.t_us[-1]]


def test_the_moment_is_told_with_every_value() -> None:
    # A maximum of 200 and 50 at rest: 170 is 85 % of the one, zone 4, and 120 / 150 of the reserve.
    wanted = [
        QUANTITIES[name].id for name in ("heart_rate_zone", "heart_rate_of_max", "heart_rate_of_reserve")
    ]
    course = Course(wanted, KNOWN, None)
    assert [one.value for one in course.take(HEART_RATE.id, S, 170.0)] == [4.0, 85.0, 80.0]
    assert course.take(HEART_RATE.id, 2 * S, float("nan")) == []
    assert course.take(HEART_RATE.id, S, 170.0) == []


def test_nothing_adds_up_out_of_a_session_or_without_its_parameters() -> None:
    wanted = [QUANTITIES["load_edwards"].id]
    for course in (Course(wanted, KNOWN, None), Course(wanted, {"hr_rest": 50.0}, 0)):
        assert [one for second in range(60) for one in course.take(HEART_RATE.id, second * S, 150.0)] == []
    assert not known_enough(QUANTITIES["load_banister"].id, KNOWN | {"hr_rest": 210.0})
