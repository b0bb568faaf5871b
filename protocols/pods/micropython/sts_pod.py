"""Frames of a self-made pod, as protocols/PODS.md says. Runs on MicroPython and on Python.

pod = Pod(uart)
pod.values(ticks(), (3, 88))        # metric 3, battery_level: 88 steps of 1 %
pod.impulse(ticks(), 1)             # channel 1
"""

import struct

VALUES = 1
IMPULSE = 2
MANUAL = 0x01
MOST_VALUES = 39  # one run of COBS covers them


def crc16(data):
    """CRC-16/CCITT-FALSE: 0x29b1 for b"123456789"."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def stuffed(plain):
    """COBS, and the zero that ends the frame."""
    out = bytearray()
    for run in plain.split(b"\0"):
        out.append(len(run) + 1)
        out += run
    out.append(0)
    return bytes(out)


class Pod:
    """Sends frames to a port: anything with write(bytes)."""

    def __init__(self, port):
        self._port = port
        self._sequence = 0

    def values(self, ticks, *told):
        """Values of one moment, each (metric, whole steps); ticks: 1/10,000 s since the start."""
        if not 0 < len(told) <= MOST_VALUES:
            raise ValueError("a frame has 1 to 39 values")
        self._send(VALUES, ticks, b"".join([struct.pack("<Hi", *one) for one in told]))

    def impulse(self, ticks, channel, marks=0):
        """An impulse, at once."""
        self._send(IMPULSE, ticks, struct.pack("<BB", channel, marks))

    def _send(self, kind, ticks, rest):
        content = struct.pack("<BHI", kind, self._sequence, ticks & 0xFFFFFFFF) + rest
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._port.write(stuffed(content + struct.pack(">H", crc16(content))))
