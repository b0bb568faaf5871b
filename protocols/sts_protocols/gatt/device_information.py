"""Device Information, service 0x180A: who made the sensor, which model, which firmware.

GATT Specification Supplement: manufacturer_name_string and its like, pnp_id.
"""

import struct
from typing import NamedTuple

from sts_protocols.errors import DecodeError

SERVICE = "0000180a-0000-1000-8000-00805f9b34fb"
MODEL_NUMBER = "00002a24-0000-1000-8000-00805f9b34fb"
SERIAL_NUMBER = "00002a25-0000-1000-8000-00805f9b34fb"
FIRMWARE_REVISION = "00002a26-0000-1000-8000-00805f9b34fb"
HARDWARE_REVISION = "00002a27-0000-1000-8000-00805f9b34fb"
SOFTWARE_REVISION = "00002a28-0000-1000-8000-00805f9b34fb"
MANUFACTURER_NAME = "00002a29-0000-1000-8000-00805f9b34fb"
PNP_ID = "00002a50-0000-1000-8000-00805f9b34fb"

# An attribute value is at most 512 bytes (Core Specification, Vol 3, Part F, 3.2.9).
MAX_ATTRIBUTE_BYTES = 512

_PNP_ID = struct.Struct("<BHHH")


class PnpId(NamedTuple):
    """Vendor by its SIG (vendor_source 1) or USB (2) number; product and version are the vendor's."""

    vendor_source: int
    vendor: int
    product: int
    version: int


def text(frame: bytes) -> str:
    """One of the strings, without the NULs and blanks that some sensors pad it with. Raises DecodeError."""
    if len(frame) > MAX_ATTRIBUTE_BYTES:
        raise DecodeError(f"A string of {len(frame)} bytes is longer than an attribute can be", frame)
    try:
        decoded = frame.decode()
    except UnicodeDecodeError:
        raise DecodeError("A string of device information is not UTF-8", frame) from None
    stripped = decoded.strip("\0 \t\r\n")
    if not stripped.isprintable():
        raise DecodeError("A string of device information has control characters", frame)
    return stripped


def pnp_id(frame: bytes) -> PnpId:
    """Raises DecodeError unless the frame is 7 bytes."""
    if len(frame) != _PNP_ID.size:
        raise DecodeError(f"A PnP ID is {_PNP_ID.size} bytes, this frame has {len(frame)}", frame)
    return PnpId(*_PNP_ID.unpack(frame))
