"""Shapes of rosters before and after they are stored."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.athletes.schemas import BirthDate, Contact, Number
from sts_hub.kit.shapes import Body, Shown, Title

Act = Literal["add", "change", "same", "refused"]
MAX_PEOPLE = 1_000


class RosterLine(Shown):
    """What a row of the list says, and what would come of it."""

    line: int = Field(description="The row, as the list counts.")
    act: Act
    athlete_id: UUID | None = Field(description="Whom it is about, where the team has the athlete.")
    name: str
    number: int | None
    birth_date: BirthDate | None
    contact: str | None
    changes: list[str] = Field(description="What would change, in words.")
    reason: str | None = Field(description="Why the row cannot be taken.")


class RosterPreview(Shown):
    """What a list would change in a team; nothing is stored."""

    lines: list[RosterLine]
    add: int
    change: int
    same: int
    refused: int


class Person(Body):
    """Somebody of the list, as looked at (and perhaps put right) by a person."""

    athlete_id: UUID | None = Field(
        default=None, description="The athlete to change; a new one when left out."
    )
    name: Title
    number: Number | None = None
    birth_date: BirthDate | None = None
    contact: Contact | None = None


class Roster(Body):
    """The people to add and to change; whoever is not named stays as they are."""

    people: Annotated[list[Person], Field(min_length=1, max_length=MAX_PEOPLE)]


class Stored(Shown):
    """What became of a roster: all of it, or nothing."""

    added: int
    changed: int
    same: int
