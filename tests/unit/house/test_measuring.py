"""A figure is met only where it was measured, and CPU is read to the nanosecond."""

import math
import os
import time

import pytest

from benchmarks.figures import Figure
from faults import meters


@pytest.mark.parametrize(
    ("value", "at_most", "verdict"),
    [
        (1.0, 1.0, "met"),
        (1.1, 1.0, "MISSED"),
        (None, 1.0, "not run"),
        (math.nan, 1.0, "not run"),
        (None, None, "not run"),
        (1.0, None, ""),
    ],
)
def test_only_what_was_measured_is_met(value: float | None, at_most: float | None, verdict: str) -> None:
    assert Figure("part", "name", value, "ms", at_most).verdict == verdict


def test_cpu_of_a_process_is_read_from_its_own_exact_clock() -> None:
    ended = os.times().children_user + os.times().children_system
    before_s = time.process_time()
    told_s = meters.cpu_s(os.getpid()) - ended
    after_s = time.process_time()
    grain_s = 1e-6  # of adding and taking away the ended children
    assert before_s - grain_s <= told_s <= after_s + grain_s


def test_a_process_that_is_gone_has_used_nothing() -> None:
    gone = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(gone, 0)
    assert meters.cpu_s(gone) == 0
