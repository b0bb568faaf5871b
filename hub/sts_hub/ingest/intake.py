"""From the bytes of a message to its records, decoded. No I/O, and nothing in the bytes makes it raise.

The unit of failure is the record: one that cannot be read is told as `Unusable`, with its bytes and, where
its CRC was right, its identity; its neighbours are read as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from sts_protocols.columns import SampleColumns, decode_samples, decode_waveform
from sts_protocols.errors import ProtocolError
from sts_protocols.record import (
    Anchor,
    Damaged,
    Drop,
    Header,
    Kind,
    Log,
    Record,
    decode_anchor,
    decode_drop,
    decode_log,
    split,
)
from sts_protocols.routing import Lane

Content: TypeAlias = SampleColumns | Drop | Anchor | Log

MAX_SEQ = 2**63 - 2
"""The ledger's ranges end one behind the last number, and both are 64-bit signed."""

_READERS: dict[int, Callable[[bytes], Content]] = {
    Kind.SAMPLES: decode_samples,
    Kind.WAVEFORM: decode_waveform,
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
    for piece in split(body):
        read = _damaged(gateway, piece) if isinstance(piece, Damaged) else _read(gateway, lane, piece)
        if isinstance(read, Entry):
            message.entries.append(read)
        else:
            message.unusable.append(read)
    return message


def unusable(entry: Entry, reason: str, detail: str) -> Unusable:
    """The same record as one that cannot be stored."""
    return Unusable(entry.gateway, entry.identity, reason, detail, entry.raw)


def _read(gateway: str, lane: Lane | None, record: Record) -> Entry | Unusable:
    header = record.header
    reader = _READERS.get(header.kind)
    if header.seq > MAX_SEQ:
        return Unusable(gateway, None, "header", "Its number is too large for the ledger.", record.raw)
    identity = (header.epoch, header.seq)
    if reader is None:
        detail = f"Records of kind {header.kind} are not known to this version."
        return Unusable(gateway, identity, "kind", detail, record.raw)
    try:
        return Entry(gateway, lane, header, record.raw, reader(record.body))
    except ProtocolError as error:
        return Unusable(gateway, identity, "body", str(error), record.raw)
    except Exception as error:  # our own mistake must cost one record, not the worker
        return Unusable(gateway, identity, "body", f"The reader failed: {error!r}", record.raw)


def _damaged(gateway: str, piece: Damaged) -> Unusable:
    """A wrong CRC leaves no identity: the record stays wanted, and the gateway will send a whole one."""
    header = piece.header
    identity = None if header is None or not 0 <= header.seq <= MAX_SEQ else (header.epoch, header.seq)
    return Unusable(gateway, identity, piece.error.reason, str(piece.error), piece.raw)
