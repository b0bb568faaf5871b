"""CORE pods are read as their specification says, null for what they do not know."""

import pytest
from frames import cut_everywhere, told_by
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.gatt.core_temperature import CoreTemperature, decode, values
from sts_protocols.metrics import (
    BODY_TEMPERATURE,
    HEART_RATE,
    HEAT_STRAIN_INDEX,
    SKIN_TEMPERATURE,
    TEMPERATURE_QUALITY,
)
from sts_protocols.sample import Quality, Value

# CoreTemp BLE Service Specification V2.2, its example: 0x0e40 = 3648, 0x0dc1 = 3521, quality 0x14: excellent.
OFFICIAL = bytes.fromhex("17 40 0e c1 0d 60 08 14 00")
NOTHING = CoreTemperature(None, None, None, None, None, truncated=False)
# Flags 0x37: everything; core 37.20 (0x0e88), skin 34.00 (0x0d48), reserved, good (3), 143 /min, 2.7.
EVERYTHING = bytes.fromhex("37 88 0e 48 0d 00 00 23 8f 1b")


def test_the_example_of_the_specification_is_read():
    assert decode(OFFICIAL) == CoreTemperature(36.48, 35.21, 4, None, None, truncated=False)


def test_each_field_becomes_a_value_with_its_metric():
    assert values(decode(EVERYTHING)) == (
        Value(BODY_TEMPERATURE.id, 37.20, Quality.OK),
        Value(SKIN_TEMPERATURE.id, 34.00, Quality.OK),
        Value(HEAT_STRAIN_INDEX.id, 2.7, Quality.OK),
        Value(TEMPERATURE_QUALITY.id, 3.0, Quality.OK),
        Value(HEART_RATE.id, 143.0, Quality.ESTIMATED),
    )


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ("00 40 0e", NOTHING._replace(core=36.48)),
        ("01 40 0e c1 0d", NOTHING._replace(core=36.48, skin=35.21)),
        ("02 40 0e 60 08", NOTHING._replace(core=36.48)),
        ("04 40 0e 02", NOTHING._replace(core=36.48, quality=2)),
        ("10 40 0e 8f", NOTHING._replace(core=36.48, heart_rate=143)),
        ("20 40 0e 1b", NOTHING._replace(core=36.48, heat_strain=2.7)),
        ("08 82 26", NOTHING._replace(core=37.0)),  # 98.58 °F = 36.99 °C; 0x2682 = 9858
    ],
)
def test_each_field_alone_is_read(frame: str, told: CoreTemperature):
    expected = told if told.core != 37.0 else told._replace(core=36.99)
    assert decode(bytes.fromhex(frame)) == expected


@pytest.mark.parametrize("place", ["core", "skin"])
def test_7fff_is_no_temperature(place: str):
    frame = bytes.fromhex("01 ff 7f c1 0d" if place == "core" else "01 40 0e ff 7f")
    assert getattr(decode(frame), place) is None
    assert len(values(decode(frame))) == 1


@pytest.mark.parametrize("level", [5, 6, 7])
def test_a_quality_that_is_not_told_is_no_value(level: int):
    assert decode(bytes((0x04, 0x40, 0x0E, level))).quality is None


def test_what_the_pod_calls_invalid_is_kept_as_implausible():
    assert {one.quality for one in values(decode(bytes.fromhex("05 40 0e c1 0d 00")))[:2]} == {
        Quality.IMPLAUSIBLE
    }


def test_a_temperature_out_of_range_is_implausible():
    assert values(decode(bytes.fromhex("00 d0 07"))) == (
        Value(BODY_TEMPERATURE.id, 20.0, Quality.IMPLAUSIBLE),
    )


def test_bit_5_is_the_heat_strain_index_if_a_byte_is_there_for_it_and_nothing_is_missing_if_not():
    assert decode(bytes.fromhex("24 40 0e 04 1b")).heat_strain == 2.7
    without = decode(bytes.fromhex("24 40 0e 04"))
    assert (without.heat_strain, without.truncated) == (None, False)


def test_each_whole_field_before_a_cut_is_kept_and_told_as_truncated():
    whole = decode(EVERYTHING)
    for cut in cut_everywhere(EVERYTHING, 1):
        told = decode(cut)
        for field in ("core", "skin", "quality", "heart_rate", "heat_strain"):
            assert getattr(told, field) in (None, getattr(whole, field))
        if len(cut) < len(EVERYTHING) - 1:  # without its last byte, bit 5 is the reserved bit
            assert told.truncated
            assert {one.quality for one in values(told)} <= {Quality.TRUNCATED, Quality.ESTIMATED}


@pytest.mark.parametrize("frame", ["", "00 40 0e 01", "17 40 0e c1 0d 60 08 14 00 01"])
def test_an_empty_frame_and_bytes_that_no_flag_announces_are_refused(frame: str):
    with pytest.raises(DecodeError):
        decode(bytes.fromhex(frame))


@given(st.binary(max_size=16))
@settings(max_examples=500, deadline=None)
def test_random_bytes_give_a_reading_or_our_error(frame: bytes):
    told = told_by(decode, frame)
    assert told is None or all(Quality(one.quality) in Quality for one in values(told))
