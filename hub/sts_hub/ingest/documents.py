"""Parts of documents: kept as they came, and the document is whole when its bytes are all there and hash right.

All of it happens in the transaction that enters the records into the ledger. The row of a document is locked
from its first part in that transaction to the commit, so of two workers that bring the last two parts, the
second sees the first one's.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_hub.db.times import timestamp
from sts_protocols.record import DocumentPart, decode_document_part, read
from sts_protocols.record.document import joined

PAGE = 20
"""Parts read at a time: 1 MB, which hashes in a few milliseconds."""

_QUERIES = queries.load("sts_hub.ingest")


class PartLine(NamedTuple):
    """A part, the record that it came in, and its wall time."""

    gateway: str
    epoch: bytes
    seq: int
    t_us: int
    part: DocumentPart
    raw: bytes

    @property
    def document(self) -> tuple[str, str, bytes, int]:
        """What makes it a part of the same document."""
        return self.gateway, self.part.source, self.part.sha256, self.part.size


class Spoilt(NamedTuple):
    """A document whose bytes are all there and are not what its hash says."""

    id: int
    gateway: str
    detail: str


async def take_in(connection: Connection, lines: Sequence[PartLine]) -> list[Spoilt]:
    """Keep these parts; what they make whole is whole. Returns the documents to be parked."""
    documents: defaultdict[tuple[str, str, bytes, int], list[PartLine]] = defaultdict(list)
    for line in lines:
        documents[line.document].append(line)
    spoilt = [await _take_in_one(connection, documents[key]) for key in sorted(documents)]
    return [one for one in spoilt if one is not None]


async def park(connection: Connection, spoilt: Spoilt) -> int:
    """Park all records of a spoilt document, which the ledger has; returns how many."""
    parked: int = await connection.fetchval(_QUERIES.park_document, spoilt.id, spoilt.detail)
    return parked


async def _take_in_one(connection: Connection, lines: list[PartLine]) -> Spoilt | None:
    part, size = lines[0].part, lines[0].part.size
    told = sorted(line.t_us for line in lines)
    row = await connection.fetchrow(
        _QUERIES.hold_document,
        *lines[0].document,
        part.name,
        part.form,
        timestamp(told[0]),
        timestamp(told[-1]),
        sum(len(line.part.data) for line in lines),
    )
    assert row is not None, "INSERT ... DO UPDATE RETURNING has a row"
    if row["whole_at"] is not None:
        await connection.execute(_QUERIES.await_results, row["id"])
        return None
    await connection.executemany(_QUERIES.add_part, [_row(row["id"], line) for line in lines])
    if row["held"] < size:
        return None
    return await _judge(connection, row["id"], lines[0])


def _row(document: int, line: PartLine) -> tuple[object, ...]:
    return document, UUID(bytes=line.epoch), line.seq, line.part.offset, len(line.part.data), line.raw


async def _judge(connection: Connection, document: int, line: PartLine) -> Spoilt | None:
    found, length = hashlib.sha256(), 0
    async for piece in content(connection, document):
        found.update(piece)
        length += len(piece)
    if length < line.part.size:
        return None  # some parts came twice, and others are missing
    if found.digest() != line.part.sha256:
        detail = (
            f"The bytes of {line.part.name} are all there and do not have the hash {line.part.sha256.hex()}."
        )
        return Spoilt(document, line.gateway, detail)
    await connection.execute(_QUERIES.drop_doubles, document)
    await connection.execute(_QUERIES.whole_document, document)
    await connection.execute(_QUERIES.await_results, document)
    return None


async def content(connection: Connection, document: int) -> AsyncIterator[bytes]:
    """Yield the document's bytes in order, up to the first that is missing."""
    position = before = 0
    while rows := await connection.fetch(_QUERIES.parts_from, document, position, PAGE):
        before = position
        for piece in joined((decode_document_part(read(row["raw"]).body) for row in rows), position):
            yield piece
            position += len(piece)
        if position == before:
            return
