"""UBX NAV-PVT of u-blox receivers: class 01, id 07, 92 bytes (interface description of generations 8 to 10).

A frame is b5 62, class, id, length u16, payload, and a Fletcher checksum of 8 bits over class to payload.
"""

import struct
from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.serial.fix import Fix
from sts_protocols.serial.utc import midnight_us

SYNC = b"\xb5\x62"
HEAD_BYTES = 6
FRAME_BYTES = HEAD_BYTES + 2
# The longest frames of navigation, with raw measurements of 40 signals, are below this.
MAX_PAYLOAD_BYTES = 2_048
NAV_PVT = (0x01, 0x07)
PVT_BYTES = 92

DATE, TIME, RESOLVED = 0x01, 0x02, 0x04
FIX_OK = 0x01
DEAD_RECKONING, PLANE, SPACE, COMBINED = 1, 2, 3, 4
POSITIONS = (DEAD_RECKONING, PLANE, SPACE, COMBINED)  # 0 is none, and 5 knows the time only

#   iTOW, year, month, day, hour, minute, second, valid, tAcc, nano, fixType, flags, flags2, numSV,
#   lon, lat, height, hMSL, hAcc, vAcc, velN, velE, velD, gSpeed, headMot, sAcc, headAcc, pDOP
_PVT = struct.Struct("<IHBBBBBBIiBBBBiiiiIIiiiiiIIH14x")


class Frame(NamedTuple):
    """A frame whose checksum is right."""

    kind: tuple[int, int]
    payload: bytes


def fletcher(data: bytes) -> bytes:
    """The two bytes of checksum of class, id, length and payload."""
    first = second = 0
    for byte in data:
        first = (first + byte) & 0xFF
        second = (second + first) & 0xFF
    return bytes((first, second))


def unframe(raw: bytes) -> Frame:
    """One whole frame. Raises DecodeError."""
    length = int.from_bytes(raw[4:6], "little")
    if raw[:2] != SYNC or len(raw) != length + FRAME_BYTES:
        raise DecodeError("Bytes are no whole UBX frame", raw)
    if fletcher(raw[2:-2]) != raw[-2:]:
        raise DecodeError("The checksum of a UBX frame is wrong", raw)
    return Frame((raw[2], raw[3]), raw[HEAD_BYTES:-2])


def decode(raw: bytes) -> Fix | None:
    """The fix in a NAV-PVT frame; None for a good frame of another kind. Raises DecodeError."""
    frame = unframe(raw)
    if frame.kind != NAV_PVT:
        return None
    if len(frame.payload) != PVT_BYTES:
        raise DecodeError(f"A NAV-PVT of {len(frame.payload)} bytes is not of a generation known here", raw)
    return _fix(frame.payload)


def _fix(payload: bytes) -> Fix:
    told = _PVT.unpack(payload)
    kind, flags, satellites = told[10], told[11], told[13]
    is_fix = kind in POSITIONS and bool(flags & FIX_OK)
    utc_us, error_us = _utc(told)
    if not is_fix:
        return Fix(utc_us, error_us, False, satellites=satellites, position_dilution=told[27] / 100)
    lon, lat, _, altitude_mm, h_acc_mm, v_acc_mm = told[14:20]
    return Fix(
        utc_us,
        error_us,
        True,
        latitude=lat / 10_000_000,
        longitude=lon / 10_000_000,
        altitude_m=None if kind == PLANE else altitude_mm / 1000,
        ground_speed_mps=told[23] / 1000,
        course_deg=told[24] % 36_000_000 / 100_000,
        horizontal_accuracy_m=h_acc_mm / 1000,
        vertical_accuracy_m=None if kind == PLANE else v_acc_mm / 1000,
        satellites=satellites,
        position_dilution=told[27] / 100,
        estimated=kind == DEAD_RECKONING,
    )


def _utc(told: tuple[int, ...]) -> tuple[int | None, int]:
    """The time of the epoch, µs, and its error; None unless the receiver is sure of the whole of it.

    The nanoseconds may be negative: the second is rounded, not cut off.
    """
    year, month, day, hour, minute, second, valid, accuracy_ns, nano = told[1:10]
    midnight = midnight_us(year, month, day)
    if valid & (DATE | TIME | RESOLVED) != DATE | TIME | RESOLVED or midnight is None:
        return None, 0
    clock_us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + nano // 1000
    return midnight + clock_us, accuracy_ns // 1000 + 1
