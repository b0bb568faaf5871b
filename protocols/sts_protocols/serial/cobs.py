"""Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): frames without zeros, so a zero ends one."""

from sts_protocols.errors import DecodeError

# A run of 254 bytes without a zero is followed by another run and not by a zero.
LONGEST_CODE = 0xFF


def decode(frame: bytes) -> bytes:
    """What was encoded; `frame` is without the zero that ends it. Raises DecodeError."""
    plain = bytearray()
    at = 0
    while at < len(frame):
        code = frame[at]
        run = frame[at + 1 : at + code]
        if not code or 0 in run or len(run) != code - 1:
            raise DecodeError("A frame is not stuffed as COBS says", frame)
        plain += run
        at += code
        if code < LONGEST_CODE and at < len(frame):
            plain.append(0)
    return bytes(plain)
