"""Consent texts in the database."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sts_hub.consent_texts.schemas import NewConsentText
from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.consent_texts")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A version of a text as stored."""

    id: UUID
    club_id: UUID
    purpose: str
    version: str
    texts: str
    older_end_at: datetime | None
    published_at: datetime

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.CONSENT_TEXT, self.club_id)


class Held(NamedTuple):
    """A consent to an older version, and when it would end."""

    id: UUID
    athlete_id: UUID
    ends_at: datetime


async def page(
    session: ReadSession, club_id: UUID, purpose: str | None, after: tuple[Any, ...], limit: int
) -> list[TextRow]:
    """Up to `limit` + 1 versions behind the (published_at, id) given, the newest first."""
    return [TextRow(**row) for row in await session.rows(_SQL.page, club_id, purpose, *after, limit + 1)]


async def add(session: WriteSession, club_id: UUID, new: NewConsentText, published_by: UUID) -> TextRow:
    """Add a version."""
    texts = json.dumps(new.texts)
    row = await session.one(
        _SQL.add, club_id, new.purpose, new.version, texts, new.older_end_at, published_by
    )
    return TextRow(**row)


async def held_longer(
    session: ReadSession, club_id: UUID, purpose: str, version: str, at: datetime
) -> list[Held]:
    """Consents to other versions of the purpose that would hold beyond that time."""
    return [Held(**row) for row in await session.rows(_SQL.held_longer, club_id, purpose, version, at)]
