"""A set of numbers kept as ranges is the same set."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sts_edge.buffer.ranges import RangeSet, clipped

RANGES = st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
ACTS = st.lists(st.tuples(st.booleans(), RANGES), max_size=30)


def numbers(ranges: RangeSet) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


def follow(acts: list[tuple[bool, tuple[int, int]]]) -> tuple[RangeSet, set[int]]:
    ranges, plain = RangeSet(), set[int]()
    for adds, (first, last) in acts:
        if adds:
            ranges.add(first, last)
            plain |= set(range(first, last + 1))
        else:
            ranges.remove(first, last)
            plain -= set(range(first, last + 1))
    return ranges, plain


@given(ACTS)
def test_it_holds_what_was_put_in_and_not_taken_out(acts: list[tuple[bool, tuple[int, int]]]) -> None:
    ranges, plain = follow(acts)

    assert numbers(ranges) == plain
    assert {number for number in range(80) if number in ranges} == plain


@given(ACTS)
def test_its_ranges_ascend_and_never_touch(acts: list[tuple[bool, tuple[int, int]]]) -> None:
    kept = list(follow(acts)[0])

    assert all(low[1] + 1 < high[0] for low, high in pairwise(kept))


@given(ACTS, RANGES)
def test_what_is_missing_is_the_rest(
    acts: list[tuple[bool, tuple[int, int]]], window: tuple[int, int]
) -> None:
    ranges, plain = follow(acts)

    assert numbers(RangeSet(ranges.missing(*window))) == set(range(window[0], window[1] + 1)) - plain


@given(st.lists(RANGES), st.integers(-2, 80))
def test_clipped_ranges_end_at_the_last_number(given_ranges: list[tuple[int, int]], last: int) -> None:
    kept = RangeSet(clipped(given_ranges, last))

    assert numbers(kept) == {number for number in numbers(RangeSet(given_ranges)) if number <= last}
