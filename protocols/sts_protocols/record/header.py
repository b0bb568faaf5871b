"""A record: one thing said by a gateway, with a header that says who, which, when, and whether it is whole.

What was written to disk is what is published, byte by byte. Reading trusts nothing: the length is bounded
before it is used, and the CRC is checked before any other field is believed.

The first 46 bytes (up to and with seq) keep their place in all versions, so that a reader can tell whose
record it cannot understand. What follows belongs to VERSION.
"""

import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from sts_protocols.errors import RecordError

# 0xF5 is in no UTF-8 text, and the last byte is no ASCII either: neither log lines nor documents look like a
# record.
MARKER = b"\xf5ST\x9c"
VERSION = 1

# A record closes at 48 KB of encoded body, so that with its header it fits in one message of 64 KB.
MAX_RECORD_BYTES = 48 * 1024
MAX_MESSAGE_BYTES = 64 * 1024

#   marker, CRC32 of all that follows it, length, version, kind, segment id, epoch, seq
_IDENTITY = struct.Struct("<4sIIBB8s16sQ")
#   first boot time, last boot time, clock offset, clock error, clock source
_TIMES = struct.Struct("<QQqIB")
HEADER_BYTES = _IDENTITY.size + _TIMES.size
_CRC_FROM = 8  # behind marker and CRC
_CRC_FIELD = struct.Struct("<I")

# One less than a signed 64-bit column holds: a range ends one behind its last number.
MAX_SEQ = 2**63 - 2
MAX_TIME_US = 2**62
MAX_ERROR_US = 2**32 - 1


class Kind(IntEnum):
    """What a record says. Numbers without a body format yet are reserved: such a record is readable, and
    parked."""

    SAMPLES = 1
    WAVEFORM = 2
    IMPULSE = 3
    DOCUMENT = 4
    SITE_EVENT = 5
    DROP = 6
    ANCHOR = 7
    LOG = 8
    RAW = 9


class ClockSource(IntEnum):
    """Where a tie of boot time to wall time came from."""

    UNKNOWN = 0
    NTP = 1
    GNSS = 2
    HUB = 3
    RTC = 4


class ClockReading(NamedTuple):
    """wall_us = boot_us + offset_us, right within error_us; source is a `ClockSource`."""

    offset_us: int
    error_us: int
    source: int


UNKNOWN_CLOCK = ClockReading(0, 0, ClockSource.UNKNOWN)


class Header(NamedTuple):
    """Who said it (epoch), the how-manieth thing it is (seq), and between which boot times (µs,
    inclusive)."""

    length: int
    version: int
    kind: int
    segment_id: bytes
    epoch: bytes
    seq: int
    first_us: int
    last_us: int
    clock: ClockReading


class Record(NamedTuple):
    """A whole record; `raw` is what is written and published."""

    header: Header
    raw: bytes

    @property
    def body(self) -> bytes:
        """The body as it was encoded (compressed)."""
        return self.raw[HEADER_BYTES:]


class Damaged(NamedTuple):
    """A piece of a message that is no good record; `header` is None unless its CRC was right."""

    offset: int
    raw: bytes
    error: RecordError
    header: Header | None


def seal(
    kind: int,
    segment_id: bytes,
    epoch: bytes,
    seq: int,
    first_us: int,
    last_us: int,
    clock: ClockReading,
    body: bytes,
) -> Record:
    """Puts the header before an encoded body. Raises RecordError for what no reader would accept.

    A clock error too large for its field is told as the largest that fits (71 minutes).
    """
    if len(body) > MAX_RECORD_BYTES:
        raise RecordError(
            "size", f"A body of {len(body)} bytes is over the limit of {MAX_RECORD_BYTES}: close sooner"
        )
    clock = ClockReading(clock.offset_us, min(clock.error_us, MAX_ERROR_US), clock.source)
    length = HEADER_BYTES + len(body)
    header = Header(length, VERSION, kind, segment_id, epoch, seq, first_us, last_us, clock)
    _check_fields(header, 0)
    head = _IDENTITY.pack(MARKER, 0, length, VERSION, kind, segment_id, epoch, seq)
    tail = (head + _TIMES.pack(first_us, last_us, *clock) + body)[_CRC_FROM:]
    return Record(header, MARKER + _CRC_FIELD.pack(zlib.crc32(tail)) + tail)


