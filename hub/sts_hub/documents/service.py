"""Rules of documents: every version stays, and the bytes are handed out as they were picked up."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from sts_hub.documents import repository
from sts_hub.documents.repository import Content, DocumentRow
from sts_hub.documents.schemas import Document
from sts_hub.kit.database import Database, ReadSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, guard, may, missing
from sts_protocols.record import decode_document_part, read
from sts_protocols.record.document import joined

# Read at a time: 1 MB, so that a download of 64 MB neither fills the memory nor holds a connection for long.
PARTS_AT_A_TIME: Final = 20


async def listed(
    session: ReadSession, caller: Caller, cut: Cut, gateway: str | None, source: str | None, name: str | None
) -> Page[Document]:
    """The documents that the caller sees, newest first."""
    rows = await repository.page(session, gateway, source, name, cut.after(int)[0], cut.limit)
    return cut.page(
        rows, key=lambda row: (row.id,), item=shown, keep=lambda row: may(caller, Act.SEE, row.thing)
    )


async def one(session: ReadSession, caller: Caller, document_id: int) -> Content:
    """A document that the caller may see; raises NotFound."""
    found = await repository.by_id(session, document_id)
    if found is None:
        raise missing(Kind.DOCUMENT)
    guard(caller, Act.SEE, found.thing)
    return found


async def content(database: Database, caller: Caller, document: Content) -> AsyncIterator[bytes]:
    """Yield its bytes in order; each piece is read in a short transaction of its own."""

    async def records_from(position: int) -> list[bytes]:
        async with database.reading(caller) as session:
            return await repository.records_from(session, document.id, position, PARTS_AT_A_TIME)

    told = 0
    async for piece in _pieces(document, records_from):
        yield piece
        told += len(piece)
    if told < document.size:
        raise RuntimeError(f"Document {document.id} ends after {told} of {document.size} bytes.")


async def of_club(session: ReadSession, club_id: UUID) -> AsyncIterator[tuple[int, bytes]]:
    """Yield id and bytes of each whole document of a club of which nobody has said whose it is, as far as the session sees
    them."""
    for document in await repository.of_club(session, club_id):
        records_from = partial(repository.records_from, session, document.id, limit=PARTS_AT_A_TIME)
        yield document.id, b"".join([piece async for piece in _pieces(document, records_from)])


async def _pieces(
    document: Content, records_from: Callable[[int], Awaitable[list[bytes]]]
) -> AsyncIterator[bytes]:
    """Its bytes in order, as far as they are there; `records_from` reads some records from a position on."""
    position = 0
    while position < document.size:
        records = await records_from(position)
        before = position
        for piece in joined((decode_document_part(read(record).body) for record in records), position):
            yield piece
            position += len(piece)
        if position == before:
            return


def shown(row: DocumentRow) -> Document:
    """The document as the API tells it."""
    return Document(
        id=row.id,
        gateway=row.gateway,
        source=row.source,
        name=row.name,
        form=row.form,
        sha256=row.sha256.hex(),
        size=row.size,
        version=row.version,
        in_force=row.in_force,
        first_told=row.first_told,
        last_told=row.last_told,
    )
