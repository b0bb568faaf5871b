"""What a large squad costs a process that watches, counted in work done: figures of time are told by the benchmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.alerts import ATHLETES, RULES, second, spent_percent, watch
from sts_hub.alerts.engine import RuleWatch
from sts_hub.analytics import so_far
from sts_hub.analytics.trimp import Load


def counted(monkeypatch: pytest.MonkeyPatch, seconds: int) -> Counter[str]:
    """How often rules are asked and a load is added to in so many seconds."""
    calls: Counter[str] = Counter()

    def counting(of: type, name: str) -> None:
        real = getattr(of, name)

        def call(*given: Any) -> Any:
            calls[of.__name__] += 1
            return real(*given)

        monkeypatch.setattr(of, name, call)

    counting(RuleWatch, "take")
    counting(Load, "take")
    watching = watch()
    for number in range(seconds):
        watching.wall.take(second(number))
    return calls


def test_a_load_is_added_to_every_five_seconds_and_each_rule_asked_for_its_own_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sixty athletes for sixty seconds. Five of the rules are about something told each second, the five that add up are told
    every five: at the beginnings of twelve stretches, of which the first has nothing behind it."""
    calls = counted(monkeypatch, 60)
    assert len(RULES) == 10
    assert calls["RuleWatch"] == ATHLETES * (5 * 60 + 5 * 11)
    assert calls["Load"] == ATHLETES * 3 * 11


def test_told_with_every_value_it_would_cost_five_times_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the count sees what the pace saves."""
    monkeypatch.setattr(so_far, "PACE_US", 1_000_000)
    assert counted(monkeypatch, 60)["Load"] == ATHLETES * 3 * 59


def test_all_that_is_worked_out_live_stays_below_its_share_of_a_core(tell: Callable[[str], None]) -> None:
    share = spent_percent(watch(), 20)
    tell(f"{ATHLETES} athletes, all quantities, ten rules: {share:.1f} % of a core")
    assert share <= 5
