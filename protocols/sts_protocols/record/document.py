"""The body of kind DOCUMENT: a part of a result or activity file, which is whole when its hash is right.

Parts of one document share hash, size and source; each says where its bytes belong, so that they may come in
any order, twice, and in messages of different age. What a document is called is no part of what it is.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from sts_protocols.record.compression import pack, unpack_as, wrong
from sts_protocols.sample import SENSOR_NAME

HASH_BYTES = 32

# The largest results of a championship, with photo-finish pictures, are some 20 MB; a day of 10 Hz positions
# of a squad is 40 MB. What is larger is no document but an archive.
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

# What cannot be compressed still fits into a record of 48 KB, with the longest name and zstd's own bytes.
PART_BYTES = 48_000
MAX_NAME_BYTES = 255

_FORM = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class DocumentPart(msgspec.Struct, array_like=True, frozen=True):
    """Bytes of a document from `offset` on.

    sha256 and size are of the whole. name: as the file was called, with its folders if it has any. source:
    the local name of what it came from. form: one word for what it is (result, activity, ...).
    """

    sha256: bytes
    name: str
    source: str
    form: str
    size: int
    offset: int
    data: bytes


_decoder = msgspec.msgpack.Decoder(DocumentPart)


def parts_of(
    name: str, source: str, form: str, sha256: bytes, size: int, read_bytes: Callable[[int], bytes]
) -> Iterator[DocumentPart]:
    """Yield a document's parts, each small enough for a record; `read_bytes` gives its next bytes, up to a
    number."""
    for offset in range(0, size, PART_BYTES):
        yield DocumentPart(sha256, name, source, form, size, offset, read_bytes(PART_BYTES))


def joined(parts: Iterable[DocumentPart], position: int = 0) -> Iterator[bytes]:
    """Yield a document's bytes from `position` on, up to the first that is missing.

    The parts come in the order of their offsets; they may overlap, and come twice.
    """
    for part in parts:
        if part.offset > position:
            return
        fresh = part.data[position - part.offset :]
        if fresh:
            yield fresh
        position += len(fresh)


def encode_document_part(part: DocumentPart) -> bytes:
    """The compressed body of a part. Raises RecordError for one that no reader would accept."""
    return pack(msgspec.msgpack.encode(_checked(part)))


def decode_document_part(body: bytes) -> DocumentPart:
    """Raises RecordError."""
    return _checked(unpack_as(_decoder, body))


def _checked(part: DocumentPart) -> DocumentPart:
    if len(part.sha256) != HASH_BYTES:
        raise wrong(f"the hash of a document has {HASH_BYTES} bytes")
    if not part.name.isprintable() or not 0 < len(part.name.encode()) <= MAX_NAME_BYTES:
        raise wrong(f"the name of a document has 1 to {MAX_NAME_BYTES} bytes, all of them printable")
    if not SENSOR_NAME.fullmatch(part.source) or not _FORM.fullmatch(part.form):
        raise wrong("a document needs the local name of its source, and its form in one word")
    if not 0 < part.size <= MAX_DOCUMENT_BYTES:
        raise wrong(f"a document has 1 to {MAX_DOCUMENT_BYTES} bytes")
    if not part.data or not 0 <= part.offset <= part.size - len(part.data):
        raise wrong("a part of a document is empty or lies outside it")
    return part
