"""The checksum of FIT files: CRC-16 with the polynomial 0x8005 reflected, from 0 (Garmin's FIT protocol, "CRC")."""

from __future__ import annotations

import struct
from typing import Final

_REFLECTED: Final = 0xA001


def _of_byte(crc: int) -> int:
    for _ in range(8):
        crc = (crc >> 1) ^ (_REFLECTED if crc & 1 else 0)
    return crc


_TABLE: Final = tuple(_of_byte(byte) for byte in range(256))


def crc16(data: bytes) -> int:
    """The checksum; of data with its own checksum behind it, 0."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def checksums_fit(data: bytes) -> bool:
    """Whether every whole FIT file in a row of them has the checksum that it should have."""
    start = 0
    while len(data) - start >= 12 and data[start + 8 : start + 12] == b".FIT":
        header, size = data[start], struct.unpack_from("<I", data, start + 4)[0]
        end = start + header + size + 2
        if end <= len(data) and crc16(data[start:end]):
            return False
        start = end
    return True
