"""Simulated instruments, tags and the arm sensor say what they mean, byte by byte, and nothing when nobody uses them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from sts_sims.athletes import Athlete, Heart
from sts_sims.climate_tag import BthomeTag, ClimateTag, RuuviTag
from sts_sims.instrument import Instrument, float32, sfloat16
from sts_sims.oximeter import CONTINUOUS, SPOT_CHECK, Oximeter
from sts_sims.polar_arm import PolarArm
from sts_sims.polar_sensor import PMD_CONTROL_POINT
from sts_sims.scale import BodyScale, Scale
from sts_sims.sensor import Notice
from sts_sims.thermometer import Thermometer

ADDRESS = "54:48:E6:8F:80:A5"
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")


def instrument(make: Callable[..., Instrument], effort: float = 0.0) -> Instrument:
    return make("i-01", ADDRESS, lambda _s: effort, every_s=5.0)


@pytest.mark.parametrize(
    ("packed", "hexadecimal"),
    [
        (float32(364, -1), "6c 01 00 ff"),  # the worked example of the Health Thermometer Service
        (float32(-5, 2), "fb ff ff 02"),
        (sfloat16(975, -1), "cf f3"),
        (sfloat16(72, 0), "48 00"),
        (sfloat16(-1, -8), "ff 8f"),
    ],
)
def test_decimal_floats_have_mantissa_and_exponent_in_twos_complement(
    packed: bytes, hexadecimal: str
) -> None:
    assert packed.hex(" ") == hexadecimal


@pytest.mark.parametrize("make", [Thermometer, Scale, BodyScale])
def test_an_instrument_speaks_once_for_each_use(make: Callable[..., Instrument]) -> None:
    notices = instrument(make).due(12.0)
    assert [one.at_s for one in notices] == [1.0, 6.0, 11.0]
    assert max(len(one.frame) for one in notices) <= 20


def test_an_oximeter_goes_on_and_keeps_a_spot_check_now_and_then() -> None:
    notices = instrument(Oximeter).due(6.0)
    assert [one.uuid for one in notices].count(CONTINUOUS) == 6
    assert [one.uuid for one in notices].count(SPOT_CHECK) == 2


@pytest.mark.parametrize(
    ("make", "frame"),
    [
        (Thermometer, "06 ff ff 7f 00 ea 07 05 01 0a 00 00 03"),
        (Oximeter, "18 ff 07 ff 07 00 08 00 ff 07"),
        (Scale, None),
        (BodyScale, None),
    ],
)
def test_an_instrument_that_nobody_uses_has_no_number(
    make: Callable[..., Instrument], frame: str | None
) -> None:
    made = instrument(make)
    made.worn = False
    notices = made.due(1.0)
    assert [one.told for one in notices] == [{} for _ in notices]
    assert [one.frame.hex(" ") for one in notices][:1] == ([frame] if frame else [])


def test_work_warms_and_costs_oxygen_and_mass() -> None:
    for make, name, sign in ((Thermometer, "body_temperature", 1), (Oximeter, "oxygen_saturation", -1)):
        rest, work = (instrument(make, effort).due(1.0)[0].told[name] for effort in (0.0, 0.9))
        assert (work - rest) * sign > 0
    masses = [one.told["body_mass"] for one in instrument(Scale, 1.0).due(600.0)]
    assert masses[0] - masses[-1] == pytest.approx(600 / 3600, abs=0.01)


def said(tag: ClimateTag, seconds: float) -> list[Notice]:
    tag.switch_on(0.0)
    return tag.due(seconds)


def test_a_ruuvi_tag_numbers_what_it_says_and_says_it_until_the_next() -> None:
    tag = RuuviTag("r-01", ADDRESS)
    notices = said(tag, 3.0)
    assert [int.from_bytes(one.frame[16:18]) for one in notices] == [1, 2, 3]
    assert {(one.frame[0], len(one.frame)) for one in notices} == {(5, 24)}
    assert notices[0].frame[-6:].hex(":").upper() == ADDRESS
    tag.advertise(notices[0].frame)
    assert tag.advert.manufacturer_data == {0x0499: notices[0].frame}


def test_a_bthome_tag_with_a_key_seals_the_same_words_under_a_counter_that_rises() -> None:
    plain, sealed = BthomeTag("b", ADDRESS, every_s=1.0), BthomeTag("b", ADDRESS, every_s=1.0, bind_key=KEY)
    for count, (one, other) in enumerate(zip(said(plain, 2.0), said(sealed, 2.0), strict=True), 1):
        counter = count.to_bytes(4, "little")
        assert (one.frame[0], other.frame[0], other.frame[-8:-4]) == (0x40, 0x41, counter)
        nonce = bytes.fromhex("5448e68f80a5 d2fc 41") + counter
        opened = AESCCM(KEY, tag_length=4).decrypt(nonce, other.frame[1:-8] + other.frame[-4:], None)
        assert opened == one.frame[1:]
        assert one.told == other.told


def test_an_arm_sensor_streams_the_intervals_that_its_standard_measurement_lacks() -> None:
    arm = PolarArm("v-01", ADDRESS, Heart(Athlete(1, "A", 190, 50), lambda _s: 0.6, "1"))
    arm.switch_on(0.0)
    control = next(c for s in arm.services for c in s.characteristics if c.uuid == PMD_CONTROL_POINT)
    assert control.value[:2] == b"\x0f\x08"
    assert control.answers is not None
    arm.measure(10.0)
    assert arm.due(10.0) == []
    assert control.answers(b"\x02\x03") == [b"\xf0\x02\x03\x00\x00"]
    measured = [arm.measure(float(second)) for second in range(11, 41)]
    frames = arm.due(40.0)
    assert {one.rr_1024 for one in measured} == {()}
    intervals = [interval for one in frames for interval in one.told["pulse_interval"]]
    assert sum(intervals) == pytest.approx(30_000, abs=2_500)
    assert {len(one.frame) for one in frames} == {10 + 3 * 6}
    assert frames[0].frame[11:13] == intervals[0].to_bytes(2, "little")
    arm.worn = False
    arm.measure(41.0)
    assert arm.due(41.0) == []
