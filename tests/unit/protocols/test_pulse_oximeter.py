"""Pulse oximeters, 0x2A5E and 0x2A5F. No capture of a real one was found: these frames are made from the layout."""

import struct

import pytest
from frames import cut_everywhere, told_by
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.gatt import pulse_oximeter
from sts_protocols.metrics import OXYGEN_SATURATION, PULSE_AMPLITUDE, PULSE_RATE
from sts_protocols.sample import Quality

TIME_STAMP = struct.pack("<HBBBBB", 2026, 11, 28, 20, 30, 0)
SATURATION, PULSE = 0xF3CA, 0x0048  # 97.0 %, 72 /min
AMPLITUDE = 0xE0FA  # 2.50 %


def words(*sfloats: int) -> bytes:
    """Numbers of two bytes."""
    return struct.pack(f"<{len(sfloats)}H", *sfloats)


def continuous(flags: int, *rest: bytes) -> bytes:
    """A continuous measurement."""
    return bytes([flags]) + words(SATURATION, PULSE) + b"".join(rest)


def told(oximetry) -> list[tuple[int, float, int]]:
    """Its values, as (metric, value, quality)."""
    return [tuple(value) for value in pulse_oximeter.values(oximetry)]


OK = [(OXYGEN_SATURATION.id, 97.0, Quality.OK), (PULSE_RATE.id, 72.0, Quality.OK)]
WITH_AMPLITUDE = [*OK, (PULSE_AMPLITUDE.id, 2.5, Quality.OK)]
QUIET, FINE = b"\x00\x00", b"\x00\x00\x00"


@pytest.mark.parametrize(
    ("frame", "values"),
    [
        (continuous(0x00), OK),
        (continuous(0x01, words(0xF3B6, 0x0050)), OK),
        (continuous(0x02, words(0xF3B6, 0x0050)), OK),
        (continuous(0x04, QUIET), OK),
        (continuous(0x08, FINE), OK),
        (continuous(0x10, words(AMPLITUDE)), WITH_AMPLITUDE),
        (continuous(0x1F, words(1, 2), words(3, 4), QUIET, FINE, words(AMPLITUDE)), WITH_AMPLITUDE),
    ],
)
def test_a_continuous_measurement_is_read_by_its_flags(frame, values):
    """The fast and slow averages are passed over."""
    assert told(pulse_oximeter.decode_continuous(frame)) == values


@pytest.mark.parametrize(
    ("frame", "values"),
    [
        (continuous(0x00), OK),
        (continuous(0x01, TIME_STAMP), OK),
        (continuous(0x02, QUIET), OK),
        (continuous(0x04, FINE), OK),
        (continuous(0x08, words(AMPLITUDE)), WITH_AMPLITUDE),
        (continuous(0x1F, TIME_STAMP, QUIET, FINE, words(AMPLITUDE)), WITH_AMPLITUDE),
    ],
)
def test_a_spot_check_is_read_by_its_flags(frame, values):
    """Bit 4 says that its clock is not set, and announces nothing."""
    assert told(pulse_oximeter.decode_spot_check(frame)) == values


@pytest.mark.parametrize("code", [0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801])
def test_no_number_is_no_value(code):
    """A finger that was pulled out: NaN, never 0 %."""
    assert told(pulse_oximeter.decode_continuous(b"\x00" + words(code, code))) == []


@pytest.mark.parametrize(("bit", "worn"), [(11, False), (13, False), (15, False), (3, True), (5, True)])
def test_a_sensor_off_the_finger_is_no_contact(bit, worn):
    """By the sensor status; low perfusion and weak signals are still on a finger."""
    oximetry = pulse_oximeter.decode_continuous(continuous(0x08, (1 << bit).to_bytes(3, "little")))
    assert oximetry.worn is worn
    assert {quality for *_, quality in told(oximetry)} == {Quality.OK if worn else Quality.NO_CONTACT}


@pytest.mark.parametrize(
    ("bit", "quality"),
    [(5, Quality.OK), (6, Quality.ESTIMATED), (8, Quality.OK)]
    + [(bit, Quality.IMPLAUSIBLE) for bit in (10, 11, 12, 13, 14, 15)],
)
def test_its_own_word_on_the_measurement_is_kept(bit, quality):
    """Estimates, demonstrations and what it calls questionable or invalid are told as such."""
    oximetry = pulse_oximeter.decode_continuous(continuous(0x04, words(1 << bit)))
    assert {one for *_, one in told(oximetry)} == {quality}


def test_a_cut_frame_keeps_each_whole_field():
    """One byte short at every place; what is behind the cut is not made up."""
    whole = continuous(0x1C, QUIET, FINE, words(AMPLITUDE))
    for cut in cut_everywhere(whole, 1):
        oximetry = pulse_oximeter.decode_continuous(cut)
        assert oximetry.truncated
        assert (oximetry.saturation, oximetry.pulse) == (
            97.0 if len(cut) >= 3 else None,
            72.0 if len(cut) >= 5 else None,
        )
        assert oximetry.worn is (True if len(cut) >= 10 else None)
        assert oximetry.amplitude is None


@pytest.mark.parametrize("decode", [pulse_oximeter.decode_continuous, pulse_oximeter.decode_spot_check])
def test_what_no_flag_announces_is_refused(decode):
    """And an empty frame."""
    for frame in (b"", continuous(0x00, b"\x00")):
        with pytest.raises(DecodeError):
            decode(frame)


@settings(max_examples=500)
@given(st.binary(max_size=24))
def test_any_bytes_give_an_oximetry_or_our_error(frame):
    """Of both kinds."""
    for decode in (pulse_oximeter.decode_continuous, pulse_oximeter.decode_spot_check):
        oximetry = told_by(decode, frame)
        assert oximetry is None or isinstance(told(oximetry), list)
