"""Temperature Measurement, 0x2A1C."""

import struct

import pytest
from frames import cut_everywhere, told_by
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.gatt import thermometer
from sts_protocols.gatt.thermometer import Temperature
from sts_protocols.metrics import BODY_TEMPERATURE
from sts_protocols.sample import Quality, Value

TIME_STAMP = struct.pack("<HBBBBB", 2026, 11, 28, 20, 30, 0)


def frame(flags: int, bits: int, *rest: bytes) -> bytes:
    """As the Supplement lays it out."""
    return bytes([flags]) + struct.pack("<I", bits) + b"".join(rest)


@pytest.mark.parametrize(
    ("given_frame", "told"),
    [
        (frame(0x00, 0xFF00016C), Temperature(36.4, None, False)),
        (frame(0x01, 0xFF0003D9), Temperature((98.5 - 32) * 5 / 9, None, False)),
        (frame(0x02, 0xFF00016C, TIME_STAMP), Temperature(36.4, None, False)),
        (frame(0x04, 0xFF00016C, b"\x09"), Temperature(36.4, "tympanum", False)),
        (frame(0x06, 0xFF00016C, TIME_STAMP, b"\x03"), Temperature(36.4, "ear", False)),
        (frame(0x04, 0xFF00016C, b"\x0a"), Temperature(36.4, None, False)),
    ],
)
def test_each_field_stands_where_its_flag_says(given_frame, told):
    """Smallest and largest frame, each optional field alone."""
    assert thermometer.decode(given_frame) == told


@pytest.mark.parametrize("bits", [0x007FFFFF, 0x00800000, 0x007FFFFE, 0x00800002, 0x00800001])
def test_no_number_is_no_value(bits):
    """A thermometer in the air says NaN: null, never a temperature."""
    assert thermometer.values(thermometer.decode(frame(0x00, bits))) == ()


@pytest.mark.parametrize(
    ("given_frame", "value", "quality"),
    [
        (frame(0x00, 0xFF00016C), 36.4, Quality.OK),
        (frame(0x01, 0xFF0003DA), 37.0, Quality.OK),
        (frame(0x00, 0xFF0001C2), 45.0, Quality.IMPLAUSIBLE),
        (frame(0x04, 0xFF00016C), 36.4, Quality.TRUNCATED),
    ],
)
def test_a_value_goes_with_its_quality(given_frame, value, quality):
    """98.6 F is 37.0 C to the digit that was measured."""
    told = thermometer.values(thermometer.decode(given_frame))
    assert told == (Value(BODY_TEMPERATURE.id, value, quality),)


def test_a_cut_frame_keeps_the_whole_temperature_and_nothing_else():
    """One byte short at every place."""
    whole = frame(0x06, 0xFF00016C, TIME_STAMP, b"\x03")
    for cut in cut_everywhere(whole, 1):
        assert thermometer.decode(cut) == Temperature(36.4 if len(cut) >= 5 else None, None, True)


@pytest.mark.parametrize(
    "wrong", [b"", frame(0x00, 0xFF00016C, b"\x00"), frame(0x04, 0xFF00016C, b"\x03\x03")]
)
def test_what_no_flag_announces_is_refused(wrong):
    """And an empty frame."""
    with pytest.raises(DecodeError):
        thermometer.decode(wrong)


@settings(max_examples=500)
@given(st.binary(max_size=20))
def test_any_bytes_give_a_temperature_or_our_error(frame):
    """Whatever it tells can be stored."""
    told = told_by(thermometer.decode, frame)
    assert told is None or all(Value(*value) == value for value in thermometer.values(told))
