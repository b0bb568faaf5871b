"""Where alignment puts a strap's beats, against the simulated heart that made them."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
import pytest

from sts_hub.analytics.alignment import Alignment, align
from sts_sims.athletes import Athlete, Heart
from sts_sims.heart_strap import HeartStrap

RUNS = 100
BOOT_US = 1_000_000_000
TICKS_PER_S = 1024
# Straps notify at a connection event (up to 50 ms), and some packets wait for several.
EVENT_S = 0.05
LATE_SHARE = 0.05


class Heard(NamedTuple):
    """What is stored of a strap, and when its beats were in truth."""

    t_us: np.ndarray
    rr_ms: np.ndarray
    true_us: np.ndarray


def heard(seed: int, seconds: int, lost: frozenset[int] = frozenset(), pause_s: int = 0) -> Heard:
    """A strap on an athlete, its quartz within 50 ppm of the gateway's twice over; `lost`: packets that never came."""
    chance = random.Random(seed)
    athlete = Athlete(seed, "Nobody", 190, 55)
    effort = chance.uniform(0.1, 0.9)
    key = f"{seed}:strap"
    strap = HeartStrap("hr-01", "C0", Heart(athlete, lambda _: effort, key))
    beats = list(Heart(athlete, lambda _: effort, key).beats_until(seconds + 10.0))
    ratio = 1 + chance.uniform(-100, 100) / 1e6  # gateway's seconds in a second of the strap
    strap.switch_on(5.0)
    known = sum(beat <= 5.0 for beat in beats)
    rows: list[tuple[int, float, float]] = []
    last_us = 0
    for turn in range(1, seconds + 1):
        at_s = 5.0 + turn
        intervals = strap.measure(at_s).rr_1024
        waits_s = chance.uniform(0, EVENT_S) + (chance.uniform(0, 1) if chance.random() < LATE_SHARE else 0)
        arrived_us = max(BOOT_US + int((at_s * ratio + waits_s) * 1e3) * 1000, last_us + 1000)
        for place, ticks in enumerate(intervals):
            true_us = BOOT_US + beats[known] * ratio * 1e6
            known += 1
            if turn not in lost and not 0 < turn - seconds // 2 <= pause_s:
                last_us = arrived_us
                rows.append((arrived_us + place, ticks * 1000 / TICKS_PER_S, true_us))
    t_us, rr_ms, true = zip(*rows, strict=True)
    return Heard(np.array(t_us, np.int64), np.array(rr_ms), np.array(true))


def worst_ms(one: Alignment, truth: Heard) -> float:
    """How far the worst beat of a stretch is off."""
    true_us = truth.true_us[one.first : one.first + one.beat_us.size]
    return float(np.abs(one.beat_us - true_us).max()) / 1000


@pytest.mark.parametrize("seconds", [30, 120, 600, 2400])
def test_every_beat_lies_within_the_stated_error_in_nineteen_of_twenty_runs(seconds: int) -> None:
    right = 0
    for seed in range(RUNS if seconds < 2400 else RUNS // 4):
        truth = heard(seed, seconds)
        found = align(truth.t_us, truth.rr_ms)
        right += bool(found) and all(worst_ms(one, truth) <= one.error_ms for one in found)
    assert right >= 0.95 * (RUNS if seconds < 2400 else RUNS // 4)


def test_longer_stretches_are_stated_with_smaller_errors() -> None:
    errors = [
        np.mean([align(h.t_us, h.rr_ms)[0].error_ms for h in (heard(seed, s) for seed in range(10))])
        for s in (15, 40, 120)
    ]
    assert errors[0] > 1.3 * errors[1] > 1.3 * 1.3 * errors[2] > 30


def test_shuffled_arrivals_are_not_aligned_within_the_stated_error() -> None:
    """Control: where arrivals tell nothing of the beats, the check above fails."""
    right = 0
    for seed in range(20):
        truth = heard(seed, 120)
        shuffled = np.sort(
            np.random.default_rng(seed).uniform(truth.t_us[0], truth.t_us[-1], truth.t_us.size)
        )
        found = align(shuffled.astype(np.int64), truth.rr_ms)
        right += bool(found) and all(worst_ms(one, truth) <= one.error_ms for one in found)
    assert right <= 1


def test_a_lost_packet_or_a_pause_begins_a_new_stretch() -> None:
    right = 0
    for seed in range(20):
        lost = heard(seed, 240, lost=frozenset({120}))
        pause = heard(seed, 240, pause_s=20)
        for truth in (lost, pause):
            found = align(truth.t_us, truth.rr_ms)
            assert len(found) == 2
            right += all(worst_ms(one, truth) <= one.error_ms for one in found)
    assert right >= 0.95 * 2 * 20


def test_too_little_is_not_aligned() -> None:
    truth = heard(1, 5)
    assert align(truth.t_us, truth.rr_ms) == []
    assert align(truth.t_us[:0], truth.rr_ms[:0]) == []
