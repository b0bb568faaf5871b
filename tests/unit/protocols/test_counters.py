"""Rates from counters that wrap: by the difference of turns over the difference of event times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.counters import STILL_US, TurnCounter, Turns

SECOND_US = 1_000_000
ROUND_S = 64


def crank() -> TurnCounter:
    """16 bits of turns, event times of 1/1024 s, at most 5 turns a second."""
    return TurnCounter(16, 1024, 5.0)


def test_the_first_frame_tells_no_rate() -> None:
    """There is nothing to take the difference from."""
    assert crank().hear(10, 1024, 0) is None


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((10, 1024), (12, 3072)),
        ((65_535, 1024), (1, 3072)),
        ((10, 65_000), (12, 1512)),
        ((65_535, 65_000), (1, 1512)),
    ],
    ids=["no wrap", "turns wrap", "time wraps", "both wrap"],
)
def test_wraps_change_nothing(first: tuple[int, int], then: tuple[int, int]) -> None:
    """Two turns in 2,048 ticks are one a second, wherever the counters stand."""
    counter = crank()
    counter.hear(*first, 0)
    assert counter.hear(*then, 2 * SECOND_US) == Turns(2, 2.0)


@given(
    turns=st.integers(1, 300),
    ticks=st.integers(1, 3_000_000),
    start=st.tuples(st.integers(0, 65_535), st.integers(0, 65_535)),
    jitter_s=st.floats(-20, 20),
)
def test_any_pause_is_measured_however_often_the_clock_went_round(
    turns: int, ticks: int, start: tuple[int, int], jitter_s: float
) -> None:
    """The time of arrival need only be right within less than half a round."""
    counter = crank()
    counter.hear(*start, 100 * SECOND_US)
    arrived_us = round((100 + max(ticks / 1024 + jitter_s, 0)) * SECOND_US)
    told = counter.hear((start[0] + turns) % 65_536, (start[1] + ticks) % 65_536, arrived_us)
    assert told == (Turns(turns, ticks / 1024) if turns <= 5 * ticks / 1024 else None)


def test_a_repeated_event_is_a_stop_only_when_it_lasts() -> None:
    """Between two events of a slow cadence nothing is told; after two seconds the rate is 0."""
    counter = crank()
    counter.hear(10, 0, 0)
    assert counter.hear(11, 1024, SECOND_US) == Turns(1, 1.0)
    assert counter.hear(11, 1024, SECOND_US + STILL_US - 1) is None
    assert counter.hear(11, 1024, SECOND_US + STILL_US) == Turns(0, 0.0)
    assert Turns(0, 0.0).per_minute == 0.0
    assert counter.hear(12, 5120, 5 * SECOND_US) == Turns(1, 4.0)


@pytest.mark.parametrize(
    "then", [(3, 0), (9, 2048), (0, 1024)], ids=["restart", "backwards", "restart in a second"]
)
def test_a_restart_has_no_rate_and_the_next_pair_has(then: tuple[int, int]) -> None:
    """More turns than a crank can make are no turns."""
    counter = crank()
    counter.hear(10, 1024, 0)
    assert counter.hear(*then, SECOND_US) is None
    assert counter.hear(then[0] + 1, then[1] + 1024, 2 * SECOND_US) == Turns(1, 1.0)


def test_turns_without_time_have_no_rate() -> None:
    """No division by zero."""
    counter = crank()
    counter.hear(10, 1024, 0)
    assert counter.hear(11, 1024, SECOND_US) is None
