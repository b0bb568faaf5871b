"""Motion, jumps, gates and heat: against loops and physics, with holes, and where there is no number."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from sts_hub.analytics.formula import Given, Result
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.holding import SECOND_US, Samples

G = 9.80665
NAN = math.nan


def series(times_s: list[float], values: list[float]) -> Samples:
    return Samples(
        np.rint(np.array(times_s, np.float64) * SECOND_US).astype(np.int64), np.array(values, np.float64)
    )


def by_speed(
    formula: str, times_s: list[float], speeds: list[float], until_s: float | None = None, **chosen: float
) -> Result:
    variant = "osgnach_2010" if formula == "metabolic_power" else "doppler"
    until_us = None if until_s is None else round(until_s * SECOND_US)
    asked = Given(formula, variant, {"ground_speed": series(times_s, speeds)}, {}, chosen, until_us=until_us)
    return compute(asked)


def run(seed: int, count: int = 600) -> tuple[list[float], list[float]]:
    """Ten speeds a second of somebody who sprints now and then, with holes and values that are not credible."""
    chance = random.Random(seed)
    now, speed, wanted = 0.0, 2.0, 2.0
    times, speeds = [], []
    for _ in range(count):
        wanted = chance.choice([1.0, 3.0, 8.5]) if chance.random() < 0.05 else wanted
        speed = max(speed + max(min(wanted - speed, 0.5), -0.6), 0.0)
        times.append(round(now, 1))
        speeds.append(NAN if chance.random() < 0.01 else round(speed, 3))
        now += 0.1 if chance.random() < 0.98 else chance.choice([0.5, 2.0, 5.0])
    return times, speeds


@pytest.mark.parametrize("seed", range(10))
def test_sprints_are_those_of_a_loop_over_tenths_of_a_second(seed: int) -> None:
    times, speeds = run(seed)
    tenths: list[float] = []
    for (begin, speed), end in zip(zip(times, speeds, strict=True), [*times[1:], times[-1]], strict=False):
        held = min(end - begin, 1.5)
        tenths += [speed] * round(held * 10) + [NAN] * round((end - begin - held) * 10)
    found, current = [], []
    for speed in [*tenths, NAN]:
        if speed > 7:
            current.append(speed)
        else:
            found += [current] if len(current) >= 10 else []
            current = []
    result = by_speed("sprints", times, speeds)
    assert result.values["count"] == len(found)
    assert result.values["distance"] == pytest.approx(sum(map(sum, found)) / 10)
    assert result.values["time"] == pytest.approx(sum(map(len, found)) / 10)
    assert result.values["fastest"] == pytest.approx([max(one) for one in found])
    assert result.coverage_percent == pytest.approx(
        100 * sum(not math.isnan(one) for one in tenths) / len(tenths)
    )


def test_some_of_these_runs_have_sprints() -> None:
    assert sum(by_speed("sprints", *run(seed)).values["count"] for seed in range(10)) >= 10


def test_a_sprint_with_a_hole_in_it_is_two_and_a_short_one_is_none() -> None:
    times = [0.0, 1, 2, 5, 6, 7, 8, 9]
    speeds = [8.0, 8, 8, 8, 8, NAN, 8, 0]
    found = by_speed("sprints", times, speeds, dwell_s=2.0)
    # 0 to 3.5 s, for the third value holds 1.5 s; 5 to 7 s; from 8 to 9 s it is too short.
    assert (found.values["begin"], found.values["time"]) == ((0, 5), pytest.approx(5.5))


def smooth(times: list[float], speeds: list[float], half_s: float) -> list[float]:
    """Each with its neighbours, walking outwards until a hole or the end of the filter."""
    told = []
    for place, speed in enumerate(speeds):
        taken = [speed]
        for step in (-1, 1):
            at = place
            while 0 <= at + step < len(times):
                beside = at + step
                near = abs(times[beside] - times[place]) <= half_s + 1e-9
                whole = abs(times[beside] - times[at]) <= 1.5 and not math.isnan(speeds[beside])
                if not (near and whole):
                    break
                taken.append(speeds[beside])
                at = beside
        told.append(sum(taken) / len(taken))
    return told


def pieces(times: list[float], speeds: list[float]) -> list[tuple[float, float, float, float]]:
    """begin, length, mean speed, acceleration of every whole piece."""
    told = smooth(times, speeds, 0.25)
    return [
        (
            times[at],
            times[at + 1] - times[at],
            (told[at] + told[at + 1]) / 2,
            (told[at + 1] - told[at]) / (times[at + 1] - times[at]),
        )
        for at in range(len(times) - 1)
        if times[at + 1] - times[at] <= 1.5 and not math.isnan(told[at] + told[at + 1])
    ]


@pytest.mark.parametrize("seed", range(10))
def test_accelerations_are_those_of_a_loop(seed: int) -> None:
    times, speeds = run(seed)
    parts = pieces(times, speeds)
    counted = {1: 0, -1: 0}
    for sign in (1, -1):
        lasting, end = 0.0, None
        for begin, length, _, acceleration in [*parts, (1e9, 0.0, 0.0, 0.0)]:
            unbroken = end is not None and abs(begin - end) < 1e-6
            if not (unbroken and lasting and sign * acceleration > 3):
                counted[sign] += lasting >= 0.5 - 1e-6
                lasting = 0.0
            lasting += length if sign * acceleration > 3 else 0.0
            end = begin + length
    found = by_speed("accelerations", times, speeds).values
    assert (found["accelerations"], found["decelerations"]) == (counted[1], counted[-1])
    assert found["highest"] == pytest.approx(max(part[3] for part in parts))
    assert found["lowest"] == pytest.approx(min(part[3] for part in parts))


def test_some_of_these_runs_have_accelerations() -> None:
    found = [by_speed("accelerations", *run(seed)).values for seed in range(10)]
    assert min(sum(one[name] for one in found) for name in ("accelerations", "decelerations")) >= 10


@pytest.mark.parametrize("seed", range(10))
def test_metabolic_power_is_that_of_a_loop(seed: int) -> None:
    times, speeds = run(seed)
    energy = seconds = high = 0.0
    for _, length, speed, acceleration in pieces(times, speeds):
        es = acceleration / G
        ec = 155.4 * es**5 - 30.4 * es**4 - 43.3 * es**3 + 46.3 * es**2 + 19.5 * es + 3.6
        power = max(ec, 0) * math.sqrt(es * es + 1) * 1.29 * speed
        energy, seconds, high = energy + power * length, seconds + length, high + length * (power > 20)
    found = by_speed("metabolic_power", times, speeds)
    assert found.values["energy"] == pytest.approx(energy)
    assert found.values["mean_power"] == pytest.approx(energy / seconds)
    assert found.values["high_power_time"] == pytest.approx(high)
    assert found.coverage_percent == pytest.approx(100 * seconds / (times[-1] - times[0]))
    assert found.estimate


def test_steady_running_costs_what_the_flat_costs() -> None:
    # 3.6 J/kg/m · 1.29 · 4 m/s, whatever the filter is.
    found = by_speed("metabolic_power", [place / 10 for place in range(100)], [4.0] * 100)
    assert found.values["mean_power"] == pytest.approx(3.6 * 1.29 * 4)
    assert by_speed("accelerations", [0.0, 1, 2], [4.0] * 3).values == {
        "accelerations": 0,
        "decelerations": 0,
        "highest": 0,
        "lowest": 0,
    }


@pytest.mark.parametrize("formula", ["distance", "speed", "sprints", "accelerations", "metabolic_power"])
def test_without_a_speed_there_is_no_motion_and_no_zero(formula: str) -> None:
    for times, speeds in (([], []), ([1.0], [5.0]), ([0.0, 1.0], [NAN, NAN]), ([0.0, 1.0], [99.0, 99.0])):
        found = by_speed(formula, times, speeds)
        assert set(found.values.values()) == {None}
        assert found.reason


def test_a_hole_is_no_way() -> None:
    found = by_speed("distance", [0.0, 1, 10], [4.0, 4, 4], until_s=11)
    assert found.values["distance"] == pytest.approx(4 * (1 + 1.5 + 1))
    assert found.coverage_percent == pytest.approx(100 * 3.5 / 11)


def positions(points: list[tuple[float, float, float]]) -> Result:
    times = [point[0] for point in points]
    inputs = {
        "latitude": series(times, [point[1] for point in points]),
        "longitude": series(times, [point[2] for point in points]),
    }
    return compute(Given("distance", "great_circle", inputs, {}, {}))


def test_the_way_around_a_pitch_is_its_outline_anywhere_on_earth() -> None:
    """By the law of cosines, which says the same as the haversine, in another way."""

    def way(one: tuple[float, ...], other: tuple[float, ...]) -> float:
        (p, q), (r, s) = (tuple(map(math.radians, point[1:])) for point in (one, other))
        # Chord between two points of the sphere, and the arc above it.
        chord = math.dist(
            (math.cos(p) * math.cos(q), math.cos(p) * math.sin(q), math.sin(p)),
            (math.cos(r) * math.cos(s), math.cos(r) * math.sin(s), math.sin(r)),
        )
        return 2 * 6_371_008.8 * math.asin(chord / 2)

    for latitude, longitude in ((0.0, 179.9999), (52.5, 13.4), (-89.9, 20.0)):
        points = [
            (float(place), latitude + d * 9e-4, longitude + e * 6e-4)
            for place, (d, e) in enumerate([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
        ]
        points = [(t, lat, (lon + 180) % 360 - 180) for t, lat, lon in points]
        expected = sum(map(way, points, points[1:]))
        assert positions(points).values["distance"] == pytest.approx(expected, rel=1e-6)


def test_no_step_is_taken_over_a_hole_in_the_positions_nor_to_one_that_is_not_credible() -> None:
    found = positions([(0, 0, 0), (1, 0, 5e-5), (2, NAN, 1), (3, 0, 1e-4), (10, 0, 5e-4), (11, 0, 5e-4)])
    # 0 to 1 s; 1 to 3 s, beside the fix without a latitude; not 3 to 10 s; 10 to 11 s, standing.
    assert found.values["distance"] == pytest.approx(11.1195080234, rel=1e-9)
    assert found.coverage_percent == pytest.approx(100 * 4 / 11)


# jumps


def force(quiet_s: float, push: float, tail: list[float] | None = None, rate: int = 1000) -> Result:
    """Quiet standing of 70 kg, half a sine of push for 0.3 s, then the air. push: its height above the weight, N."""
    weight = 70 * G
    newton = [weight] * round(quiet_s * rate)
    newton += [weight + push * math.sin(math.pi * place / (0.3 * rate)) for place in range(round(0.3 * rate))]
    newton += tail if tail is not None else [weight, *[0.0] * 300]
    times = [place / rate for place in range(len(newton))]
    return compute(Given("jump_impulse", "quiet_standing", {"force": series(times, newton)}, {}, {}))


def test_a_push_gives_the_height_that_its_impulse_has() -> None:
    # The area under half a sine is 2/π of its height times its width.
    velocity = 1200 * 0.3 * 2 / math.pi / 70
    found = force(1.0, 1200).values
    assert found["mass"] == pytest.approx(70, rel=1e-3)
    assert found["velocity"] == pytest.approx(velocity, rel=0.01)
    assert found["height"] == pytest.approx(velocity**2 / (2 * G), rel=0.02)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (force(0.4, 1200), "no quiet standing"),
        (force(1.0, 1200, [70 * G] * 300), "never falls"),
        (force(1.0, -500), "does not leave the ground upwards"),
        (force(1.0, 1200, [70 * G, NAN, 70 * G, *[0.0] * 300]), "hole"),
    ],
)
def test_a_jump_that_cannot_be_weighed_or_seen_gives_no_height(found: Result, reason: str) -> None:
    assert set(found.values.values()) == {None}
    assert reason in (found.reason or "")


def test_the_two_methods_are_two_formulas() -> None:
    flight = compute(Given("jump_flight_time", None, {"flight_time_s": 0.5}, {}, {}))
    assert round(flight.values["height"], 3) == 0.306
    assert flight.formula != force(1.0, 1200).formula


# gates, recovery, heat


def splits(*times: float) -> Result:
    return compute(Given("gate_splits", None, {"gate_time": np.array(times, np.float64)}, {}, {}))


def test_a_gate_that_missed_costs_both_its_neighbours_and_an_outer_one_the_total() -> None:
    assert splits(0, 1.5, 3.2).values == {"split": (1.5, pytest.approx(1.7)), "total": 3.2}
    found = splits(NAN, 1.5, 3.2)
    assert found.values == {"split": (None, pytest.approx(1.7)), "total": None}
    assert found.reason == "1 of 3 gates missed it: the splits beside are not known."


@pytest.mark.parametrize("times", [(), (1.0,), (1.0, NAN), (2.0, 1.0)])
def test_gates_that_tell_no_time_between_give_none(times: tuple[float, ...]) -> None:
    found = splits(*times)
    assert set(found.values.values()) == {None}
    assert found.reason


def recovery(times: list[float], rates: list[float], end_s: float) -> Result:
    inputs: dict[str, Any] = {"heart_rate": series(times, rates), "end_s": end_s}
    return compute(Given("heart_rate_recovery", None, inputs, {}, {}))


def test_recovery_takes_what_holds_at_each_moment() -> None:
    seconds = [float(second) for second in range(200)]
    found = recovery(seconds, [180 - second / 2 for second in seconds], 40.5)
    # 40 s, 100 s and 160 s are the last whole seconds before the moments.
    assert found.values == {"hrr_60": 30, "hrr_120": 60}
    assert found.reason is None


def test_a_strap_that_stops_at_the_end_or_later_gives_null_there() -> None:
    assert recovery([0.0, 70, 130], [180.0, 150, 130], 12).values == {"hrr_60": None, "hrr_120": None}
    found = recovery([0.0, 60], [180.0, 150], 0)
    assert found.values == {"hrr_60": 30, "hrr_120": None}
    assert found.reason == "No credible heart rate holds 120 s after the end."
    assert recovery([0.0], [NAN], 0).reason == "No credible heart rate holds at the end of the effort."
    assert recovery([], [], 0).reason == "No heart rate is given."


def test_the_estimate_of_core_temperature_is_off_until_somebody_may_use_it() -> None:
    seconds = [float(second) for second in range(3601)]
    asked = Given("core_temperature_estimate", None, {"heart_rate": series(seconds, [150.0] * 3601)}, {}, {})
    off = compute(asked)
    assert set(off.values.values()) == {None}
    assert "US 10702165" in (off.reason or "")
    on = compute(Given(asked.formula, None, asked.inputs, {}, {"licensed": True}))
    assert on.estimate
    assert 37.5 < on.values["core_temperature"] < 39.5


def test_an_hour_of_heart_rates_moves_the_estimate_as_the_published_filter_does() -> None:
    chance = random.Random(5)
    minutes = [chance.uniform(70, 185) if chance.random() < 0.9 else NAN for _ in range(60)]
    temperature, variance = 37.1, 0.0
    for rate in minutes:
        predicted = variance + 0.000484
        if math.isnan(rate):
            variance = predicted
            continue
        c = 384.4286 - 2 * 4.5714 * temperature
        k = predicted * c / (c * c * predicted + 356.4544)
        temperature += k * (rate - (-7887.1 + 384.4286 * temperature - 4.5714 * temperature * temperature))
        variance = (1 - k * c) * predicted
    heart_rate = series([60.0 * minute for minute in range(60)], minutes)
    asked = Given(
        "core_temperature_estimate",
        None,
        {"heart_rate": heart_rate},
        {},
        {"licensed": True, "max_gap_s": 60.0},
        until_us=3600 * SECOND_US,
    )
    found = compute(asked)
    assert found.values["core_temperature"] == pytest.approx(temperature, rel=1e-9)
    assert found.coverage_percent == pytest.approx(100 * sum(not math.isnan(rate) for rate in minutes) / 60)


def test_a_hard_stop_gives_no_energy_back() -> None:
    # 8 m/s² is a slope of -0.82, at which the polynomial is -27.6 J/kg/m.
    found = by_speed("metabolic_power", [0.0, 1.0], [8.0, 0.0], filter_s=0.0)
    assert found.values == {"mean_power": 0, "energy": 0, "high_power_time": 0}
