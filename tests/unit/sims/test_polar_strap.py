"""A strap with streams answers its control point, and its ECG shows the beats that its intervals count."""

from itertools import pairwise

import pytest

from sts_sims.athletes import Athlete, Heart
from sts_sims.peripheral import Characteristic
from sts_sims.polar_sensor import CLOCK_BEGINS_NS, PMD_CONTROL_POINT
from sts_sims.polar_strap import PolarStrap

ATHLETE = Athlete(7, "Test Athlete", hr_max=190, hr_rest=50)
START_ECG = "02 00 00 01 82 00 01 01 0e 00"
START_ACC = "02 02 00 01 32 00 01 01 10 00 02 01 08 00"


def strap() -> PolarStrap:
    heart, twin = (Heart(ATHLETE, lambda _t: 0.6, "1") for _ in range(2))
    made = PolarStrap("h10-01", "A0:9E:1A:00:10:01", heart, twin)
    made.switch_on(10.0)
    return made


def control(sensor: PolarStrap) -> Characteristic:
    return next(c for s in sensor.services for c in s.characteristics if c.uuid == PMD_CONTROL_POINT)


def ask(sensor: PolarStrap, request: str) -> str:
    answers = control(sensor).answers
    assert answers is not None
    [indication] = answers(bytes.fromhex(request))
    return indication.hex(" ")


def r_peaks(samples: list[int]) -> list[int]:
    """The places of the highest sample within 0.15 s on both sides, where it is high enough for an R."""
    return [
        at for at, one in enumerate(samples) if one > 700 and one == max(samples[max(at - 20, 0) : at + 20])
    ]


def test_it_says_that_it_measures_ecg_and_acceleration() -> None:
    assert control(strap()).value[:2] == b"\x0f\x05"


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("01 00", "f0 01 00 00 00 00 01 82 00 01 01 0e 00"),
        ("01 02", "f0 01 02 00 00 00 04 19 00 32 00 64 00 c8 00 01 01 10 00 02 03 02 00 04 00 08 00"),
        (START_ECG, "f0 02 00 00 00"),
        (START_ACC, "f0 02 02 00 00"),
        ("02 00 00 01 83 00 01 01 0e 00", "f0 02 00 05 00"),
        ("02 00", "f0 02 00 05 00"),
        ("03 00", "f0 03 00 06 00"),
        ("01 01", "f0 01 01 02"),
        ("09 00", "f0 09 00 01"),
        ("", "f0 00 00 05"),
    ],
)
def test_its_control_point_answers_as_specified(request_: str, answer: str) -> None:
    assert ask(strap(), request_) == answer


def test_a_stream_runs_from_its_start_to_its_end_and_no_longer() -> None:
    worn = strap()
    ask(worn, START_ECG)
    assert ask(worn, START_ECG) == "f0 02 00 06 00"
    assert worn.running == {"ecg"}
    assert len(worn.due(12.0)) == 3  # 73 samples of 130 Hz are 0.56 s
    ask(worn, "03 00")
    assert worn.running == frozenset()
    assert worn.due(20.0) == []


def test_a_frame_is_packed_as_specified_and_stamped_with_its_last_sample() -> None:
    worn = strap()
    ask(worn, START_ECG)
    [said] = worn.due(10.6)
    assert said.frame[0] == 0
    assert said.frame[9] == 0
    assert len(said.frame) == 10 + 3 * 73
    assert said.at_s == pytest.approx(10.0 + 73 / 130)
    device_ns = int.from_bytes(said.frame[1:9], "little")
    assert device_ns - CLOCK_BEGINS_NS == pytest.approx(73 / 130 * 1e9, rel=1e-4)
    first = int.from_bytes(said.frame[10:13], "little", signed=True)
    assert first == said.told["samples"][0][0]


def test_the_r_peaks_of_the_ecg_agree_with_the_intervals() -> None:
    worn = strap()
    ask(worn, START_ECG)
    intervals: list[int] = []
    samples: list[int] = []
    for second in range(11, 71):
        intervals += worn.measure(float(second)).rr_1024
        samples += [sample for said in worn.due(float(second)) for (sample,) in said.told["samples"]]
    seen_ms = [(late - early) / 0.130 for early, late in pairwise(r_peaks(samples))]
    # The first interval that the strap counts began before its electrode was asked.
    counted_ms = [interval * 1000 / 1024 for interval in intervals][1:]
    assert len(seen_ms) > 100
    # Each of two samples lies up to half a period from its beat.
    assert (
        max(abs(seen - counted) for seen, counted in zip(seen_ms, counted_ms, strict=False)) <= 1000 / 130 + 1
    )


def test_a_jump_of_its_clock_shows_in_its_frames_only() -> None:
    worn = strap()
    ask(worn, START_ECG)
    [before] = worn.due(10.6)
    worn.mishaps.clock_s = -3600.0
    [after] = worn.due(11.2)
    assert after.told["device_ns"] - before.told["device_ns"] == pytest.approx(
        -3600e9 + 73 / 130 * 1e9, rel=1e-5
    )
    assert after.at_s - before.at_s == pytest.approx(73 / 130)


def test_a_refused_start_starts_nothing() -> None:
    worn = strap()
    worn.mishaps.refuse = 13
    assert ask(worn, START_ECG) == "f0 02 00 0d 00"
    assert worn.running == frozenset()
    worn.mishaps.refuse = None
    assert ask(worn, START_ECG) == "f0 02 00 00 00"
    assert worn.end_streams() == b"\x01\x00"
    assert worn.running == frozenset()
