"""The outside of every body: one zstd frame of level 3 that tells its content size, msgpack inside."""

import threading
from typing import TypeVar

import msgspec
import zstandard

from sts_protocols.errors import RecordError

LEVEL = 3

# The largest body of 48 KB holds some 40,000 values at 1.2 bytes; unpacked they take 2 to 9 bytes each.
# 1 MiB lets all of them through and bounds what a hostile frame can make us allocate.
MAX_UNPACKED_BYTES = 1024 * 1024


class _Codec(threading.local):
    """zstd contexts are not to be shared between threads, and cost too much to make for each record."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True)
        self.decompressor = zstandard.ZstdDecompressor()


_codec = _Codec()
_Content = TypeVar("_Content")


def wrong(sentence: str) -> RecordError:
    """A body that was sealed whole (its CRC is right) and still is not what the format says."""
    return RecordError("body", f"The body is not what its format says: {sentence}")


def pack(plain: bytes) -> bytes:
    """Compresses. Raises RecordError for more than any reader would unpack."""
    if len(plain) > MAX_UNPACKED_BYTES:
        raise RecordError(
            "size", f"{len(plain)} bytes before compression are over the limit: close the record sooner"
        )
    return _codec.compressor.compress(plain)


def unpack(body: bytes) -> bytes:
    """Decompresses one frame, nothing behind it. Allocates what the frame says only after checking that it
    is small.

    Raises RecordError.
    """
    try:
        size = zstandard.frame_content_size(body)
        if not 0 <= size <= MAX_UNPACKED_BYTES:
            raise RecordError("size", f"The body claims {size} bytes unpacked, over the limit or not told")
        return _codec.decompressor.decompress(
            body, max_output_size=MAX_UNPACKED_BYTES, allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise RecordError("body", f"The body is no zstd frame: {error}") from None


def unpack_as(decoder: "msgspec.msgpack.Decoder[_Content]", body: bytes) -> _Content:
    """What is in a body, if it has the shape that the decoder expects. Raises RecordError."""
    try:
        return decoder.decode(unpack(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise wrong(str(error)) from None
