"""The kernel's clock is believed only while it says itself that it is synchronised."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from missing_parts import missing
from sts_edge.clock import Clock, SystemTime, boot_us
from sts_edge.clock.ntp import (
    LEAST_ERROR_US,
    STA_NANO,
    STA_UNSYNC,
    TIME_ERROR,
    Timex,
    kernel_adjtimex,
    read_ntp,
)
from sts_protocols.record import Anchor, ClockSource

WALL_S = 1_800_000_000


class NoFloor:
    def load(self) -> int | None:
        return None

    def keep(self, wall_us: int) -> None: ...


def answering(state: int = 0, status: int = 0, maxerror: int = 25_000, fraction: int = 500_000) -> object:
    """An adjtimex that answers so."""

    def adjtimex(answer: Timex) -> int:
        answer.status, answer.maxerror = status, maxerror
        answer.tv_sec, answer.tv_usec = WALL_S, fraction
        return state

    return adjtimex


def read(**answer: int) -> Anchor | None:
    times = iter([1_000, 1_200])
    return read_ntp(lambda: next(times), answering(**answer))  # type: ignore[arg-type]


def test_a_synchronised_clock_is_an_anchor_with_the_kernels_error() -> None:
    assert read() == Anchor(1_100, WALL_S * 1_000_000 + 500_000, 25_100, ClockSource.NTP)


def test_nanoseconds_are_told_by_their_flag() -> None:
    anchor = read(status=STA_NANO, fraction=500_000_000)

    assert anchor is not None
    assert anchor.wall_us == WALL_S * 1_000_000 + 500_000


def test_an_error_of_nothing_is_not_believed() -> None:
    anchor = read(maxerror=0)

    assert anchor is not None
    assert anchor.error_us == LEAST_ERROR_US + 100


@pytest.mark.parametrize(("state", "status"), [(TIME_ERROR, 0), (0, STA_UNSYNC), (TIME_ERROR, STA_UNSYNC)])
def test_a_clock_that_is_not_synchronised_is_no_anchor(state: int, status: int) -> None:
    assert read(state=state, status=status) is None


def test_a_kernel_that_forbids_the_question_is_no_anchor() -> None:
    def forbidden(answer: Timex) -> int:
        raise PermissionError(1, "Operation not permitted")

    assert read_ntp(boot_us, forbidden) is None


def test_ntp_is_asked_only_if_the_settings_trust_it() -> None:
    assert Clock(NoFloor(), ["ntp", "hub"], adjtimex=answering()).poll_ntp()  # type: ignore[arg-type]
    assert not Clock(NoFloor(), ["hub"], adjtimex=answering()).poll_ntp()  # type: ignore[arg-type]


def test_the_kernel_fills_the_structure_as_we_read_it() -> None:
    """The two clocks of one machine agree, read in two ways."""
    answer = Timex()
    assert kernel_adjtimex(answer) in range(6)
    assert answer.tick == pytest.approx(10_000, rel=0.1)
    assert answer.reserved[24] == 0


def test_boot_time_runs_and_was_not_asleep_more_than_it_ran() -> None:
    time = SystemTime()
    first = time.boot_us()

    assert first <= time.boot_us()
    assert -1_000 < time.asleep_us() < time.boot_us()


ASK = """
import time
from sts_edge.clock import Clock, StoredLastGoodTime, boot_us
from pathlib import Path
clock = Clock(StoredLastGoodTime(Path({file!r})), ["hub"])
before = clock.boot_us()
clock.add_hub_answer(before, clock.boot_us(), {wall_us})
clock.keep_last_good()
print(int(time.time()), boot_us(), clock.wall_us(), clock.pin is not None)
"""


def test_with_a_wall_clock_of_1970_the_hubs_time_counts_and_boot_time_is_true(tmp_path: Path) -> None:
    """A gateway without a clock chip, simulated by libfaketime, with the hub as its only source."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        missing("libfaketime", "install the package libfaketime")
    wall_us = WALL_S * 1_000_000
    code = ASK.format(file=str(tmp_path / "clock.db"), wall_us=wall_us)
    environment = os.environ | {
        "LD_PRELOAD": str(library),
        "FAKETIME": "@1970-01-01 00:00:10",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }
    before_us = boot_us()
    done = subprocess.run(
        [shutil.which(sys.executable) or sys.executable, "-c", code],
        env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    real_s, told_boot_us, told_wall_us, is_pinned = done.stdout.split()

    assert int(real_s) < 100, "the wall clock was not faked: this shows nothing"
    assert before_us <= int(told_boot_us) <= boot_us()
    assert 0 <= int(told_wall_us) - wall_us < 30_000_000
    assert is_pinned == "True"
