"""Reading a segment back after a start: which records stand, what is damaged, where it ends.

After a bad record the next marker is sought. A whole record of this segment behind it means that something
inside the file has rotted: the bytes between are set aside. None means that the last write was torn: the file
ends here. A file is read, not mapped: a bad sector is then an error, not a dead process.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sts_protocols.errors import RecordError
from sts_protocols.record import Record, find_marker, read

from .segment import Lane, Segment

_NAME = re.compile(r"(\d{10})-(samples|waveform|raw|kept)-([0-9a-f]{16})\.seg")


class Rot(NamedTuple):
    """Bytes inside a segment that are no record, though records follow."""

    offset: int
    raw: bytes


class Placed(NamedTuple):
    """A record and where it begins in its file."""

    offset: int
    record: Record


def segment_of(path: Path) -> Segment | None:
    """Return an empty segment for a file of the log; None for any other file."""
    name = _NAME.fullmatch(path.name)
    if name is None:
        return None
    return Segment(int(name[1]), Lane(name[2]), bytes.fromhex(name[3]), path.parent)


def scan(content: bytes, segment_id: bytes) -> Iterator[Placed | Rot]:
    """Yield the records of a segment and what has rotted between them, not what is torn at its end."""
    offset = 0
    while (found := _next_record(content, offset, segment_id)) is not None:
        if found.offset > offset and content.count(0, offset, found.offset) < found.offset - offset:
            yield Rot(offset, content[offset : found.offset])
        yield found
        offset = found.offset + found.record.header.length


def _next_record(content: bytes, offset: int, segment_id: bytes) -> Placed | None:
    while offset >= 0:
        try:
            record = read(content, offset)
        except RecordError:
            pass
        else:
            if record.header.segment_id == segment_id:
                return Placed(offset, record)
        offset = find_marker(content, offset + 1)
    return None
