"""RuuviTag, data format 5 ("RAWv2"): manufacturer data of company 0x0499, big endian, 24 bytes.

format          1 byte     5
temperature     2, signed  0.005 degrees Celsius          none: -32768
humidity        2          0.0025 %                       none: 65535
pressure        2          1 Pa above 50,000 Pa           none: 65535
acceleration    3 x 2, signed   mg, x y z                 none: -32768
power           2          11 bits battery, mV above 1,600 (none: 2047); 5 bits radio, 2 dBm above -40
movements       1          counts, wraps                  none: 255
measurement     2          number, wraps                  none: 65535
address         6          the tag's own                  none: all bits set
"""

import struct
from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.metrics import (
    ACCELERATION_X,
    ACCELERATION_Y,
    ACCELERATION_Z,
    AIR_HUMIDITY,
    AIR_PRESSURE,
    AIR_TEMPERATURE,
    BATTERY_VOLTAGE,
    MOVEMENTS,
)
from sts_protocols.sample import Value

COMPANY = 0x0499
FORMAT = 5

_LAYOUT = struct.Struct(">BhHHhhhHBH6s")
_NO_SIGNED, _NO_UNSIGNED, _NO_BYTE = -0x8000, 0xFFFF, 0xFF
_NO_VOLTAGE, _NO_ADDRESS = 0x7FF, b"\xff" * 6


class Climate(NamedTuple):
    """One measurement. None where the tag has no such sensor, or says that it does not know.

    temperature in degrees Celsius, humidity in %, pressure in Pa, acceleration in mg, battery in mV. `number`
    goes on by one with each measurement: the same number is the same one, told again.
    """

    temperature: float | None
    humidity: float | None
    pressure: int | None
    acceleration: tuple[int | None, int | None, int | None]
    battery_mv: int | None
    movements: int | None
    number: int | None
    address: str | None


def decode(data: bytes) -> Climate:
    """`data` is what follows the company's number. Raises DecodeError for another format or length."""
    if not data or data[0] != FORMAT:
        raise DecodeError(f"This tag does not speak format {FORMAT}: update its firmware", data)
    if len(data) != _LAYOUT.size:
        raise DecodeError(
            f"An advertisement of format {FORMAT} has {_LAYOUT.size} bytes, not {len(data)}", data
        )
    _, temperature, humidity, pressure, x, y, z, power, movements, number, address = _LAYOUT.unpack(data)
    return Climate(
        None if temperature == _NO_SIGNED else temperature / 200,
        None if humidity == _NO_UNSIGNED else humidity / 400,
        None if pressure == _NO_UNSIGNED else pressure + 50_000,
        (_signed(x), _signed(y), _signed(z)),
        None if power >> 5 == _NO_VOLTAGE else (power >> 5) + 1_600,
        None if movements == _NO_BYTE else movements,
        None if number == _NO_UNSIGNED else number,
        None if address == _NO_ADDRESS else address.hex(":").upper(),
    )


def values(climate: Climate) -> tuple[Value, ...]:
    """What is to be stored, each with its quality."""
    told = (
        (AIR_TEMPERATURE, climate.temperature),
        (AIR_HUMIDITY, climate.humidity),
        (AIR_PRESSURE, climate.pressure),
        (ACCELERATION_X, climate.acceleration[0]),
        (ACCELERATION_Y, climate.acceleration[1]),
        (ACCELERATION_Z, climate.acceleration[2]),
        (BATTERY_VOLTAGE, climate.battery_mv),
        (MOVEMENTS, climate.movements),
    )
    return tuple(metric.told(value) for metric, value in told if value is not None)


def _signed(number: int) -> int | None:
    return None if number == _NO_SIGNED else number
