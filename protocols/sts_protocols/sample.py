"""What a sensor said, before it becomes a record: values that share one time."""

import math
import re
from enum import IntEnum
from typing import Any, NamedTuple

from sts_protocols.errors import SampleError

# A local sensor name goes into every record and into file names of exports: short, plain, printable.
SENSOR_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")

# Metric numbers are 16-bit signed in the hub's table; 0 is kept free for "none".
MAX_METRIC = 32_767
# Boot time in µs that still fits a signed 64-bit column with room for the wall-clock offset beside it.
MAX_BOOT_US = 2**62


class Quality(IntEnum):
    """How far a value can be trusted; it stays with the value from the edge to the chart."""

    OK = 0
    NO_CONTACT = 1
    TRUNCATED = 2
    IMPLAUSIBLE = 3
    NO_FIX = 4
    CLOCK_UNSYNCED = 5
    ESTIMATED = 6

    @property
    def word(self) -> str:
        """The name as it is written in answers and files."""
        return self.name.lower()


class Value(NamedTuple):
    """One number: the metric's id, the value in the metric's unit, a `Quality`."""

    metric: int
    value: float
    quality: int


class Decoded(NamedTuple):
    """What a decoder with a memory made of a frame: the reading, field by field, and what is stored of it."""

    reading: Any
    values: tuple[Value, ...]


class Packet(NamedTuple):
    """All that one sensor told at one time.

    boot_us: CLOCK_BOOTTIME, µs, a multiple of tick_us. tick_us: how finely the time is known (1000 for
    arrival times, 1 for a device's own clock). period_us: how far apart packets of this sensor usually are.
    The k-th value (from 0) of one metric in a packet is stored at boot_us + k µs.
    """

    sensor: str
    boot_us: int
    tick_us: int
    period_us: int
    values: tuple[Value, ...]


def check_packet(packet: Packet) -> None:
    """Refuses a packet that no record can carry, so that one bad source does not cost a whole record.

    Raises SampleError.
    """
    if not SENSOR_NAME.fullmatch(packet.sensor):
        raise SampleError(f"{packet.sensor!r} is no sensor name: use up to 40 of A-Z a-z 0-9 . _ -")
    if packet.tick_us < 1 or packet.period_us < 0 or not 0 <= packet.boot_us < MAX_BOOT_US:
        raise SampleError(f"The packet of {packet.sensor} has a time out of range: {packet[1:4]}")
    if packet.boot_us % packet.tick_us:
        raise SampleError(
            f"The time {packet.boot_us} us of {packet.sensor} is no multiple of {packet.tick_us} us"
        )
    for value in packet.values:
        if (
            not 0 < value.metric <= MAX_METRIC
            or not 0 <= value.quality <= 255
            or not math.isfinite(value.value)
        ):
            raise SampleError(f"{packet.sensor} hands on a value that cannot be stored: {value}")
