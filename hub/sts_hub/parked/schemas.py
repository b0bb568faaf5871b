"""Shapes of parked records."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Shown, Title

# The ids are PostgreSQL's int8; JavaScript keeps 53 bits of one.
_Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
# As many as one page of the list has.
Ids = Annotated[list[_Id], Field(min_length=1, max_length=500)]


class ParkedRecord(Shown):
    """A record, or a piece that is none, which could not be stored and is kept with its bytes."""

    id: int
    gateway: str
    epoch: UUID | None = Field(description="Null, like `record`, where the piece could not be read so far.")
    record: int | None = Field(description="Its number within the epoch.")
    reason: str = Field(description="Why, as one word.", examples=["unpinned"])
    detail: str = Field(description="Why, as a sentence.")
    bytes: int
    parked_at: datetime
    tried_at: datetime | None = Field(description="When it was last tried again, without success.")
    retry_asked_at: datetime | None = Field(description="Somebody wants it tried again; the workers will.")


class ParkedGroup(Shown):
    """What is parked of one gateway for one reason."""

    gateway: str
    reason: str
    records: int
    bytes: int
    since: datetime = Field(description="When the first of them was parked.")


class ParkedGroups(Shown):
    """What is parked, in sum; nothing: all that came was stored."""

    items: list[ParkedGroup]


class Retry(Body):
    """Which parked records are to be tried again."""

    ids: Ids


class Discard(Body):
    """Which parked records are given up for good, and why."""

    ids: Ids
    reason: Title


class Handled(Shown):
    """How many records it was about."""

    records: int


class DiscardedRecord(Shown):
    """A parked record that somebody gave up; its time is told as lost."""

    id: int
    gateway: str
    epoch: UUID | None
    record: int | None
    parked_for: str = Field(description="Why it had been parked.")
    bytes: int
    parked_at: datetime
    reason: str = Field(description="Why it was given up.")
    discarded_by: str
    discarded_at: datetime
