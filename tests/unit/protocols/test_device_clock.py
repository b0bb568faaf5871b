"""A sensor's clock is mapped to boot time within the error that is stated, and never with more certainty."""

import random

import pytest

from sts_protocols.device_clock import (
    LATEST_US,
    LEAST_DELAY_US,
    SETTLED_FRAMES,
    WINDOW_US,
    DeviceClock,
)

SECOND_US = 1_000_000
OFFSET_US = 37 * SECOND_US


def heard(clock: DeviceClock, delays_us: list[int], *, first_us: int = 0, ppm: float = 0.0) -> int:
    """Let a device say its time once a second, each delayed; the device time of the last word.

    ppm: how much slower than the gateway's the device's clock runs.
    """
    device_us = first_us
    for place, delay_us in enumerate(delays_us):
        device_us = first_us + place * SECOND_US
        clock.hear(device_us, OFFSET_US + round(device_us * (1 + ppm / 1e6)) + delay_us)
    return device_us


def test_the_quickest_frame_gives_the_offset():
    clock = DeviceClock()
    last_us = heard(clock, [9_000, 4_000, 11_000, 700, 8_000, 30_000, 9_000])
    assert 0 <= clock.boot_us(last_us) - (OFFSET_US + last_us) <= 700 + 6 * 100


def test_nothing_is_sure_until_enough_was_heard_over_enough_time():
    clock = DeviceClock()
    for place in range(SETTLED_FRAMES):
        assert not clock.settled
        assert clock.error_us == LATEST_US
        clock.hear(place * SECOND_US, OFFSET_US + place * SECOND_US)
    assert clock.settled
    assert clock.error_us <= LEAST_DELAY_US + SETTLED_FRAMES * 100


def test_many_frames_in_one_moment_are_no_proof():
    clock = DeviceClock()
    for place in range(100):
        clock.hear(place * 1_000, OFFSET_US + 3 * SECOND_US)
    assert not clock.settled


def test_after_a_long_pause_one_late_frame_is_no_proof():
    clock = DeviceClock()
    last_us = heard(clock, [0] * 10)
    later_us = last_us + WINDOW_US + SECOND_US
    clock.hear(later_us, OFFSET_US + later_us + 4 * SECOND_US)
    assert not clock.settled
    assert clock.error_us == LATEST_US


@pytest.mark.parametrize("ppm", [-50.0, 0.0, 50.0, 99.0])
def test_a_clock_that_drifts_stays_within_the_stated_error_for_an_hour(ppm: float):
    clock, chance = DeviceClock(), random.Random(1)
    for second in range(3_600):
        true_us = OFFSET_US + round(second * SECOND_US * (1 + ppm / 1e6))
        clock.hear(second * SECOND_US, true_us + min(round(chance.expovariate(1 / 20_000)), LATEST_US))
        assert abs(clock.boot_us(second * SECOND_US) - true_us) <= clock.error_us


def test_a_quartz_worse_than_any_data_sheet_is_followed_all_the_same():
    """The control of the bound: with 5,000 ppm the stated error does not hold, the mapping does not run away."""
    clock = DeviceClock()
    last_us = heard(clock, [0] * 600, ppm=5_000.0)
    off_us = clock.boot_us(last_us) - (OFFSET_US + round(last_us * 1.005))
    assert abs(off_us) > clock.error_us
    assert abs(off_us) < WINDOW_US * 0.005


def test_a_time_stamp_fits_when_it_is_late_and_not_when_it_is_from_the_future_or_long_past():
    clock = DeviceClock()
    assert clock.fits(5, 5)
    now_us = heard(clock, [1_000] * 10)
    arrival_us = OFFSET_US + now_us
    assert clock.fits(now_us, arrival_us + 4 * SECOND_US)
    assert not clock.fits(now_us + SECOND_US, arrival_us)
    assert not clock.fits(now_us - 3_600 * SECOND_US, arrival_us)


def test_a_clock_that_begins_anew_knows_nothing_of_before():
    clock = DeviceClock()
    heard(clock, [0] * 10)
    clock.restart()
    assert not clock.settled
    clock.hear(7, 1_000_007)
    assert clock.boot_us(7) == 1_000_007
