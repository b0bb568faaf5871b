"""The floats of medical devices (IEEE 11073-20601, as FLOAT and SFLOAT of the Bluetooth specifications).

Both are mantissa x 10^exponent, mantissa and exponent in two's complement:

    FLOAT    32 bits   exponent in the top 8, mantissa in the low 24
    SFLOAT   16 bits   exponent in the top 4, mantissa in the low 12

Five mantissas, whatever the exponent the standard gives them, are no numbers: not a number, not at this
resolution, the two infinities, and one that is reserved. They are looked for before anything is scaled.
"""

_FLOAT_NO_NUMBER = frozenset({0x007FFFFF, 0x00800000, 0x007FFFFE, 0x00800002, 0x00800001})
_SFLOAT_NO_NUMBER = frozenset({0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801})


def float32(bits: int | None) -> float | None:
    """The value of a FLOAT as it stands on the wire; None for the codes that are no numbers, and for None."""
    return _value(bits, 24, 32, _FLOAT_NO_NUMBER)


def sfloat16(bits: int | None) -> float | None:
    """The value of an SFLOAT as it stands on the wire; None as above."""
    return _value(bits, 12, 16, _SFLOAT_NO_NUMBER)


def _value(bits: int | None, mantissa_bits: int, all_bits: int, no_number: frozenset[int]) -> float | None:
    if bits is None or bits in no_number:
        return None
    mantissa = _signed(bits & ((1 << mantissa_bits) - 1), mantissa_bits)
    exponent = _signed(bits >> mantissa_bits, all_bits - mantissa_bits)
    # By way of its decimal, since powers of ten below zero are no floats: 364e-1 is 36.4, and 364 x 0.1 is not.
    return float(f"{mantissa}e{exponent}")


def _signed(number: int, bits: int) -> int:
    return number - (1 << bits) if number >> (bits - 1) else number