def read(buffer: bytes, offset: int = 0) -> Record:
    """The record that begins at `offset`. Raises RecordError; never reads beyond the record."""
    length = _bounded_length(buffer, offset)
    raw = bytes(buffer[offset : offset + length])
    header = _header_of(raw, offset)
    if header.version != VERSION:
        raise RecordError(
            "version", f"Record format {header.version} is not known here: upgrade the reader", offset
        )
    _check_fields(header, offset)
    return Record(header, raw)


def split(message: bytes) -> Iterator[Record | Damaged]:
    """The records of a message in order; what is no record comes as Damaged, then it goes on at the next
    marker."""
    offset = 0
    while offset < len(message):
        try:
            record = read(message, offset)
        except RecordError as error:
            damaged = _damaged(message, offset, error)
            yield damaged
            offset += len(damaged.raw)
        else:
            yield record
            offset += record.header.length


def find_marker(buffer: bytes, start: int) -> int:
    """Where the next record may begin at or after `start`; -1 if nowhere."""
    return buffer.find(MARKER, start)


def _bounded_length(buffer: bytes, offset: int) -> int:
    left = len(buffer) - offset
    if buffer[offset : offset + 4] != MARKER[: max(left, 0)]:
        raise RecordError("marker", "There is no record here: the marker is missing", offset)
    if left < HEADER_BYTES:
        raise RecordError("truncated", f"The record ends inside its header, after {left} bytes", offset)
    length: int = _IDENTITY.unpack_from(buffer, offset)[2]
    if not HEADER_BYTES <= length <= HEADER_BYTES + MAX_RECORD_BYTES:
        raise RecordError("size", f"The record claims {length} bytes, which no record has", offset)
    if length > left:
        raise RecordError("truncated", f"The record claims {length} bytes and ends after {left}", offset)
    return length


def _header_of(raw: bytes, offset: int) -> Header:
    _, crc, length, version, kind, segment_id, epoch, seq = _IDENTITY.unpack_from(raw)
    if zlib.crc32(memoryview(raw)[_CRC_FROM:]) != crc:
        raise RecordError("crc", "The record was changed after it was written: its CRC is wrong", offset)
    if version != VERSION:
        return Header(length, version, kind, segment_id, epoch, seq, 0, 0, UNKNOWN_CLOCK)
    first_us, last_us, *clock = _TIMES.unpack_from(raw, _IDENTITY.size)
    return Header(length, version, kind, segment_id, epoch, seq, first_us, last_us, ClockReading(*clock))


def _check_fields(header: Header, offset: int) -> None:
    sizes = len(header.segment_id), len(header.epoch)
    if sizes != (8, 16) or not 0 <= header.kind <= 255 or not 0 <= header.seq <= MAX_SEQ:
        raise RecordError("header", "The record's identity is out of range", offset)
    clock = header.clock
    if abs(clock.offset_us) > MAX_TIME_US or clock.error_us < 0 or not 0 <= clock.source <= 255:
        raise RecordError("header", "The record's clock is out of range", offset)
    if not 0 <= header.first_us <= header.last_us <= MAX_TIME_US:
        raise RecordError("header", "The record's times are out of range or in the wrong order", offset)


def _damaged(message: bytes, offset: int, error: RecordError) -> Damaged:
    if error.reason in ("version", "header"):  # the CRC was right, so the length can be trusted
        length = _bounded_length(message, offset)
        raw = bytes(message[offset : offset + length])
        return Damaged(offset, raw, error, _header_of(raw, offset))
    end = find_marker(message, offset + 1)
    return Damaged(offset, bytes(message[offset : None if end < 0 else end]), error, None)
