"""The catalogue and the words of quality: what a number means is the same everywhere."""

import re
from pathlib import Path

import pytest

from sts_protocols import metrics
from sts_protocols.metrics import CATALOGUE, HEART_RATE, RR_INTERVAL, by_id, by_name
from sts_protocols.record import ClockSource, Kind
from sts_protocols.sample import Quality

PAGE = (Path(__file__).parents[3] / "protocols" / "README.md").read_text()


def test_numbers_and_names_are_given_once():
    """A number never has two meanings, nor a name."""
    assert (
        len({metric.id for metric in CATALOGUE})
        == len({metric.name for metric in CATALOGUE})
        == len(CATALOGUE)
    )
    assert all(by_id(metric.id) is metric is by_name(metric.name) for metric in CATALOGUE)
    assert by_id(0) is by_name("") is None


def test_every_metric_constant_is_in_the_catalogue():
    """None is forgotten."""
    constants = [value for value in vars(metrics).values() if isinstance(value, metrics.Metric)]
    assert sorted(metric.id for metric in constants) == [metric.id for metric in CATALOGUE]


def test_numbers_once_published_keep_their_meaning():
    """Stored rows carry these numbers for years."""
    names = {metric.id: metric.name for metric in CATALOGUE}
    assert len(names) == len(CATALOGUE)
    assert [names[number] for number in range(1, 16)] == [
        "heart_rate",
        "rr_interval",
        "battery_level",
        "energy_expended",
        "body_temperature",
        "skin_temperature",
        "respiratory_rate",
        "speed",
        "cadence",
        "distance",
        "power",
        "ecg",
        "acceleration_x",
        "acceleration_y",
        "acceleration_z",
    ]
    assert [quality.word for quality in Quality] == [
        "ok",
        "no_contact",
        "truncated",
        "implausible",
        "no_fix",
        "clock_unsynced",
        "estimated",
    ]


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_a_metric_can_be_told_in_whole_steps(metric):
    """Its plausible range has an end for each side, and every step of it is exact in float64."""
    assert metric.low < metric.high
    assert re.fullmatch(r"[a-z_]+", metric.name)
    for value in (metric.low, metric.high):
        steps = round(value * metric.denominator / metric.numerator)
        for step in (steps - 1, steps, steps + 1):
            assert round(metric.value(step) * metric.denominator / metric.numerator) == step


def test_late_and_lost_follow_from_the_rhythm():
    """Three and ten intervals; without a rhythm never."""
    assert (HEART_RATE.late_after_ms, HEART_RATE.lost_after_ms) == (3000, 10_000)
    assert (RR_INTERVAL.late_after_ms, RR_INTERVAL.lost_after_ms) == (None, None)


def test_both_ends_of_the_plausible_range_are_plausible():
    """25 and 240 beats per minute are, 24 and 241 are not."""
    assert [HEART_RATE.plausible(rate) for rate in (24, 25, 240, 241)] == [False, True, True, False]


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_the_page_has_the_catalogue(metric):
    """Each row of the published table is the row of the code."""
    rhythm = "" if metric.interval_ms is None else f" {metric.interval_ms}"
    cells = [metric.id, f"`{metric.name}`", f"`{metric.unit}`", f"{metric.numerator}/{metric.denominator}"]
    row = "| " + " | ".join(map(str, [*cells, f"{metric.low} to {metric.high}"])) + f" |{rhythm} |"
    assert row in PAGE


def test_the_page_has_all_numbers():
    """Kinds, clock sources and qualities as published are those of the code."""
    for number in [*Kind, *ClockSource, *Quality]:
        assert f"| {number.value} | {number.name.lower().replace('_', ' ')} |" in PAGE
