"""The invented hearts behave as hearts do."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_sims.athletes import RECOVERY_S, RISE_S, Athlete, Heart
from sts_sims.scenario import Phase
from sts_sims.workout import effort, steps

ATHLETE = Athlete(7, "Test Athlete", hr_max=190, hr_rest=50)


def rate_between(beats: list[float], start_s: float, end_s: float) -> float:
    """Mean heart rate, /min, from the beats of a stretch of time."""
    inside = [beat for beat in beats if start_s <= beat < end_s]
    return 60.0 * (len(inside) - 1) / (inside[-1] - inside[0])


def test_the_same_seed_gives_the_same_beats_and_another_gives_others() -> None:
    first, second, other = (
        list(Heart(ATHLETE, lambda _t: 0.6, seed).beats_until(300.0)) for seed in ("1:a", "1:a", "2:a")
    )
    assert first == second
    assert first != other


def test_beats_are_handed_out_once_and_in_order() -> None:
    whole = list(Heart(ATHLETE, lambda _t: 0.6, "1").beats_until(60.0))
    heart = Heart(ATHLETE, lambda _t: 0.6, "1")
    pieces = [beat for second in range(1, 61) for beat in heart.beats_until(float(second))]
    assert pieces == whole == sorted(set(whole))


def test_the_heart_follows_effort_with_a_lag() -> None:
    beats = list(Heart(ATHLETE, lambda t: 0.0 if t < 300 else 0.9, "1").beats_until(600.0))
    before = rate_between(beats, 200.0, 300.0)
    at_once = rate_between(beats, 300.0, 310.0)
    later = rate_between(beats, 450.0, 600.0)
    assert before < at_once < later
    assert at_once < before + (later - before) / 2


def test_recovery_is_slower_than_rise() -> None:
    assert RECOVERY_S > RISE_S


def test_at_the_same_effort_the_rate_drifts_up() -> None:
    beats = list(Heart(ATHLETE, lambda _t: 0.7, "1").beats_until(3600.0))
    assert rate_between(beats, 3300.0, 3600.0) > rate_between(beats, 300.0, 600.0) + 2.0


def test_variability_fades_under_load() -> None:
    def spread(share: float) -> float:
        beats = list(Heart(ATHLETE, lambda _t: share, "1").beats_until(900.0))[-300:]
        intervals = [b - a for a, b in itertools.pairwise(beats)]
        return (max(intervals) - min(intervals)) / (sum(intervals) / len(intervals))

    assert spread(0.0) > 2 * spread(0.9)


@given(share=st.floats(0.0, 2.0), seed=st.text(max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_effort_takes_a_heart_beyond_its_limits(share: float, seed: str) -> None:
    heart = Heart(ATHLETE, lambda _t: share, seed)
    beats = list(heart.beats_until(400.0))
    assert ATHLETE.hr_rest - 5 <= heart.rate <= ATHLETE.hr_max
    assert all(0.25 < b - a < 1.6 for a, b in itertools.pairwise(beats))


PLAN = [
    Phase("warm-up", 0.5, 600.0),
    Phase("interval", 0.9, 240.0, times=2, rest_effort=0.4, rest_seconds=120.0),
]


def test_a_plan_is_laid_out_with_its_repetitions_and_rests() -> None:
    assert steps(PLAN) == [(600.0, 0.5), (240.0, 0.9), (120.0, 0.4), (240.0, 0.9), (120.0, 0.4)]


@pytest.mark.parametrize(("at_s", "share"), [(300.0, 0.5), (700.0, 0.9), (900.0, 0.4), (1100.0, 0.9)])
def test_effort_is_that_of_the_step(at_s: float, share: float) -> None:
    assert effort(PLAN)(at_s) == pytest.approx(share)


def test_a_plan_begins_again_and_a_group_may_follow_later_at_its_own_pace() -> None:
    whole_s = 1320.0
    assert effort(PLAN)(whole_s + 700.0) == effort(PLAN)(700.0)
    assert effort(PLAN, later_s=100.0)(800.0) == effort(PLAN)(700.0)
    assert effort(PLAN, pace=0.5)(300.0) == pytest.approx(0.25)
