"""Thinning and merging against plain loops that are too slow to use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.samples import receptions, thinning
from sts_hub.samples.service import worn_time_us
from sts_hub.samples.values import Series, Values
from sts_protocols.sample import Quality

SECOND = 1_000_000
# Two values of a strap are 0.8 s apart at least, here: each has a bucket of its own.
NARROW_US = 400_000
Heard = list[tuple[int, int, float, int]]  # series, t_us, value, quality


def values_of(heard: Heard) -> Values:
    columns = list(zip(*heard, strict=True)) or [()] * 4
    kinds = (np.int64, np.float64, np.int64)
    return Values(*(np.array(column, kind) for column, kind in zip(columns[1:], kinds, strict=True)))


def drawn(heard: Heard, width_us: int, pause_us: int | None = None) -> thinning.Points:
    return thinning.line(thinning.buckets(values_of(heard), 0, width_us), pause_us)


def told_once(heard: Heard) -> Heard:
    """What the rule takes of receptions; each series is another gateway's."""
    series = [
        Series(1, f"pitch-{gateway}", values_of([one for one in heard if one[0] == gateway]))
        for gateway in sorted({one[0] for one in heard})
    ]
    told = receptions.in_time(part for _, part in receptions.merged(series))
    return [
        (0, t, v, q)
        for t, v, q in zip(told.t_us.tolist(), told.value.tolist(), told.quality.tolist(), strict=True)
    ]


strap = st.lists(
    st.tuples(
        st.integers(0, 600),
        st.integers(30, 230),
        st.sampled_from([Quality.OK, Quality.OK, Quality.NO_CONTACT]),
    ),
    unique_by=lambda beat: beat[0],
    max_size=40,
).map(
    lambda beats: [(second * SECOND, float(value), int(quality)) for second, value, quality in sorted(beats)]
)


@given(strap, st.integers(1, 100 * SECOND))
@settings(max_examples=60, deadline=None)
def test_every_extreme_survives_at_any_width(beats: list, width_us: int) -> None:
    points = drawn([(1, *beat) for beat in beats], width_us)
    for quality in {beat[2] for beat in beats}:
        values = [value for _, value, q in beats if q == quality]
        same = points.quality == quality
        assert points.high[same].max() == max(values)
        assert points.low[same].min() == min(values)


@given(strap, st.integers(1, 100 * SECOND))
@settings(max_examples=60, deadline=None)
def test_a_point_is_what_a_plain_loop_says_of_its_bucket(beats: list, width_us: int) -> None:
    points = drawn([(1, *beat) for beat in beats], width_us)
    plain: dict[tuple[int, int], list[float]] = {}
    for t_us, value, quality in beats:
        plain.setdefault((t_us // width_us, quality), []).append(value)
    found = {
        (int(t) // width_us, int(q)): (low, mean, high)
        for t, q, low, mean, high in zip(
            points.t_us, points.quality, points.low, points.value, points.high, strict=True
        )
    }
    assert found.keys() == plain.keys()
    for key, values in plain.items():
        low, mean, high = found[key]
        assert (low, high) == (min(values), max(values))
        assert abs(mean - sum(values) / len(values)) <= 0.001


@given(strap, st.integers(1, 100 * SECOND))
@settings(max_examples=60, deadline=None)
def test_times_rise_and_no_gap_hides_between_points_that_are_close(beats: list, width_us: int) -> None:
    points = drawn([(1, *beat) for beat in beats], width_us, 3 * SECOND)
    assert (np.diff(points.t_us) >= 0).all()
    times = [t_us for t_us, _, _ in beats]
    pauses = sum(later - earlier > 3 * SECOND for earlier, later in pairwise(times))
    # Wide buckets may swallow a pause, none is invented.
    assert (points.quality < 0).sum() <= pauses
    if width_us < SECOND:
        assert (points.quality < 0).sum() == pauses


@given(
    st.lists(st.integers(30, 230), min_size=30, max_size=60),
    st.sets(st.integers(0, 59)),
    st.sets(st.integers(0, 59)),
    st.integers(0, 200_000),
    st.integers(1, NARROW_US),
)
@settings(max_examples=60, deadline=None)
def test_two_receptions_make_one_line_that_misses_only_what_both_missed(
    values: list, deaf_one: set, deaf_two: set, late_us: int, width_us: int
) -> None:
    heard: Heard = []
    for second, value in enumerate(values):
        if second not in deaf_one:
            heard.append((1, second * SECOND, float(value), 0))
        if second not in deaf_two:
            heard.append((2, second * SECOND + late_us, float(value), 0))
    points = drawn(told_once(heard), width_us)
    audible = [float(value) for second, value in enumerate(values) if not {second} & deaf_one & deaf_two]
    assert points.value.tolist() == audible


@given(strap, strap, st.integers(1, 100 * SECOND))
@settings(max_examples=60, deadline=None)
def test_values_of_several_sensors_keep_the_extremes_of_all(one: list, two: list, width_us: int) -> None:
    points = drawn(sorted([(0, *beat) for beat in one + two]), width_us)
    for quality in {beat[2] for beat in one + two}:
        values = [value for _, value, q in one + two if q == quality]
        same = points.quality == quality
        assert (points.low[same].min(), points.high[same].max()) == (min(values), max(values))
    places = list(zip((points.t_us // width_us).tolist(), points.quality.tolist(), strict=True))
    assert len(places) == len(set(places))


def test_no_values_make_no_points() -> None:
    assert drawn([], SECOND, SECOND).t_us.size == 0


def test_a_gap_is_drawn_between_its_neighbours() -> None:
    points = drawn([(1, 0, 140.0, 0), (1, 60 * SECOND, 141.0, 0)], SECOND, 3 * SECOND)
    assert np.isnan(points.value[1])
    assert 0 < points.t_us[1] < 60 * SECOND


def test_time_worn_counts_once_and_not_beyond_now() -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=hour) for hour in range(5)]
    worn = [(hours[1], hours[3]), (hours[0], hours[2]), (hours[3], hours[4])]
    assert worn_time_us(worn, hours[4]) == 4 * 3600 * SECOND
    assert worn_time_us(worn, hours[3] + timedelta(minutes=30)) == 3.5 * 3600 * SECOND
    assert worn_time_us([], hours[0]) == 0
