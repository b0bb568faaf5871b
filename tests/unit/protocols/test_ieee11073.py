"""The floats of medical devices: signed exponents, and codes that are no numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.gatt.ieee11073 import float32, sfloat16

# IEEE 11073-20601, FLOAT-Type and SFLOAT-Type: NaN, NRes, +INFINITY, -INFINITY, reserved.
FLOAT_NO_NUMBERS = (0x007FFFFF, 0x00800000, 0x007FFFFE, 0x00800002, 0x00800001)
SFLOAT_NO_NUMBERS = (0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801)


@pytest.mark.parametrize(
    ("bits", "value"),
    [
        (0xFF00016C, 36.4),  # 364 x 10^-1: the example of the Health Thermometer Service
        (0x0000_0025, 37.0),
        (0xFE00_0E42, 36.5),
        (0xFFFF_FFFF, -0.1),
        (0x0100_0004, 40.0),
        (0x0000_0000, 0.0),
        (0x8000_0001, 1e-128),
        (0x7F00_0001, 1e127),
    ],
)
def test_a_float_is_mantissa_times_ten_to_a_signed_exponent(bits, value):
    """An exponent of 0xFF is -1, not 255 and not 127."""
    assert float32(bits) == value


@pytest.mark.parametrize(
    ("bits", "value"), [(0x0061, 97.0), (0xF3CA, 97.0), (0xFFFF, -0.1), (0x1005, 50.0), (0x8001, 1e-8)]
)
def test_an_sfloat_is_mantissa_times_ten_to_a_signed_exponent(bits, value):
    """Four bits of exponent, from -8 to 7."""
    assert sfloat16(bits) == value


@pytest.mark.parametrize("bits", FLOAT_NO_NUMBERS)
def test_no_code_of_a_float_becomes_a_number(bits):
    """And its neighbours are numbers."""
    assert float32(bits) is None
    assert float32(bits ^ 0x10) is not None


@pytest.mark.parametrize("bits", SFLOAT_NO_NUMBERS)
def test_no_code_of_an_sfloat_becomes_a_number(bits):
    """And its neighbours are numbers."""
    assert sfloat16(bits) is None
    assert sfloat16(bits ^ 0x10) is not None


def test_a_field_that_was_cut_has_no_value():
    """The reader of fields hands on None."""
    assert float32(None) is None
    assert sfloat16(None) is None


@given(st.integers(-2047 + 4, 2045 - 4), st.integers(-8, 7))
def test_every_sfloat_comes_back_as_the_float_nearest_its_decimal(mantissa, exponent):
    """By exact arithmetic."""
    bits = (exponent & 0xF) << 12 | mantissa & 0xFFF
    if bits not in SFLOAT_NO_NUMBERS:
        assert sfloat16(bits) == float(Fraction(mantissa) * Fraction(10) ** exponent)
