"""Shapes of the audit."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Shown


class Entry(Shown):
    """One act about an athlete: who did what, and when. What is only read counts once in a minute."""

    at: datetime
    account_id: UUID
    name: str | None = Field(description="Of the account; null when it is gone.")
    role: str | None
    club: str | None = Field(description="The club of the account.")
    act: str = Field(description="The operation of this API.", examples=["get_samples"])
    things: str = Field(description="The ids of what it was about, as name=id.")


class ClubEntry(Entry):
    """One act of somebody of the club, and whom it was about."""

    athlete_id: UUID | None = Field(description="Null for what was about no single athlete.")
    athlete: str | None = Field(description="The athlete's name; null for one of another club, or erased.")
