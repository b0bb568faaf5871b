"""BTHome, version 2: service data of the 16-bit UUID 0xFCD2 (bthome.io, "Format" and "Encryption").

    device      1 byte     bit 0: encrypted; bit 1: an address follows; bit 2: sends only when something happens;
                           bits 5 to 7: version
    address     6 bytes    low byte first, if flagged: of devices whose own is hidden behind a relay
    objects     each a number of one byte and a value of the length and scale that the number stands for

or, encrypted, behind device byte and address: the sealed objects, a counter (4 bytes) and a seal (4 bytes). Sealing is
AES-CCM with a nonce of address, UUID, device byte and counter; whoever holds the key opens it (`Sealed`). A counter
that does not rise is an old advertisement played again.

The length of an object that is not in the table is not known, so reading ends there; what came before is kept.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.metrics import (
    AIR_HUMIDITY,
    AIR_PRESSURE,
    AIR_TEMPERATURE,
    BATTERY_LEVEL,
    BATTERY_VOLTAGE,
    BODY_MASS,
    CARBON_DIOXIDE,
    COARSE_DUST,
    DEW_POINT,
    FINE_DUST,
    ILLUMINANCE,
    UV_INDEX,
    VOLATILE_ORGANICS,
    WIND_SPEED,
    Metric,
)
from sts_protocols.sample import Value

SERVICE = "0000fcd2-0000-1000-8000-00805f9b34fb"
UUID_BYTES = b"\xd2\xfc"
VERSION = 2

_ENCRYPTED = 0x01
_ADDRESS = 0x02
_ADDRESS_BYTES = 6
_COUNTER_BYTES = 4
_SEAL_BYTES = 4
_PACKET_ID = 0x00

KG_PER_POUND = 0.45359237


class Form(NamedTuple):
    """How the value of an object is written: bytes, sign, and what a step of it is in the metric's unit. `metric`
    is None for what has no place in the catalogue: it is passed over."""

    size: int
    metric: Metric | None = None
    step: float = 1
    signed: bool = False


# bthome.io, "Format", the tables of sensor data, binary sensor data, events and device information.
_FORMS: dict[int, Form] = {
    _PACKET_ID: Form(1),
    0x01: Form(1, BATTERY_LEVEL),
    0x02: Form(2, AIR_TEMPERATURE, 0.01, signed=True),
    0x03: Form(2, AIR_HUMIDITY, 0.01),
    0x04: Form(3, AIR_PRESSURE, 1),  # 0.01 hPa
    0x05: Form(3, ILLUMINANCE, 0.01),
    0x06: Form(2, BODY_MASS, 0.01),
    0x07: Form(2, BODY_MASS, 0.01 * KG_PER_POUND),
    0x08: Form(2, DEW_POINT, 0.01, signed=True),
    0x0C: Form(2, BATTERY_VOLTAGE, 1),  # 0.001 V
    0x0D: Form(2, FINE_DUST),
    0x0E: Form(2, COARSE_DUST),
    0x12: Form(2, CARBON_DIOXIDE),
    0x13: Form(2, VOLATILE_ORGANICS),
    0x2E: Form(1, AIR_HUMIDITY),
    0x44: Form(2, WIND_SPEED, 0.01),
    0x45: Form(2, AIR_TEMPERATURE, 0.1, signed=True),
    0x46: Form(1, UV_INDEX, 0.1),
    0x4A: Form(2, BATTERY_VOLTAGE, 100),  # 0.1 V
    0x57: Form(1, AIR_TEMPERATURE, signed=True),
    0x58: Form(1, AIR_TEMPERATURE, 0.35, signed=True),
    0x62: Form(4, WIND_SPEED, 0.000001, signed=True),
}
# Of these only the length matters here: counts, energy, power, gas, volumes, rotation, durations, binary sensors,
# buttons, dimmers, channels and what a device says of its own firmware.
_FORMS |= dict.fromkeys((0x09, *range(0x0F, 0x12), *range(0x15, 0x2E), 0x2F, 0x3A, 0x59, 0x60, 0x64), Form(1))
_FORMS |= dict.fromkeys((0x14, 0x3C, 0x3D, *range(0x3F, 0x42), 0x43, *range(0x47, 0x4A)), Form(2))
_FORMS |= dict.fromkeys((0x51, 0x52, 0x56, 0x5A, 0x5D, 0x5E, 0x5F, 0x61, 0xF0), Form(2))
_FORMS |= dict.fromkeys((0x0A, 0x0B, 0x42, 0x4B, 0xF2), Form(3))
_FORMS |= dict.fromkeys((0x3E, *range(0x4C, 0x51), 0x55, 0x5B, 0x5C, 0x63, 0xF1), Form(4))
# Text and raw bytes say their own length.
_WITH_LENGTH = frozenset({0x53, 0x54})


class Reading(NamedTuple):
    """The objects that have a place in the catalogue, in order. `packet_id` tells repeats of one advertisement;
    None where the device sends none. `unknown`: the number at which reading ended, None if it went to the end."""

    values: tuple[Value, ...]
    packet_id: int | None
    unknown: int | None


class Sealed(NamedTuple):
    """An encrypted advertisement: AES-CCM with a seal of 4 bytes, which stands behind the ciphertext."""

    nonce: bytes
    sealed: bytes
    counter: int


def decode(data: bytes) -> Reading:
    """Raises DecodeError for another version, an encrypted advertisement, and one that is cut."""
    if _device(data) & _ENCRYPTED:
        raise DecodeError("This advertisement is encrypted: its sensor needs a key in the settings", data)
    return decode_objects(data[_content_at(data) :])


def sealed(data: bytes, address: str) -> Sealed:
    """What has to be opened with the key of the device at this address. Raises DecodeError for another version, an
    advertisement that is not encrypted, or one that is cut."""
    if not _device(data) & _ENCRYPTED:
        raise DecodeError("This advertisement is not encrypted", data)
    start, end = _content_at(data), len(data) - _COUNTER_BYTES - _SEAL_BYTES
    if end < start:
        raise DecodeError("An encrypted advertisement is cut", data)
    counter = data[end : end + _COUNTER_BYTES]
    told = data[1:start][::-1]
    nonce = (told or bytes.fromhex(address.replace(":", ""))) + UUID_BYTES + data[:1] + counter
    return Sealed(nonce, data[start:end] + data[-_SEAL_BYTES:], int.from_bytes(counter, "little"))


def decode_objects(data: bytes) -> Reading:
    """The objects of an advertisement, opened if it was sealed. Raises DecodeError for one that is cut."""
    told: list[Value] = []
    packet_id = unknown = None
    for number, content in _objects(data):
        form = _FORMS.get(number)
        if number == _PACKET_ID:
            packet_id = content[0]
        elif form is None and number not in _WITH_LENGTH:
            unknown = number
        elif form is not None and form.metric is not None:
            told.append(_value(form.metric, form, content))
    return Reading(tuple(told), packet_id, unknown)


def _device(data: bytes) -> int:
    if not data:
        raise DecodeError("A BTHome advertisement is empty", data)
    if data[0] >> 5 != VERSION:
        raise DecodeError(f"BTHome version {data[0] >> 5} is not read here: update the device", data)
    return data[0]


def _content_at(data: bytes) -> int:
    """Where the objects begin."""
    at = 1 + _ADDRESS_BYTES if data[0] & _ADDRESS else 1
    if len(data) < at:
        raise DecodeError("A BTHome advertisement ends within its address", data)
    return at


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each object with its bytes; the first whose length is not known comes last, without any."""
    at = 0
    while at < len(data):
        number = data[at]
        size = data[at + 1] + 1 if number in _WITH_LENGTH and at + 1 < len(data) else None
        form = _FORMS.get(number)
        size = form.size if form is not None else size
        if size is None and number not in _WITH_LENGTH:
            yield number, b""
            return
        if size is None or at + 1 + size > len(data):
            raise DecodeError(f"The object 0x{number:02X} of a BTHome advertisement is cut", data)
        yield number, data[at + 1 : at + 1 + size]
        at += 1 + size


def _value(metric: Metric, form: Form, content: bytes) -> Value:
    return metric.told(metric.nearest(int.from_bytes(content, "little", signed=form.signed) * form.step))
