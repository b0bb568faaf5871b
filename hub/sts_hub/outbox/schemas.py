"""Shapes of the outbox."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Shown

State = Literal["waiting", "sent", "failed"]


class SentLetter(Shown):
    """A letter of the club, without what it says."""

    id: UUID
    what: str = Field(description="What it is about, in a word.", examples=["invitation"])
    address: str
    queued_at: datetime
    state: State = Field(
        description="waiting: it is tried until a day has gone by; failed: `reason` says why."
    )
    tries: int
    next_at: datetime = Field(description="When it is tried next, while it waits.")
    ended_at: datetime | None
    reason: str | None = Field(description="What stood in the way at the last try.")


class Delivery(Shown):
    """An event on its way to a webhook."""

    id: UUID = Field(description="The header `webhook-id`, the same at each try.")
    what: str = Field(description="The event's name.", examples=["session.ended"])
    queued_at: datetime
    state: State = Field(description="waiting: it is tried for three days; failed: `reason` says why.")
    tries: int
    next_at: datetime = Field(description="When it is tried next, while it waits.")
    ended_at: datetime | None
    reason: str | None = Field(description="What stood in the way at the last try.")
