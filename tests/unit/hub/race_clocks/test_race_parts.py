"""Parts of a race in time, and the heart rate held over each; expected values worked out by hand."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from sts_hub.analytics.holding import Samples, Window
from sts_hub.race_clocks.parts import parts, parts_of_legs, rate, start_of

DAY = date(2026, 5, 2)


def told(ticks: int) -> dict[str, object]:
    return {"ticks": ticks, "text": ""}


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("18:05:23.4567", "Europe/Vienna", datetime(2026, 5, 2, 16, 5, 23, 456700, UTC)),
        ("9:05", "UTC", datetime(2026, 5, 2, 9, 5, tzinfo=UTC)),
        ("2026-05-03T10:00:00+05:45", "Europe/Vienna", datetime(2026, 5, 3, 4, 15, tzinfo=UTC)),
        ("2026-05-03T10:00:00Z", "Europe/Vienna", datetime(2026, 5, 3, 10, tzinfo=UTC)),
        ("2026-05-02T10:02", "Europe/Vienna", datetime(2026, 5, 2, 8, 2, tzinfo=UTC)),
        ("soon", "UTC", None),
        ("25:00", "UTC", None),
    ],
)
def test_a_start_is_a_moment_in_the_zone_of_its_competition(
    text: str, zone: str, moment: datetime | None
) -> None:
    assert start_of([text], DAY, zone) == moment


def test_a_time_of_day_without_a_day_is_no_moment() -> None:
    assert start_of(["10:00"], None, "UTC") is None


def test_the_first_text_that_tells_a_moment_counts() -> None:
    assert start_of(["", "10:00", "11:00"], DAY, "UTC") == datetime(2026, 5, 2, 10, tzinfo=UTC)


def test_times_from_the_start_make_parts_up_to_the_finish() -> None:
    result = {"splits": [{"distance_m": 50.0, "time": told(299_000)}], "time": told(623_400)}
    assert [one[2:] for one in parts(result)] == [(0, 299_000), (299_000, 623_400)]


def test_laps_add_up() -> None:
    result = {"splits": [{"lap": told(100)}, {"lap": told(110)}], "time": told(210)}
    assert [one[2:] for one in parts(result)] == [(0, 100), (100, 210)]


def test_a_missed_time_costs_both_parts_beside_it() -> None:
    result = {"splits": [{"time": told(100)}, {"status": "missing"}, {"time": told(300)}], "time": told(400)}
    assert [one[2:] for one in parts(result)] == [(0, 100), (300, 400)]


def times_of(legs: list[list[Any]]) -> list[list[tuple[int, int]]]:
    return [[(one.begin_ticks, one.end_ticks) for one in leg] for leg in legs]


@pytest.mark.parametrize(
    ("splits", "finish", "legs"),
    [
        # A split at each take-over.
        ([100, 210], 330, [[(0, 100)], [(100, 210)], [(210, 330)]]),
        # The last split is the finish.
        ([100, 210, 330], 330, [[(0, 100)], [(100, 210)], [(210, 330)]]),
        # Two splits in each leg.
        (
            [50, 100, 150, 210, 270],
            330,
            [[(0, 50), (50, 100)], [(100, 150), (150, 210)], [(210, 270), (270, 330)]],
        ),
        # A take-over that nobody saw costs the legs on both sides.
        ([100, None], 330, [[(0, 100)], [], []]),
        # Two splits too many: nobody knows which of them were take-overs.
        ([50, 100, 210, 270], 330, [[], [], []]),
    ],
)
def test_legs_are_parted_by_the_splits_of_the_whole(
    splits: list[int | None], finish: int, legs: list[list[tuple[int, int]]]
) -> None:
    told_splits = [{"time": told(one)} if one else {"status": "missing"} for one in splits]
    result = {"splits": told_splits, "time": told(finish)}
    assert times_of(parts_of_legs(result, [{"number": number} for number in (1, 2, 3)])) == legs


def test_legs_with_times_of_their_own_follow_each_other_with_their_splits() -> None:
    legs = [{"time": told(100)}, {"time": told(200), "splits": [{"time": told(80)}]}]
    assert times_of(parts_of_legs({"time": told(300)}, legs)) == [[(0, 100)], [(100, 180), (180, 300)]]


def test_a_leg_without_a_time_costs_all_behind_it() -> None:
    legs = [{"time": told(100)}, {"status": "MP"}, {"time": told(200)}]
    assert times_of(parts_of_legs({}, legs)) == [[(0, 100)], [], []]


def test_legs_that_do_not_make_up_the_whole_were_not_run_one_behind_the_other() -> None:
    """A mass start of the last legs: 2 x 10 s run, 15 s on the clock of the whole."""
    legs = [{"time": told(100_000)}, {"time": told(100_000)}]
    assert times_of(parts_of_legs({"time": told(150_000)}, legs)) == [[], []]
    assert times_of(parts_of_legs({"time": told(200_000)}, legs)) == [[(0, 100_000)], [(100_000, 200_000)]]


def test_a_result_without_times_has_no_parts() -> None:
    assert list(parts({"status": "DNS"})) == []


def test_a_rate_is_weighted_by_how_long_each_value_holds() -> None:
    # 100 for 1 s, 130 for 2 s: (100 + 260) / 3
    samples = Samples(np.array([0, 1_000_000]), np.array([100.0, 130.0]))
    found = rate(samples, Window(0, 3_000_000))
    assert (found.mean, found.low, found.high, found.coverage) == (120.0, 100.0, 130.0, 1.0)


def test_a_hole_lowers_the_coverage_and_is_not_filled() -> None:
    # 100 holds its 3 s of the 12; the value that is not right holds nothing
    samples = Samples(np.array([0, 6_000_000]), np.array([100.0, np.nan]))
    found = rate(samples, Window(0, 12_000_000))
    assert (found.mean, found.coverage) == (100.0, 0.25)


def test_no_value_is_no_rate() -> None:
    empty = Samples(np.empty(0, np.int64), np.empty(0))
    assert rate(empty, Window(0, 1_000_000)) == (None, None, None, 0.0)
