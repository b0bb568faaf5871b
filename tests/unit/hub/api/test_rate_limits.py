"""The count behind the limits on requests: a burst, then evenly; one number for each key."""

from __future__ import annotations

import pytest

from sts_hub.api import limits
from sts_hub.api.limits import Limit


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> Limit:
    """Six requests in 60 s: one comes back every 10 s."""
    return Limit("caller", 6, 60, clock)


def test_a_burst_of_the_whole_quota_passes_and_the_next_one_waits(limit: Limit) -> None:
    assert [limit.take("ana") for _ in range(6)] == [0.0] * 6
    assert limit.take("ana") == pytest.approx(10)


def test_one_request_comes_back_after_its_share_of_the_window(limit: Limit, clock: Clock) -> None:
    for _ in range(6):
        limit.take("ana")
    clock.now_s += 4
    assert limit.take("ana") == pytest.approx(6)
    clock.now_s += 6
    assert limit.take("ana") == 0.0
    assert limit.take("ana") == pytest.approx(10)


def test_a_refused_request_costs_nothing(limit: Limit, clock: Clock) -> None:
    for _ in range(60):
        limit.take("ana")
    clock.now_s += 10
    assert limit.take("ana") == 0.0


def test_after_a_window_of_silence_the_quota_is_whole(limit: Limit, clock: Clock) -> None:
    for _ in range(6):
        limit.take("ana")
    clock.now_s += 60
    assert [limit.take("ana") for _ in range(7)][:6] == [0.0] * 6


def test_nobody_takes_from_another(limit: Limit) -> None:
    for _ in range(7):
        limit.take("ana")
    assert limit.take("bea") == 0.0


def test_what_is_given_back_was_never_taken(limit: Limit) -> None:
    for _ in range(20):
        assert limit.take("ana") == 0.0
        limit.give_back("ana")


def test_what_is_left_is_told_in_the_fields_of_the_draft(limit: Limit) -> None:
    assert limit.policy == '"caller";q=6;w=60'
    assert limit.told("ana") == '"caller";r=6;t=10'
    limit.take("ana")
    limit.take("ana")
    assert limit.told("ana") == '"caller";r=4;t=10'


def test_a_flood_of_keys_does_not_fill_the_memory(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS", 3)
    for key in "abcd":
        limit.take(key)
    assert [key in limit for key in "abcd"] == [False, True, True, True]
