"""A strap packs what its heart does, byte for byte as the standard says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_sims.athletes import Athlete, Heart
from sts_sims.heart_strap import HEART_RATE_MEASUREMENT, HeartStrap, Measurement
from sts_sims.peripheral import uuid16

ATHLETE = Athlete(7, "Test Athlete", hr_max=190, hr_rest=50)


def strap(*, share: float = 0.6, energy: bool = False, battery: float = 80.0) -> HeartStrap:
    heart = Heart(ATHLETE, lambda _t: share, "1")
    return HeartStrap("hr-01", "A0:9E:1A:00:00:01", heart, battery=battery, energy=energy)


@pytest.mark.parametrize(
    ("said", "frame"),
    [
        (Measurement(60, (), contact=True), "063c"),
        (Measurement(60, (1024,), contact=True), "163c0004"),
        (Measurement(143, (429, 431), contact=True), "168fad01af01"),
        (Measurement(0, (), contact=False), "0400"),
        (Measurement(300, (), contact=True), "072c01"),
        (Measurement(60, (1024,), contact=True, energy_kj=258), "1e3c02010004"),
        (Measurement(256, (512,), contact=True, energy_kj=1), "1f000101000002"),
    ],
)
def test_a_measurement_is_packed_as_written_by_hand(said: Measurement, frame: str) -> None:
    assert said.frame.hex() == frame


def test_intervals_are_carried_from_one_notification_to_the_next_without_adding_up_errors() -> None:
    heart = Heart(ATHLETE, lambda _t: 0.6, "1")
    beats = list(heart.beats_until(600.5))
    worn = strap()
    told = [rr for second in range(1, 602) for rr in worn.measure(float(second)).rr_1024]
    first, last = round(beats[0] * 1024), round(beats[-1] * 1024)
    assert sum(told[: len(beats) - 1]) == last - first


@given(st.lists(st.floats(0.05, 30.0), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_at_any_rhythm_of_measuring_no_interval_is_lost_doubled_or_moved(pauses_s: list[float]) -> None:
    steady, uneven = strap(), strap()
    end_s = sum(pauses_s)
    now_s, told = 0.0, []
    for pause_s in pauses_s:
        now_s += pause_s
        told += uneven.measure(now_s).rr_1024
    while len(rest := uneven.measure(now_s).rr_1024):
        told += rest
    expected: list[int] = []
    second = 0.0
    while second < end_s:
        second = min(second + 1.0, end_s)
        expected += steady.measure(second).rr_1024
    assert told == expected


def test_a_frame_never_exceeds_what_the_smallest_mtu_carries() -> None:
    worn = strap(energy=True)
    assert all(len(worn.measure(7.0 * count).frame) <= 20 for count in range(1, 60))


def test_the_shown_rate_agrees_with_the_intervals() -> None:
    worn = strap()
    for second in range(1, 300):
        said = worn.measure(float(second))
        if len(said.rr_1024) > 1:
            assert said.heart_rate == pytest.approx(
                60 * 1024 * len(said.rr_1024) / sum(said.rr_1024), rel=0.15
            )


def test_off_the_skin_the_rate_is_held_then_zero_and_no_interval_spans_the_gap() -> None:
    worn = strap()
    for second in range(1, 60):
        before = worn.measure(float(second))
    worn.worn = False
    off = [worn.measure(60.0 + second) for second in range(10)]
    assert off[0].heart_rate == before.heart_rate
    assert off[-1].heart_rate == 0
    assert not any(said.contact or said.rr_1024 for said in off)
    worn.worn = True
    back = [rr for second in range(70, 90) for rr in worn.measure(float(second)).rr_1024]
    assert back
    assert max(back) < 2 * min(back)


def test_energy_is_told_about_once_in_ten_measurements_and_only_rises() -> None:
    worn = strap(energy=True)
    told = [worn.measure(float(second)).energy_kj for second in range(1, 101)]
    given = [kj for kj in told if kj is not None]
    assert len(given) == 10
    assert given == sorted(given)


def test_a_strap_switched_on_late_counts_from_then_on() -> None:
    late = strap()
    late.switch_on(1000.0)
    said = late.measure(1001.0)
    assert said.heart_rate > 0
    assert len(said.rr_1024) <= 4


def test_the_battery_falls_and_a_change_is_told_once() -> None:
    worn = strap(battery=80.0)
    assert not worn.battery_changed()
    worn.measure(8 * 3600.0)
    assert worn.battery_changed()
    assert worn.battery_value == bytes([78])
    assert not worn.battery_changed()


def test_the_table_has_heart_rate_battery_and_device_information() -> None:
    services = {service.uuid: service for service in strap().services}
    assert set(services) == {uuid16(0x180D), uuid16(0x180F), uuid16(0x180A)}
    measurement = services[uuid16(0x180D)].characteristics[0]
    assert (measurement.uuid, measurement.subscribable) == (HEART_RATE_MEASUREMENT, True)
