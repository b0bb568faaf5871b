"""Scales, 0x2A9D and 0x2A9C."""

import struct

import pytest
from frames import cut_everywhere, told_by
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.gatt import scales
from sts_protocols.metrics import by_id
from sts_protocols.sample import Quality

TIME_STAMP = struct.pack("<HBBBBB", 2026, 11, 28, 20, 30, 0)
USER = b"\x02"


def words(*numbers: int) -> bytes:
    """Numbers of two bytes."""
    return struct.pack(f"<{len(numbers)}H", *numbers)


def weight(flags: int, mass: int, *rest: bytes) -> bytes:
    """A weight measurement."""
    return bytes([flags]) + words(mass) + b"".join(rest)


def composition(flags: int, fat: int, *rest: bytes) -> bytes:
    """A body composition measurement."""
    return words(flags, fat) + b"".join(rest)


def told(weighing) -> dict[str, float]:
    """Its values by the name of the metric; all of them ok."""
    values = scales.values(weighing)
    assert {value.quality for value in values} <= {Quality.OK}
    return {by_id(value.metric).name: value.value for value in values}


@pytest.mark.parametrize(
    ("frame", "values"),
    [
        (weight(0x00, 14_500), {"body_mass": 72.5}),
        (weight(0x01, 16_000), {"body_mass": 72.575}),  # 160 lb = 72.5747792 kg
        (weight(0x02, 14_500, TIME_STAMP), {"body_mass": 72.5}),
        (weight(0x04, 14_500, USER), {"body_mass": 72.5}),
        (
            weight(0x08, 14_500, words(224, 1800)),
            {"body_mass": 72.5, "body_mass_index": 22.4, "body_height": 1.8},
        ),
        (
            weight(0x0F, 16_000, TIME_STAMP, USER, words(224, 709)),
            {"body_mass": 72.575, "body_mass_index": 22.4, "body_height": 1.801},
        ),
    ],
)
def test_a_weight_is_read_by_its_flags(frame, values):
    """Kilograms and pounds, metres and inches (70.9 in = 1.80086 m)."""
    assert told(scales.decode_weight(frame)) == values


def test_a_body_composition_is_read_by_its_flags():
    """Everything at once, in the order of the Supplement."""
    rest = words(7000, 421, 6000, 11_000, 10_400, 8_300, 5_123, 14_500, 1_800)
    frame = composition(0x0FFE, 182, TIME_STAMP, USER, rest)
    assert told(scales.decode_body_composition(frame)) == {
        "body_fat": 18.2,
        "basal_metabolism": 7000.0,
        "muscle_share": 42.1,
        "muscle_mass": 30.0,
        "fat_free_mass": 55.0,
        "soft_lean_mass": 52.0,
        "body_water_mass": 41.5,
        "bioimpedance": 512.3,
        "body_mass": 72.5,
        "body_height": 1.8,
    }


@pytest.mark.parametrize(
    ("flag", "number", "name", "value"),
    [
        (3, 7000, "basal_metabolism", 7000.0),
        (4, 421, "muscle_share", 42.1),
        (5, 6000, "muscle_mass", 30.0),
        (6, 11_000, "fat_free_mass", 55.0),
        (7, 10_400, "soft_lean_mass", 52.0),
        (8, 8_300, "body_water_mass", 41.5),
        (9, 5_123, "bioimpedance", 512.3),
        (10, 14_500, "body_mass", 72.5),
        (11, 1_800, "body_height", 1.8),
    ],
)
def test_each_quantity_of_a_body_composition_may_come_alone(flag, number, name, value):
    """Beside the body fat, which is always there."""
    frame = composition(1 << flag, 182, words(number))
    assert told(scales.decode_body_composition(frame)) == {"body_fat": 18.2, name: value}


def test_a_failed_measurement_has_no_values():
    """65535 in the first quantity; what stands beside it belongs to no measurement."""
    assert scales.decode_weight(weight(0x08, 0xFFFF, words(224, 1800))).quantities == ()
    assert scales.decode_body_composition(composition(0x0400, 0xFFFF, words(14_500))).quantities == ()


def test_a_cut_frame_keeps_each_whole_quantity_as_truncated():
    """One byte short at every place."""
    whole = composition(0x0408, 182, words(7000, 14_500))
    for cut in cut_everywhere(whole, 2):
        weighing = scales.decode_body_composition(cut)
        assert weighing.truncated
        assert len(weighing.quantities) == (len(cut) - 2) // 2
        assert {value.quality for value in scales.values(weighing)} <= {Quality.TRUNCATED}


def test_a_scale_with_a_layout_of_its_own_is_refused_by_its_reserved_flags():
    """As made by hand from a published description: unit, state, date, impedance and weight in 13 bytes."""
    frame = bytes([0x02, 0xA6]) + TIME_STAMP + words(512, 14_500)
    with pytest.raises(DecodeError, match="its own layout"):
        scales.decode_body_composition(frame)


@pytest.mark.parametrize(
    ("decode", "frame"),
    [
        (scales.decode_weight, b""),
        (scales.decode_weight, weight(0x00, 14_500, b"\x00")),
        (scales.decode_body_composition, b"\x00"),
        (scales.decode_body_composition, composition(0x0000, 182, b"\x00")),
    ],
)
def test_what_no_flag_announces_is_refused(decode, frame):
    """And a frame without flags."""
    with pytest.raises(DecodeError):
        decode(frame)


@settings(max_examples=500)
@given(st.binary(max_size=32))
def test_any_bytes_give_a_weighing_or_our_error(frame):
    """Of both kinds, with values that are whole steps of their metric."""
    for decode in (scales.decode_weight, scales.decode_body_composition):
        weighing = told_by(decode, frame)
        for quantity in weighing.quantities if weighing else ():
            steps = quantity.value * quantity.metric.denominator / quantity.metric.numerator
            assert abs(steps - round(steps)) < 1e-6
