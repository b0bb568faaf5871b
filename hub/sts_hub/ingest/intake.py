"""From the bytes of a message to its records, decoded. No I/O, and nothing in the bytes makes it raise.

The unit of failure is the record: one that cannot be read is told as `Unusable`, with its bytes and, where
its CRC was right, its identity; its neighbours are read as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias, TypeGuard

from sts_protocols.columns import SampleColumns, Share, decode_all_samples, decode_samples, decode_waveform
from sts_protocols.errors import ProtocolError
from sts_protocols.record import (
    Anchor,
    Damaged,
    DocumentPart,
    Drop,
    Header,
    Impulse,
    Kind,
    Log,
    Record,
    decode_anchor,
    decode_document_part,
    decode_drop,
    decode_impulses,
    decode_log,
    split,
)
from sts_protocols.record.header import MAX_SEQ
from sts_protocols.routing import Lane


class Impulses(NamedTuple):
    """The impulses of a record."""

    told: list[Impulse]


_Note: TypeAlias = Impulses | DocumentPart | Drop | Anchor | Log
Content: TypeAlias = Share | _Note

# Samples are read many at a time, see _samples.
_READERS: dict[int, Callable[[bytes], SampleColumns | _Note]] = {
    Kind.WAVEFORM: decode_waveform,
    Kind.IMPULSE: lambda body: Impulses(decode_impulses(body)),
    Kind.DOCUMENT: decode_document_part,
    Kind.DROP: decode_drop,
    Kind.ANCHOR: decode_anchor,
    Kind.LOG: decode_log,
}


class Entry(NamedTuple):
    """A record that could be read. `lane` is None when it does not come from a queue (a parked one,
    retried)."""

    gateway: str
    lane: Lane | None
    header: Header
    raw: bytes
    content: Content

    @property
    def identity(self) -> tuple[bytes, int]:
        """What makes it the same record, whichever way it came."""
        return self.header.epoch, self.header.seq


class Unusable(NamedTuple):
    """A piece of a message that goes to `parked`: reason is one word, detail a sentence."""

    gateway: str
    identity: tuple[bytes, int] | None
    reason: str
    detail: str
    raw: bytes


class Message(NamedTuple):
    """What a message says."""

    entries: list[Entry]
    unusable: list[Unusable]


def read_message(gateway: str, lane: Lane | None, body: bytes) -> Message:
    """Every record of a message, in order, as an entry or as unusable."""
    message = Message([], [])
    pieces = list(split(body))
    samples = iter(_samples([piece.body for piece in pieces if _is_samples(piece)]))
    for piece in pieces:
        read = _read(gateway, lane, piece, samples) if isinstance(piece, Record) else _damaged(gateway, piece)
        if isinstance(read, Entry):
            message.entries.append(read)
        else:
            message.unusable.append(read)
    return message


def _is_samples(piece: Record | Damaged) -> TypeGuard[Record]:
    return isinstance(piece, Record) and piece.header.kind == Kind.SAMPLES


def _samples(bodies: list[bytes]) -> list[Share | Exception]:
    """All bodies of samples at once: much of the cost is per call."""
    try:
        return list(decode_all_samples(bodies))
    except Exception:  # our own mistake must cost one record, not the message
        return [_one_sample(body) for body in bodies]


def _one_sample(body: bytes) -> Share | Exception:
    try:
        return Share.whole(decode_samples(body))
    except Exception as error:
        return error


def unusable(entry: Entry, reason: str, detail: str) -> Unusable:
    """The same record as one that cannot be stored."""
    return Unusable(entry.gateway, entry.identity, reason, detail, entry.raw)


def _read(
    gateway: str, lane: Lane | None, record: Record, samples: Iterator[Share | Exception]
) -> Entry | Unusable:
    """`samples` gives the content of the next record of samples."""
    header = record.header
    content = next(samples) if header.kind == Kind.SAMPLES else _content(record)
    identity = (header.epoch, header.seq)
    if content is None:
        detail = f"Records of kind {header.kind} are not known to this version."
        return Unusable(gateway, identity, "kind", detail, record.raw)
    if isinstance(content, Exception):
        return Unusable(gateway, identity, "body", _told(content), record.raw)
    return Entry(gateway, lane, header, record.raw, content)


def _content(record: Record) -> Content | Exception | None:
    """What the record says; None if this version knows no such kind."""
    reader = _READERS.get(record.header.kind)
    if reader is None:
        return None
    try:
        said = reader(record.body)
        return Share.whole(said) if isinstance(said, SampleColumns) else said
    except Exception as error:  # our own mistake must cost one record, not the worker
        return error


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, ProtocolError) else f"The reader failed: {error!r}"


def _damaged(gateway: str, piece: Damaged) -> Unusable:
    """A wrong CRC leaves no identity: the record stays wanted, and the gateway will send a whole one.

    Nor is a number an identity that the ledger cannot hold.
    """
    header = piece.header
    identity = None if header is None or not 0 <= header.seq <= MAX_SEQ else (header.epoch, header.seq)
    return Unusable(gateway, identity, piece.error.reason, str(piece.error), piece.raw)
