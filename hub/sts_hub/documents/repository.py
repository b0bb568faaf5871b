"""Documents in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession
from sts_hub.policy import Kind, Thing

SQL = queries.load("sts_hub.documents")


@dataclass(frozen=True, slots=True)
class Content:
    """What is needed to hand out a document's bytes."""

    id: int
    club_id: UUID
    name: str
    sha256: bytes
    size: int

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.DOCUMENT, self.club_id)


@dataclass(frozen=True, slots=True)
class DocumentRow(Content):
    """A document as stored, and which version of its name it is."""

    gateway: str
    source: str
    form: str
    first_told: datetime
    last_told: datetime
    version: int
    in_force: bool


async def page(
    session: ReadSession,
    gateway: str | None,
    source: str | None,
    name: str | None,
    behind: int | None,
    limit: int,
) -> list[DocumentRow]:
    """Up to `limit` + 1 whole documents, newest first."""
    rows = await session.rows(SQL.page, gateway, source, name, behind, limit + 1)
    return [DocumentRow(**row) for row in rows]


async def by_id(session: ReadSession, document_id: int) -> Content | None:
    """The document, or None."""
    row = await session.row(SQL.by_id, document_id)
    return Content(**row) if row else None


async def of_club(session: ReadSession, club_id: UUID) -> list[Content]:
    """The whole documents of a club of which nobody has said whose they are."""
    return [Content(**row) for row in await session.rows(SQL.of_club, club_id)]


async def records_from(session: ReadSession, document_id: int, position: int, limit: int) -> list[bytes]:
    """Up to `limit` records that hold bytes of the document from `position` on, in order."""
    return [row["raw"] for row in await session.rows(SQL.parts_from, document_id, position, limit)]
