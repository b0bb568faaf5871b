"""Sets of time: exact, sorted, disjoint."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sts_hub.completeness.periods import intersect, length_us, longer_than, subtract, union

INTERVALS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def instants(intervals: list[tuple[int, int]]) -> set[int]:
    """The naive model: every instant by itself."""
    return {instant for start, end in intervals for instant in range(start, end)}


@given(INTERVALS)
def test_a_union_covers_the_same_instants_without_overlap_or_touch(intervals):
    joined = union(intervals)
    assert instants(joined) == instants(intervals)
    assert all(a[1] < b[0] for a, b in pairwise(joined))


@given(INTERVALS, INTERVALS)
def test_subtraction_and_intersection_agree_with_counting_instants(one, other):
    a, b = union(one), union(other)
    assert instants(subtract(a, b)) == instants(a) - instants(b)
    assert instants(intersect(a, b)) == instants(a) & instants(b)
    assert length_us(subtract(a, b)) + length_us(intersect(a, b)) == length_us(a)


def test_only_intervals_longer_than_the_limit_stay():
    assert longer_than([(0, 10), (20, 31)], 10) == [(20, 31)]
