"""A closed segment's index, stored beside it, so that a start need not read every record again.

With it a start on a full buffer reads some kilobytes for each segment instead of 100 MB from a slow card. It is only
believed if its own check sum holds and the file is as long as it was; otherwise the segment is scanned. What has
rotted inside the file since is found when the record is read to be sent.
"""

import zlib
from array import array
from contextlib import suppress
from operator import lt
from pathlib import Path

import msgspec
import zstandard

from .segment import Segment

VERSION = 1
LEVEL = 1  # sizes and steps: level 3 saves no byte more
CRC_BYTES = 4
# 256 MB of the smallest records, 18 bytes for each: more is not an index of ours.
MOST_BYTES = 64 << 20


class Index(msgspec.Struct, array_like=True):
    """What stands in the file, in the byte order of this machine."""

    version: int
    segment_id: bytes
    file_bytes: int
    epoch: bytes
    seqs: bytes
    offsets: bytes
    sizes: bytes
    kinds: bytes
    known: bytes


_decoder = msgspec.msgpack.Decoder(Index)


def index_path(segment_file: Path) -> Path:
    """Return where the index of a segment lies."""
    return segment_file.with_suffix(".idx")


def store_index(segment: Segment, file_bytes: int) -> None:
    """Write a closed segment's index; without room there is none, and a start scans."""
    plain = msgspec.msgpack.encode(Index(VERSION, segment.id, file_bytes, segment.epoch, *segment.columns()))
    content = zstandard.ZstdCompressor(level=LEVEL).compress(plain)
    path = index_path(segment.path)
    try:
        path.write_bytes(content + zlib.crc32(content).to_bytes(CRC_BYTES, "little"))
    except OSError:
        with suppress(OSError):
            path.unlink()


def load_index(segment: Segment, file_bytes: int) -> bool:
    """Fill an empty segment from its index; returns False when there is none that can be believed."""
    index = _read(index_path(segment.path))
    if index is None or (index.version, index.segment_id, index.file_bytes) != (
        VERSION,
        segment.id,
        file_bytes,
    ):
        return False
    seqs, offsets, sizes = array("Q", index.seqs), array("I", index.offsets), array("I", index.sizes)
    if not seqs or not all(map(lt, seqs, seqs[1:])) or offsets[-1] + sizes[-1] > file_bytes:
        return False
    segment.restore(index.epoch, seqs, offsets, sizes, index.kinds, index.known)
    return True


def _read(path: Path) -> Index | None:
    try:
        content = path.read_bytes()
        body, crc = content[:-CRC_BYTES], content[-CRC_BYTES:]
        if zlib.crc32(body).to_bytes(CRC_BYTES, "little") != crc:
            return None
        plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=MOST_BYTES)
        return _decoder.decode(plain)
    except (OSError, zstandard.ZstdError, msgspec.MsgspecError):
        return None
