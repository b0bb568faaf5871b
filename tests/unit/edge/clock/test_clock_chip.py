"""The battery-backed clock: asked last, wrong by what it was when it was compared and by its drift, trusted least."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_edge_clock import HOUR_US, SECOND_US, WALL_US, Remembered, Ticks, hub

from sts_edge.clock import Clock, ClockChip
from sts_edge.clock.chip import read_s
from sts_edge.clock.clock import CHIP_AFTER_US
from sts_protocols.record import Anchor, ClockSource

DAY_S = 86_400
WALL_S = WALL_US // SECOND_US


class Cell:
    """A clock chip that the test sets; None where there is none."""

    def __init__(self, says_s: int | None = WALL_S) -> None:
        self.says_s = says_s

    def __call__(self) -> int | None:
        return self.says_s


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def cell() -> Cell:
    return Cell()


@pytest.fixture
def chip(tmp_path: Path, cell: Cell) -> ClockChip:
    return ClockChip(tmp_path / "clock.db", cell)


def clock_with(chip: ClockChip, ticks: Ticks, last_good_us: int | None = None) -> Clock:
    """A clock that has waited long enough for the others."""
    clock = Clock(Remembered(last_good_us), ["rtc", "hub"], ticks, chip=chip)
    ticks.now_us += CHIP_AFTER_US
    return clock


def test_one_that_was_never_compared_says_nothing(chip: ClockChip, ticks: Ticks) -> None:
    assert chip.anchor(ticks.boot_us) is None


@pytest.mark.parametrize(
    ("off_s", "days", "error_us"),
    [
        # Compared at its half second with a clock right within 10 ms: half a second then and half a second now.
        (0, 0, 10_000 + 1_000_000),
        (0, 1, 10_000 + 1_000_000 + 8_640_000),  # 86,400 s x 100 ppm
        (7, 1, 10_000 + 8_000_000 + 8_640_700),  # and 7 s more of age by its own count
        (-7, 0, 10_000 + 8_000_000),
    ],
)
def test_its_error_is_how_far_off_it_was_and_what_it_may_have_drifted_since(
    chip: ClockChip, cell: Cell, ticks: Ticks, off_s: int, days: int, error_us: int
) -> None:
    cell.says_s = WALL_S + off_s
    chip.compare(WALL_US + 500_000, 10_000)
    cell.says_s += days * DAY_S

    anchor = chip.anchor(ticks.boot_us)

    assert anchor == Anchor(ticks.now_us, cell.says_s * SECOND_US + 500_000, error_us, ClockSource.RTC)


@pytest.mark.parametrize(("days", "told"), [(6, True), (7, False)])
def test_after_a_week_it_says_too_little(
    chip: ClockChip, cell: Cell, ticks: Ticks, days: int, told: bool
) -> None:
    """60 s, the most that is told, are seven days of 8.64 s less the second of its own."""
    chip.compare(WALL_US + 500_000, 10_000)
    cell.says_s = WALL_S + days * DAY_S

    assert (chip.anchor(ticks.boot_us) is not None) is told


def test_it_is_asked_only_when_the_others_had_their_minute(chip: ClockChip, ticks: Ticks) -> None:
    chip.compare(WALL_US, 10_000)
    clock = Clock(Remembered(), ["rtc", "hub"], ticks, chip=chip)
    assert not clock.poll_chip()

    ticks.now_us += CHIP_AFTER_US
    assert clock.poll_chip()
    assert clock.reading().source == ClockSource.RTC


def test_once_another_has_spoken_it_is_asked_no_more(chip: ClockChip, ticks: Ticks) -> None:
    chip.compare(WALL_US, 10_000)
    clock = clock_with(chip, ticks)
    clock.add_anchor(hub(ticks))

    assert not clock.poll_chip()
    assert clock.reading().source == ClockSource.HUB


def test_any_other_source_is_believed_against_it_wherever_it_stands_in_the_list(
    chip: ClockChip, ticks: Ticks
) -> None:
    chip.compare(WALL_US, 10_000)
    clock, left = clock_with(chip, ticks), []
    clock.on_left = left.append
    assert clock.poll_chip()

    earlier = hub(ticks, WALL_US - HOUR_US)
    clock.add_anchor(earlier)
    assert left == [earlier], "an hour back: in a new epoch"


def test_within_a_second_the_better_source_takes_its_place(chip: ClockChip, ticks: Ticks) -> None:
    chip.compare(WALL_US, 10_000)
    clock = clock_with(chip, ticks)
    assert clock.poll_chip()

    assert clock.add_anchor(hub(ticks, WALL_US - 300_000))
    assert clock.reading().source == ClockSource.HUB


def test_one_that_is_before_the_last_good_time_is_not_believed(chip: ClockChip, ticks: Ticks) -> None:
    chip.compare(WALL_US, 10_000)
    clock = clock_with(chip, ticks, last_good_us=WALL_US + HOUR_US)

    assert not clock.poll_chip()
    assert "RTC is 3599.5 s before the last good time" in clock.faults()[0]


def test_what_it_says_is_no_good_time_and_it_does_not_vouch_for_itself(
    chip: ClockChip, cell: Cell, ticks: Ticks
) -> None:
    chip.compare(WALL_US, 10_000)
    cell.says_s = WALL_S + DAY_S
    clock = clock_with(chip, ticks, last_good_us=WALL_US)
    assert clock.poll_chip()
    before = chip.anchor(ticks.boot_us)

    clock.keep_last_good()

    assert clock.last_good_us() == WALL_US
    assert chip.anchor(ticks.boot_us) == before


def test_each_time_that_a_good_time_is_kept_the_chip_is_compared(chip: ClockChip, ticks: Ticks) -> None:
    clock = clock_with(chip, ticks)
    clock.add_anchor(hub(ticks))

    clock.keep_last_good()

    told = chip.anchor(ticks.boot_us)
    assert told is not None
    off_us, drifted_us = 500_000 + 500_000 + 20_000, 50  # in the half second of its own count, at 100 ppm
    assert told.error_us == off_us + 500_000 + drifted_us


def chips(folder: Path, **said: tuple[str, str]) -> Path:
    """A folder like the kernel's: for each chip whether it has set the kernel's clock, and what it says."""
    for name, (sets, seconds) in said.items():
        (folder / name).mkdir()
        (folder / name / "hctosys").write_text(f"{sets}\n")
        (folder / name / "since_epoch").write_text(f"{seconds}\n")
    return folder


def test_of_two_chips_the_one_that_the_kernel_starts_from_is_read(tmp_path: Path) -> None:
    assert read_s(chips(tmp_path, rtc0=("0", "1"), rtc1=("1", "1800000000"))) == 1_800_000_000


def test_without_a_chip_or_with_one_that_knows_no_time_nothing_is_read(tmp_path: Path) -> None:
    assert read_s(tmp_path / "nowhere") is None
    assert read_s(chips(tmp_path, rtc0=("1", ""))) is None
