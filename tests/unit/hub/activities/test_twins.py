"""The same workout told twice is known by one heart, and where none was measured by its time."""

from __future__ import annotations

import numpy as np
import pytest

from sts_hub.activities.twins import Likeness, Side, compared

HOUR_S = 3600


def side(since_s: int, rates: list[float], until_s: int | None = None) -> Side:
    """One heart rate a second from `since_s` on."""
    t_us = (since_s + np.arange(len(rates), dtype=np.int64)) * 1_000_000
    return Side(
        since_s * 1_000_000, (until_s or since_s + len(rates)) * 1_000_000, t_us, np.array(rates, float)
    )


def climbing(count: int, base: float = 100, step: float = 0.02) -> list[float]:
    """A heart rate that rises all along, so that no shift of clocks hides a difference for long."""
    return [base + step * second for second in range(count)]


NOBODY = side(0, [], HOUR_S)


@pytest.mark.parametrize(
    ("off", "likeness"), [(0, Likeness.SAME), (4, Likeness.SAME), (9, Likeness.CONTRADICTION)]
)
def test_one_heart_at_one_time_is_one_workout(off: float, likeness: Likeness) -> None:
    found = compared(side(0, climbing(HOUR_S)), side(0, climbing(HOUR_S, 100 + off)))
    assert found.likeness is likeness
    # A shift of 30 s takes 30 x 0.02 = 0.6 /min of the difference away.
    assert found.difference == pytest.approx(max(off - 0.6, 0))


def test_a_clock_that_is_wrong_by_twenty_seconds_hides_nothing() -> None:
    rates = [100 + 60 * (second // 120 % 2) for second in range(HOUR_S)]
    assert compared(side(0, rates), side(20, rates)) == (Likeness.SAME, 0)


def test_half_of_the_shorter_one_must_be_shared() -> None:
    whole, half = side(0, climbing(1000)), climbing(1000)
    assert compared(whole, side(501, half)).likeness is Likeness.OTHER
    assert compared(whole, side(5000, half)).likeness is Likeness.OTHER
    assert compared(whole, side(400, climbing(300, 108))).likeness is Likeness.SAME


def test_without_heart_rates_only_nearly_the_same_time_decides() -> None:
    rates = climbing(HOUR_S)
    assert compared(side(0, rates), side(100, [], HOUR_S)) == (Likeness.SAME, None)
    assert compared(side(0, rates), side(600, [], HOUR_S)) == (Likeness.OTHER, None)
    assert compared(NOBODY, NOBODY) == (Likeness.SAME, None)


def test_less_than_a_minute_in_common_decides_nothing() -> None:
    sparse = Side(0, HOUR_S * 1_000_000, np.arange(59, dtype=np.int64) * 60_000_000, np.full(59, 180.0))
    assert compared(side(0, climbing(HOUR_S)), sparse) == (Likeness.SAME, None)
