"""The body of kind RAW: frames as they came, so that what a decoder made of them can be made anew."""

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec

from sts_protocols.record.compression import pack, unpack_as, wrong
from sts_protocols.record.header import MAX_TIME_US
from sts_protocols.record.numbers import check_total, fold
from sts_protocols.sample import SENSOR_NAME

# No frame of a sensor or line of a timer is longer; documents have a kind of their own.
MAX_FRAME_BYTES = 4_096

_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,39}")


class RawFrame(NamedTuple):
    """One frame, and when it came (boot time, µs)."""

    boot_us: int
    frame: bytes


class RawFrames(NamedTuple):
    """Frames of one sensor in the order in which they came. kind: what decodes them."""

    sensor: str
    kind: str
    frames: Sequence[RawFrame]


class _Told(msgspec.Struct, array_like=True):
    sensor: str
    kind: str
    times: list[int]
    frames: list[bytes]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Told])


def encode_raw(*told: RawFrames) -> bytes:
    """The compressed body of these frames. Raises RecordError for what no reader would accept."""
    parts = [
        _Told(one.sensor, one.kind, fold([f.boot_us for f in one.frames]), [f.frame for f in one.frames])
        for one in told
    ]
    _check(parts)
    return pack(_encoder.encode(parts))


def decode_raw(body: bytes) -> list[RawFrames]:
    """Raises RecordError."""
    parts = unpack_as(_decoder, body)
    _check(parts)
    return [
        RawFrames(
            part.sensor,
            part.kind,
            [RawFrame(*one) for one in zip(accumulate(part.times), part.frames, strict=True)],
        )
        for part in parts
    ]


def _check(parts: list[_Told]) -> None:
    check_total(sum(len(part.frames) for part in parts))
    for part in parts:
        if not SENSOR_NAME.fullmatch(part.sensor) or not _KIND.fullmatch(part.kind):
            raise wrong("raw frames need a sensor's name and a kind")
        if not part.frames or len(part.times) != len(part.frames):
            raise wrong("raw frames need a time each")
        if any(len(frame) > MAX_FRAME_BYTES for frame in part.frames):
            raise wrong("a raw frame is too long")
        if not all(0 <= at_us <= MAX_TIME_US for at_us in accumulate(part.times)):
            raise wrong("a time of a raw frame is out of range")
