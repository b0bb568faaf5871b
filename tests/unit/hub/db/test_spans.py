"""Record numbers as ranges."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.db.spans import Run, holds, inclusive, multirange, multirange_text, runs
from sts_hub.db.times import is_of_today, microseconds, timestamp

NUMBERS = st.sets(st.integers(0, 60))


@settings(max_examples=150, deadline=None)
@given(NUMBERS)
def test_runs_cover_exactly_the_numbers_and_are_apart(numbers):
    found = runs((number, number * 10, number * 10 + 5) for number in numbers)
    assert {n for run in found for n in range(run.first, run.last + 1)} == numbers
    assert all(left.last + 1 < right.first for left, right in itertools.pairwise(found))
    assert all((run.first_us, run.last_us) == (run.first * 10, run.last * 10 + 5) for run in found)


def test_a_run_without_times_has_none():
    assert runs([(1, None, None), (2, 7, 9)]) == [Run(1, 2, 7, 9)]
    assert runs([(1, None, None)]) == [Run(1, 1, None, None)]


@settings(max_examples=150, deadline=None)
@given(NUMBERS, st.integers(-1, 61))
def test_holds_agrees_with_looking_through_all(numbers, number):
    ranges = [(run.first, run.last) for run in runs((n, None, None) for n in numbers)]
    assert holds(ranges, number) == (number in numbers)


def test_ranges_survive_the_way_to_the_database():
    ranges = [(0, 0), (3, 9)]
    assert inclusive(multirange(ranges)) == ranges
    assert multirange_text(ranges) == "{[0,0],[3,9]}"


def test_times_survive_the_way_to_the_database():
    assert microseconds(timestamp(1_795_000_000_123_457)) == 1_795_000_000_123_457


def test_2106_is_no_time_of_today_and_an_hour_ago_is():
    now_us = 1_795_000_000_000_000
    assert not is_of_today(4_294_967_296_000_000, now_us)
    assert not is_of_today(0, now_us)
    assert is_of_today(now_us - 3_600_000_000, now_us)
