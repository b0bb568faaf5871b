"""The project's own frame for self-made pods, published in protocols/PODS.md.

    frame     COBS of (content, CRC), then a zero byte; a zero before the first frame does no harm
    content   type u8, sequence u16, time u32 in 1/10,000 s since the pod's start, then by type, little endian:
      1 values    one or more of: metric u16 (catalogue), steps s32 of the metric's scale
      2 impulse   channel u8, marks u8 (bit 0: by hand)
    CRC       CRC-16/CCITT-FALSE of the content, u16 big endian

The sequence counts frames, wraps, and begins at 0 when the pod starts.
"""

import binascii
import struct
from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.metrics import by_id
from sts_protocols.sample import Quality, Value
from sts_protocols.serial import cobs
from sts_protocols.serial.heard import Heard, TimerLine

BAUD = 115_200
VALUES = 1
IMPULSE = 2
SEQUENCES = 1 << 16
MANUAL = 0x01
# 39 values. One run of COBS covers it, so a sender needs no more than 256 bytes of memory.
MAX_CONTENT_BYTES = 241
MAX_FRAME_BYTES = MAX_CONTENT_BYTES + 2 + 1
STALE_US = 2_000_000

_HEAD = struct.Struct("<BHI")
_VALUE = struct.Struct("<Hi")
_IMPULSE = struct.Struct("<BB")


class PodFrame(NamedTuple):
    """One frame. ticks: 1/10,000 s since the pod's start, modulo 2^32."""

    sequence: int
    ticks: int
    values: tuple[Value, ...]
    impulse: TimerLine | None


def crc(content: bytes) -> int:
    """CRC-16/CCITT-FALSE: 0x29b1 for b"123456789"."""
    return binascii.crc_hqx(content, 0xFFFF)


def decode(frame: bytes) -> PodFrame:
    """One frame without the zero that ends it. Raises DecodeError."""
    content, told = _unsealed(frame)
    if crc(content) != told:
        raise DecodeError("The CRC of a pod's frame is wrong", frame)
    if len(content) < _HEAD.size:
        raise DecodeError("A pod's frame ends inside its head", frame)
    kind, sequence, ticks = _HEAD.unpack_from(content)
    rest = content[_HEAD.size :]
    if kind == VALUES:
        return PodFrame(sequence, ticks, _values(rest, frame), None)
    if kind == IMPULSE:
        return PodFrame(sequence, ticks, (), _impulse(rest, ticks, frame))
    raise DecodeError(f"A pod's frame is of the unknown type {kind}", frame)


def _unsealed(frame: bytes) -> tuple[bytes, int]:
    plain = cobs.decode(frame)
    return plain[:-2], int.from_bytes(plain[-2:], "big")


def _values(rest: bytes, frame: bytes) -> tuple[Value, ...]:
    if not rest or len(rest) % _VALUE.size:
        raise DecodeError("The values of a pod's frame are cut or missing", frame)
    return tuple(_value(metric, steps, frame) for metric, steps in _VALUE.iter_unpack(rest))


def _value(number: int, steps: int, frame: bytes) -> Value:
    metric = by_id(number)
    if metric is None:
        raise DecodeError(f"A pod's frame has the unknown metric {number}", frame)
    value = metric.value(steps)
    return Value(number, value, Quality.OK if metric.plausible(value) else Quality.IMPLAUSIBLE)


def _impulse(rest: bytes, ticks: int, frame: bytes) -> TimerLine:
    if len(rest) != _IMPULSE.size:
        raise DecodeError("The impulse of a pod's frame is cut or too long", frame)
    channel, marks = _IMPULSE.unpack(rest)
    words = ("manual", "unassigned") if marks & MANUAL else ("unassigned",)
    return TimerLine(ticks, f"C{channel}", None, words, frame)


class PodStream:
    """A `Stream` of pod frames. A frame with the sequence number of the last one is a repeat and told once."""

    def __init__(self) -> None:
        self.heard_bytes = 0
        self.garbage_bytes = 0
        self.bad_frames = 0
        self.lost_frames = 0
        self._open = bytearray()
        self._began_us = 0
        self._last: PodFrame | None = None

    def hear(self, data: bytes, boot_us: int) -> tuple[Heard, ...]:
        """The frames that these bytes complete."""
        self.heard_bytes += len(data)
        if self._open and boot_us - self._began_us > STALE_US:
            self._discard()
        heard = []
        first, *others = data.split(b"\0")
        self._take(first, boot_us)
        for piece in others:
            if (told := self._close()) is not None:
                heard.append(told)
            self._take(piece, boot_us)
        return tuple(heard)

    def _take(self, piece: bytes, boot_us: int) -> None:
        if piece and not self._open:
            self._began_us = boot_us
        self._open += piece
        if len(self._open) > 2 * MAX_FRAME_BYTES:  # noise without a zero must not grow for ever
            self._discard()

    def _discard(self) -> None:
        self.garbage_bytes += len(self._open)
        self._open.clear()

    def _close(self) -> Heard | None:
        raw = bytes(self._open)
        self._open.clear()
        if not raw:
            return None
        try:
            frame = decode(raw)
        except DecodeError as error:
            self.bad_frames += 1
            self.garbage_bytes += len(raw)
            return Heard(self._began_us, raw, fault=str(error))
        return self._told(frame, raw)

    def _told(self, frame: PodFrame, raw: bytes) -> Heard | None:
        last, self._last = self._last, frame
        if last is not None:
            if (last.sequence, last.ticks) == (frame.sequence, frame.ticks):
                return None
            self._count_lost(last, frame)
        return Heard(self._began_us, raw, frame.values, frame.impulse)

    def _count_lost(self, last: PodFrame, frame: PodFrame) -> None:
        if frame.sequence == 0 and frame.ticks < last.ticks:
            return  # the pod has started anew
        self.lost_frames += (frame.sequence - last.sequence - 1) % SEQUENCES


def stream() -> PodStream:
    """The frames of a port with a pod."""
    return PodStream()
