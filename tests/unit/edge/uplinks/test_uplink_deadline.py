"""When a live record is late."""

from __future__ import annotations

from sts_edge.uplinks.deadline import LEAST_S, MOST_S, LiveDeadline


def test_on_a_quick_link_the_deadline_is_the_least() -> None:
    deadline = LiveDeadline()
    for _ in range(20):
        deadline.confirmed(0.01)
    assert deadline.seconds == LEAST_S


def test_on_a_slow_link_it_leaves_room_for_one_repeated_packet() -> None:
    deadline = LiveDeadline()
    for _ in range(50):
        deadline.confirmed(0.8)
    assert 1.6 <= deadline.seconds < 2.0


def test_a_link_whose_confirms_waver_gets_more_time() -> None:
    steady, wavering = LiveDeadline(), LiveDeadline()
    for number in range(50):
        steady.confirmed(0.8)
        wavering.confirmed(0.4 if number % 2 else 1.2)
    assert wavering.seconds > steady.seconds


def test_each_miss_doubles_it_up_to_a_bound_and_a_confirm_brings_it_back() -> None:
    deadline = LiveDeadline()
    deadline.confirmed(0.01)
    deadline.missed()
    assert deadline.seconds == 2 * LEAST_S
    for _ in range(10):
        deadline.missed()
    assert deadline.seconds == MOST_S
    deadline.confirmed(0.01)
    assert deadline.seconds == LEAST_S


def test_before_the_first_confirm_the_connections_round_trip_counts() -> None:
    deadline = LiveDeadline()
    deadline.connected(0.8)
    assert deadline.seconds == LEAST_S + 1.6
    deadline.confirmed(0.01)
    deadline.connected(0.8)
    assert deadline.seconds == LEAST_S
