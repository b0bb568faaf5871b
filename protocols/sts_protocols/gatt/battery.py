"""Battery Level, 0x2A19 (GATT Specification Supplement, battery_level): one byte, 0 to 100 %."""

from sts_protocols.errors import DecodeError
from sts_protocols.metrics import BATTERY_LEVEL
from sts_protocols.sample import Value

SERVICE = "0000180f-0000-1000-8000-00805f9b34fb"
LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"


def decode(frame: bytes) -> int:
    """The level as it was sent, in %. Raises DecodeError unless the frame is one byte."""
    if len(frame) != 1:
        raise DecodeError(f"A battery level is one byte, this frame has {len(frame)}", frame)
    return frame[0]


def values(level: int) -> tuple[Value, ...]:
    """What is to be stored; more than 100 % is kept and told as implausible."""
    return (BATTERY_LEVEL.told(level),)
