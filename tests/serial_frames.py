"""Bytes of serial devices, made by hand from their layouts and by nothing of the decoders."""

import struct
from binascii import crc_hqx
from functools import reduce
from operator import xor

PVT = struct.Struct("<IHBBBBBBIiBBBBiiiiIIiiiiiIIH14x")
# 2026-11-28 10:15:00 UTC
UTC_US = 1_795_860_900_000_000


def nmea(text: str) -> bytes:
    """A sentence with its checksum and end."""
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n".encode()


def rmc(time: str = "101500.00", place: str = "4807.0380,N,01131.0000,E", status: str = "A") -> bytes:
    return nmea(f"GNRMC,{time},{status},{place},10.00,84.4,281126,,,A")


def gga(time: str = "101500.00", place: str = "4807.0380,N,01131.0000,E", quality: int = 1) -> bytes:
    return nmea(f"GNGGA,{time},{place},{quality},08,0.90,545.4,M,46.9,M,,")


def ubx(kind: int, number: int, payload: bytes) -> bytes:
    """A frame with its Fletcher checksum."""
    body = bytes((kind, number)) + struct.pack("<H", len(payload)) + payload
    first = second = 0
    for byte in body:
        first = (first + byte) % 256
        second = (second + first) % 256
    return b"\xb5\x62" + body + bytes((first, second))


def pvt(**told: int) -> bytes:
    """NAV-PVT of a good fix, but for what is told otherwise."""
    fields = {
        "itow": 36_900_000, "year": 2026, "month": 11, "day": 28, "hour": 10, "minute": 15, "second": 0,
        "valid": 7, "t_acc": 25_000, "nano": 0, "fix": 3, "flags": 1, "flags2": 0, "satellites": 9,
        "lon": 115_166_667, "lat": 481_173_000, "height": 592_300, "altitude": 545_400, "h_acc": 1_200,
        "v_acc": 2_300, "vel_n": 5_144, "vel_e": 0, "vel_d": 0, "speed": 5_144, "course": 8_440_000,
        "s_acc": 300, "head_acc": 0, "pdop": 150,
    }  # fmt: skip
    return ubx(0x01, 0x07, PVT.pack(*{**fields, **told}.values()))


def stuffed(plain: bytes) -> bytes:
    """COBS of a frame without a run of 254, and the zero that ends it."""
    runs = plain.split(b"\0")
    return b"".join(bytes([len(run) + 1]) + run for run in runs) + b"\0"


def pod(content: bytes) -> bytes:
    """A pod's frame around its content."""
    return stuffed(content + crc_hqx(content, 0xFFFF).to_bytes(2, "big"))


def pod_values(sequence: int, ticks: int, *values: tuple[int, int]) -> bytes:
    told = b"".join(struct.pack("<Hi", *value) for value in values)
    return pod(struct.pack("<BHI", 1, sequence, ticks) + told)


def pod_impulse(sequence: int, ticks: int, channel: int, marks: int = 0) -> bytes:
    return pod(struct.pack("<BHIBB", 2, sequence, ticks, channel, marks))
