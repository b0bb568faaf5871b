"""Timers: their times as whole ticks, through midnight, and where they lie on the gateway's clock."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles import ask
from serial_frames import stuffed
from sts_protocols.errors import DecodeError
from sts_protocols.serial import pod
from sts_protocols.serial.ticks import DAY_TICKS, TICK_US, elapsed, ticks_of, time_of_day
from sts_protocols.serial.timer_clock import LEAST_DELAY_US, TimerClock

SECOND_US = 1_000_000
MIDNIGHT_US = 7_200 * SECOND_US  # boot time of the timer's midnight in these tests


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        (b"00:00:00", 0),
        (b"00:00:00.0001", 1),
        (b"00:00:00.00019", 1),
        (b"00:00:00.99999", 9_999),
        (b"00:00:48.73  ", 487_300),
        (b"23:59:59.9999", DAY_TICKS - 1),
    ],
)
def test_a_time_is_truncated_and_never_rounded(text, ticks):
    """The printed time of a race is cut off, too."""
    assert ticks_of(text) == ticks


@pytest.mark.parametrize(
    "text", [b"24:00:00.0", b"1:00:00", b"00:60:00", b"00:00:60", b"00:00:00.", b"", b"-1:00:00"]
)
def test_what_is_no_time_of_day_is_refused(text):
    """Nothing is guessed."""
    with pytest.raises(DecodeError):
        time_of_day(text)


@given(st.integers(0, DAY_TICKS - 1), st.integers(0, DAY_TICKS - 1))
def test_a_run_through_midnight_has_its_length(start, run):
    """A start before and a finish behind it."""
    assert elapsed(start, (start + run) % DAY_TICKS) == run


def line(second: float, delay_us: int) -> tuple[int, int, int]:
    """A tick of the timer's day, when its line arrives, and when it truly was, by boot time."""
    true_us = MIDNIGHT_US + round(second * SECOND_US)
    return round(second * 10_000) % DAY_TICKS, true_us + delay_us, true_us


def test_moments_are_right_within_their_stated_error_through_midnight():
    """An hour of impulses around midnight, each line 30 to 400 ms late."""
    chance = random.Random(4)
    clock = TimerClock()
    for minute in range(-30, 30):
        ticks, arrived_us, true_us = line(60.0 * minute + chance.random(), chance.randint(30_000, 400_000))
        moment = clock.place(ticks, arrived_us)
        assert moment is not None
        if minute > -20:  # by then a line has come soon
            assert abs(moment.boot_us - true_us) <= moment.error_us + 100_000
        assert moment.boot_us <= arrived_us


def test_the_soonest_line_says_where_the_clock_lies():
    """A late line does not move it."""
    clock = TimerClock()
    clock.place(*line(10, LEAST_DELAY_US)[:2])
    ticks, arrived_us, true_us = line(20, 900_000)
    moment = clock.place(ticks, arrived_us)
    assert moment.boot_us == true_us + LEAST_DELAY_US
    assert moment.error_us == LEAST_DELAY_US + (arrived_us - line(10, LEAST_DELAY_US)[1]) * 100 // SECOND_US


def test_times_read_from_a_timers_memory_have_no_moment():
    """They come at once, hours later, each with another lag."""
    clock = TimerClock()
    clock.place(*line(10, 50_000)[:2])
    now_us = line(7_200, 0)[1]
    assert [clock.place(second * 10_000, now_us + second * 1_000) for second in range(20, 80, 10)] == [
        None
    ] * 6


def test_a_timer_that_was_set_is_followed_after_three_lines():
    """Three live lines agree on another place."""
    clock = TimerClock()
    clock.place(*line(10, 50_000)[:2])
    told = [
        clock.place(ticks - 36_000_000 // 10, at_us)
        for ticks, at_us, _ in (line(s, 50_000) for s in (400, 410, 420, 430))
    ]
    assert [moment is None for moment in told] == [True, True, False, False]
    assert TICK_US == 100


@pytest.mark.long
def test_other_libraries_stuff_and_check_pods_frames_alike():
    """cobs and crccheck on a thousand contents of a seeded chance."""
    chance = random.Random(4)
    contents = [chance.randbytes(chance.randint(1, 200)).replace(b"\xff", b"\0") for _ in range(1_000)]
    theirs = ask("serial", [("crc", content) for content in contents])
    assert [pod.crc(content) for content in contents] == theirs
    theirs = ask("serial", [("cobs", content) for content in contents])
    assert [stuffed(content)[:-1].hex() for content in contents] == theirs
