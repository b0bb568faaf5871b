"""Which anchor is in force, how wrong it may be, and which is not believed."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from sts_edge.clock import Clock, StoredLastGoodTime
from sts_edge.clock.clock import DRIFT_PPM, SUSPEND_ERROR_US
from sts_protocols.record import UNKNOWN_CLOCK, Anchor, ClockReading, ClockSource

WALL_US = 1_800_000_000_000_000
HOUR_US = 3_600_000_000
SECOND_US = 1_000_000


class Ticks:
    """Boot time that the test moves."""

    def __init__(self, now_us: int = 60 * SECOND_US) -> None:
        self.now_us = now_us
        self.slept_us = 0

    def boot_us(self) -> int:
        return self.now_us

    def asleep_us(self) -> int:
        return self.slept_us

    def suspend(self, for_us: int) -> None:
        """Boot time runs on through a suspend; the processes saw nothing of it."""
        self.now_us += for_us
        self.slept_us += for_us


class Remembered:
    """The last good time, in memory."""

    def __init__(self, wall_us: int | None = None) -> None:
        self.wall_us = wall_us

    def load(self) -> int | None:
        return self.wall_us

    def keep(self, wall_us: int) -> None:
        self.wall_us = wall_us


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def clock(ticks: Ticks) -> Clock:
    return Clock(Remembered(), ticks=ticks)


def hub(ticks: Ticks, wall_us: int = WALL_US, error_us: int = 20_000) -> Anchor:
    return Anchor(ticks.now_us, wall_us, error_us, ClockSource.HUB)


def ntp(ticks: Ticks, wall_us: int = WALL_US, error_us: int = 10_000) -> Anchor:
    return Anchor(ticks.now_us, wall_us, error_us, ClockSource.NTP)


def test_without_an_anchor_wall_time_is_not_known(clock: Clock) -> None:
    assert clock.reading() == UNKNOWN_CLOCK
    assert clock.wall_us() is None
    assert clock.last_good_us() is None
    assert clock.pin is None


def test_an_anchor_ties_boot_time_to_wall_time(clock: Clock, ticks: Ticks) -> None:
    assert clock.add_anchor(hub(ticks))

    assert clock.reading() == ClockReading(WALL_US - ticks.now_us, 20_000, ClockSource.HUB)
    ticks.now_us += SECOND_US
    assert clock.wall_us() == WALL_US + SECOND_US


def test_the_error_grows_with_age(clock: Clock, ticks: Ticks) -> None:
    clock.add_anchor(hub(ticks))
    ticks.now_us += HOUR_US

    assert clock.reading().error_us == 20_000 + HOUR_US * DRIFT_PPM // 1_000_000


def test_half_the_round_trip_is_the_error_of_the_hubs_answer(clock: Clock, ticks: Ticks) -> None:
    sent_us = ticks.now_us - 80_000
    assert clock.add_hub_answer(sent_us, ticks.now_us, WALL_US)

    reading = clock.reading(sent_us + 40_000)
    assert abs(reading.error_us - 40_000) <= 1
    assert reading.offset_us == WALL_US - (sent_us + 40_000)


@pytest.mark.parametrize("true_delay_us", [0, 1_000, 40_000, 79_000, 80_000])
def test_however_the_round_trip_was_split_the_true_time_is_within_the_error(
    clock: Clock, ticks: Ticks, true_delay_us: int
) -> None:
    sent_us, received_us = ticks.now_us - 80_000, ticks.now_us
    clock.add_hub_answer(sent_us, received_us, WALL_US)

    reading = clock.reading(received_us)
    true_us = WALL_US + (received_us - sent_us - true_delay_us)
    assert abs(received_us + reading.offset_us - true_us) <= reading.error_us


def test_the_anchor_with_the_least_error_now_is_in_force(clock: Clock, ticks: Ticks) -> None:
    clock.add_anchor(hub(ticks, error_us=20_000))
    clock.add_anchor(hub(ticks, WALL_US + 5_000, error_us=30_000))
    assert clock.reading().offset_us == WALL_US - ticks.now_us, "the better one stays"

    ticks.now_us += 200 * SECOND_US
    clock.add_anchor(hub(ticks, WALL_US + 200 * SECOND_US + 5_000, error_us=30_000))
    assert clock.reading().error_us == 30_000, "by now the older one is worse"


def test_the_pin_is_the_first_anchor_and_never_changes(clock: Clock, ticks: Ticks) -> None:
    first = hub(ticks, error_us=500_000)
    clock.add_anchor(first)
    clock.add_anchor(ntp(ticks))

    assert clock.pin == first
    assert clock.reading().source == ClockSource.NTP


def test_a_source_that_is_not_in_the_settings_is_not_asked(ticks: Ticks) -> None:
    clock = Clock(Remembered(), sources=["hub"], ticks=ticks)

    assert not clock.add_anchor(ntp(ticks))
    assert clock.reading() == UNKNOWN_CLOCK


def test_no_anchor_before_the_last_good_time_is_believed(ticks: Ticks) -> None:
    clock = Clock(Remembered(WALL_US), ticks=ticks)

    assert not clock.add_anchor(hub(ticks, WALL_US - HOUR_US))
    assert clock.pin is None
    assert clock.faults() == [
        "HUB is 3600.0 s before the last good time of this gateway: set its clock; if the gateway is the one "
        "that is wrong, stop the agent and delete clock.db in its data folder."
    ]

    assert clock.add_anchor(hub(ticks, WALL_US + 1))
    assert clock.faults() == []


def test_an_anchor_that_may_just_reach_the_last_good_time_is_believed(ticks: Ticks) -> None:
    clock = Clock(Remembered(WALL_US), ticks=ticks)

    assert clock.add_anchor(hub(ticks, WALL_US - 19_000, error_us=20_000))


def test_while_running_time_does_not_go_back_either(clock: Clock, ticks: Ticks) -> None:
    clock.add_anchor(ntp(ticks))
    ticks.now_us += SECOND_US

    assert not clock.add_anchor(ntp(ticks, WALL_US - 10 * SECOND_US))


@pytest.mark.parametrize("wall_us", [0, 4_294_967_296_000_000, 10 * SECOND_US])
def test_a_time_that_cannot_be_is_not_believed(clock: Clock, ticks: Ticks, wall_us: int) -> None:
    """1970, and 2106, where 32 bits of seconds end."""
    assert not clock.add_anchor(hub(ticks, wall_us))
    assert "cannot be" in clock.faults()[0]


def test_of_two_sources_that_contradict_each_other_the_more_trusted_wins(ticks: Ticks) -> None:
    trusting_ntp = Clock(Remembered(), ["ntp", "hub"], ticks)
    trusting_ntp.add_anchor(ntp(ticks))
    assert not trusting_ntp.add_anchor(hub(ticks, WALL_US + 10 * SECOND_US))
    assert trusting_ntp.faults() == ["HUB contradicts the more trusted NTP: check both clocks."]

    trusting_hub = Clock(Remembered(), ["hub", "ntp"], ticks)
    trusting_hub.add_anchor(ntp(ticks))
    assert trusting_hub.add_anchor(hub(ticks, WALL_US + SECOND_US // 2))
    assert trusting_hub.reading().source == ClockSource.HUB


def test_a_better_anchor_far_off_ends_the_epoch_whose_records_keep_the_clock_that_they_have(
    ticks: Ticks,
) -> None:
    remembered, left = Remembered(), []
    clock = Clock(remembered, ["hub", "ntp"], ticks)
    clock.on_left = left.append
    clock.add_anchor(ntp(ticks))
    before = clock.reading()
    better = hub(ticks, WALL_US + 10 * SECOND_US)

    assert not clock.add_anchor(better)
    assert not clock.add_anchor(better)
    assert not clock.add_anchor(ntp(ticks, error_us=1_000))

    assert left == [better]
    assert clock.reading() == before
    assert remembered.wall_us == WALL_US + 10 * SECOND_US - 20_000, (
        "the next start does not believe NTP again"
    )


def test_what_drift_explains_is_no_reason_to_end_an_epoch(clock: Clock, ticks: Ticks) -> None:
    clock.add_anchor(hub(ticks))
    ticks.now_us += 10 * HOUR_US

    assert clock.add_anchor(hub(ticks, WALL_US + 10 * HOUR_US + 3 * SECOND_US))
    assert clock.reading().error_us == 20_000


def test_through_a_suspend_the_anchor_holds_with_the_error_of_the_clock_chip(
    clock: Clock, ticks: Ticks
) -> None:
    clock.add_anchor(hub(ticks))
    ticks.suspend(HOUR_US)

    reading = clock.reading()
    assert clock.wall_us() == WALL_US + HOUR_US
    assert reading.error_us == 20_000 + HOUR_US * DRIFT_PPM // 1_000_000 + SUSPEND_ERROR_US

    clock.add_anchor(hub(ticks, WALL_US + HOUR_US + 300_000))
    assert clock.reading().error_us == 20_000, "the next anchor knows better"


def test_without_a_suspend_the_clock_chip_adds_nothing(clock: Clock, ticks: Ticks) -> None:
    """Control for the rule above."""
    clock.add_anchor(hub(ticks))
    ticks.now_us += HOUR_US

    assert clock.reading().error_us < SUSPEND_ERROR_US


def test_an_anchor_is_worth_telling_first_from_another_source_or_after_a_shift(
    clock: Clock, ticks: Ticks
) -> None:
    told: list[Anchor] = []
    clock.on_anchor = told.append
    first = hub(ticks, error_us=50_000)
    clock.add_anchor(first)
    for _ in range(10):
        clock.add_anchor(hub(ticks, WALL_US + 1_000, error_us=50_000))
    assert told == [first]

    second = ntp(ticks, WALL_US + 1_000)
    clock.add_anchor(second)
    third = ntp(ticks, WALL_US + 12_000, error_us=9_000)
    clock.add_anchor(third)
    assert told == [first, second, third]


def test_the_last_good_time_is_what_has_certainly_passed(clock: Clock, ticks: Ticks) -> None:
    clock.add_anchor(hub(ticks))
    ticks.now_us += SECOND_US

    assert clock.last_good_us() == WALL_US + SECOND_US - 20_000 - 100


def test_before_the_first_anchor_the_floor_is_the_last_good_time_of_before(ticks: Ticks) -> None:
    assert Clock(Remembered(WALL_US), ticks=ticks).last_good_us() == WALL_US


def test_the_last_good_time_outlives_the_process_and_only_rises(tmp_path: Path, ticks: Ticks) -> None:
    stored = StoredLastGoodTime(tmp_path / "clock.db")
    assert stored.load() is None
    clock = Clock(stored, ticks=ticks)
    clock.add_anchor(hub(ticks))
    clock.keep_last_good()
    assert StoredLastGoodTime(tmp_path / "clock.db").load() == WALL_US - 20_000

    stored.keep(WALL_US - HOUR_US)
    assert stored.load() == WALL_US - 20_000


@pytest.mark.parametrize("content", [b"", b"no database", bytes(8192)])
def test_a_damaged_clock_file_is_no_reason_not_to_start(tmp_path: Path, ticks: Ticks, content: bytes) -> None:
    (tmp_path / "clock.db").write_bytes(content)

    clock = Clock(StoredLastGoodTime(tmp_path / "clock.db"), ticks=ticks)

    assert clock.last_good_us() is None
    assert clock.add_anchor(hub(ticks))
    clock.keep_last_good()
    assert StoredLastGoodTime(tmp_path / "clock.db").load() == WALL_US - 20_000


def test_nothing_is_stored_while_no_source_has_answered(tmp_path: Path, ticks: Ticks) -> None:
    Clock(StoredLastGoodTime(tmp_path / "clock.db"), ticks=ticks).keep_last_good()

    assert StoredLastGoodTime(tmp_path / "clock.db").load() is None


async def test_the_last_good_time_is_stored_at_once_each_minute_and_at_the_stop(
    ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[int] = []
    remembered = Remembered()
    monkeypatch.setattr(remembered, "keep", stored.append)
    clock = Clock(remembered, ["hub"], ticks)
    clock.add_anchor(hub(ticks))
    naps = 0

    async def nap(seconds: float) -> None:
        nonlocal naps
        naps += 1
        ticks.now_us += int(seconds * SECOND_US)
        if naps == 8:
            raise asyncio.CancelledError

    monkeypatch.setattr("sts_edge.clock.clock.asyncio.sleep", nap)
    with pytest.raises(asyncio.CancelledError):
        await clock.run()

    minutes = [round((wall_us - WALL_US) / (60 * SECOND_US), 1) for wall_us in stored]
    assert minutes == [-0.0, 1.1, 2.1], "at once, after 64 s (a multiple of 16), at the stop"


def test_a_full_disk_does_not_stop_the_clock(ticks: Ticks) -> None:
    class Full(Remembered):
        def keep(self, wall_us: int) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    clock = Clock(Full(), ticks=ticks)
    clock.add_anchor(hub(ticks))

    clock.keep_last_good()


def test_the_hubs_time_is_known_by_its_last_answer_even_when_it_is_not_believed(
    clock: Clock, ticks: Ticks
) -> None:
    assert clock.hub_wall_us() is None
    clock.add_anchor(ntp(ticks))
    assert not clock.add_hub_answer(ticks.now_us - 2_000, ticks.now_us, WALL_US + 4 * SECOND_US)
    ticks.now_us += SECOND_US
    assert clock.hub_wall_us() == WALL_US + 5 * SECOND_US + 1_000
