"""What the hub wants again, and when."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.beats.wants import ASK_AGAIN_S, SETTLE_S, Looks, Signs, Want, revise, subtract
from sts_hub.db.spans import runs

BEAT_S = 10.0
NO_SIGN = Signs()
LATER_STORED = Signs(backlog_head=99)


def test_what_is_missing_for_the_first_time_is_noticed_and_not_asked_for():
    wants, asked = revise([], [(3, 5)], LATER_STORED, 0.0)
    assert wants == [Want((3, 5), 0.0)]
    assert asked == []


def test_what_is_missing_still_although_later_backlog_is_stored_is_asked_for():
    wants, asked = revise([Want((3, 5), 0.0)], [(3, 5)], LATER_STORED, BEAT_S)
    assert asked == [(3, 5)]
    assert wants == [Want((3, 5), 0.0, BEAT_S)]


def test_without_a_sign_it_may_still_be_on_its_way():
    wants, asked = revise([Want((3, 5), 0.0)], [(3, 5)], NO_SIGN, 3600.0)
    assert asked == []
    assert wants == [Want((3, 5), 0.0)]


def test_backlog_of_a_later_epoch_is_a_sign():
    assert revise([Want((3, 5), 0.0)], [(3, 5)], Signs(later_epoch=True), BEAT_S)[1] == [(3, 5)]


def test_a_queue_seen_empty_since_is_a_sign_and_one_seen_empty_before_is_not():
    old = [Want((3, 5), 10.0)]
    assert revise(old, [(3, 5)], Signs(empty_at=11.0), 20.0)[1] == [(3, 5)]
    assert revise(old, [(3, 5)], Signs(empty_at=9.0), 20.0)[1] == []


def test_a_queue_seen_empty_a_moment_ago_is_no_sign_yet_however_often_it_is_looked_at():
    looks = Looks()
    assert looks.settled(0.0) is None
    for at in range(20):
        looks.add(float(at))
        assert looks.settled(float(at)) == (at - SETTLE_S if at >= SETTLE_S else None)


def test_a_range_is_asked_for_once_in_ten_minutes():
    old = [Want((3, 5), 0.0, 10.0)]
    assert revise(old, [(3, 5)], LATER_STORED, 10.0 + ASK_AGAIN_S - 1)[1] == []
    assert revise(old, [(3, 5)], LATER_STORED, 10.0 + ASK_AGAIN_S)[1] == [(3, 5)]


def test_what_has_come_is_wanted_no_more():
    assert revise([Want((3, 9), 0.0, 10.0)], [(3, 3), (8, 9)], LATER_STORED, 20.0) == (
        [Want((3, 3), 0.0, 10.0), Want((8, 9), 0.0, 10.0)],
        [],
    )
    assert revise([Want((3, 9), 0.0)], [], LATER_STORED, 20.0) == ([], [])


def test_later_backlog_speaks_only_for_what_is_before_it():
    wants, asked = revise([Want((3, 9), 0.0)], [(3, 9)], Signs(backlog_head=5), BEAT_S)
    assert asked == [(3, 5)]
    assert wants == [Want((3, 5), 0.0, BEAT_S), Want((6, 9), 0.0)]


RANGES = st.sets(st.integers(0, 40)).map(
    lambda numbers: [(r.first, r.last) for r in runs((n, None, None) for n in numbers)]
)


def numbers(ranges):
    return {n for first, last in ranges for n in range(first, last + 1)}


@settings(max_examples=200, deadline=None)
@given(RANGES, RANGES)
def test_subtract_is_the_difference_of_sets(ranges, taken):
    assert numbers(subtract(ranges, taken)) == numbers(ranges) - numbers(taken)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(RANGES, st.integers(-1, 40), st.booleans()), max_size=8))
def test_wants_are_always_exactly_what_is_missing_and_nothing_is_asked_twice_in_ten_minutes(beats):
    wants: list[Want] = []
    asked_at: dict[int, float] = {}
    for count, (missing, head, empty) in enumerate(beats):
        now = 100.0 * count
        signs = Signs(head, False, now - 50 if empty else None)
        came = set(asked_at) - numbers(missing)
        asked_at = {n: at for n, at in asked_at.items() if n not in came}
        wants, asked = revise(wants, missing, signs, now)
        assert numbers(want.range for want in wants) == numbers(missing)
        for number in numbers(asked):
            assert number not in asked_at or now - asked_at[number] >= ASK_AGAIN_S
            asked_at[number] = now
