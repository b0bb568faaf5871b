"""The shape of an impulse."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from sts_hub.kit.shapes import Body, Label, Shown


class Impulse(Shown):
    """One line of a timer that tells a time. Epoch, seq and place say which it is, for good."""

    epoch: UUID
    seq: int
    place: int
    timer: str = Field(description="The gateway's own name for the timer.")
    ticks: int | None = Field(
        description="The timer's own time in 1/10,000 s, truncated: a time of day, or a duration on RT and TT."
    )
    channel: str
    bib: str | None = Field(description="Number or tag; null if the timer had no valid one.")
    marks: list[str] = Field(description="manual, unassigned, deleted and others, as the timer told them.")
    deleted: bool = Field(description="A later line of the timer has taken it back; it is kept.")
    line: str = Field(description="The line as it came, each byte a character (ISO 8859-1).")
    arrived: datetime = Field(description="When its line reached the gateway.")
    clock_error_us: int | None = Field(description="The gateway's clock was right within this, µs.")
    moment: datetime | None = Field(
        description="When it was, mapped from the timer's clock; null if it cannot be told."
    )
    moment_error_us: int | None = Field(
        description="The moment is right within this beside the gateway's clock, µs."
    )

    assigned_bib: str | None = Field(description="Whose bib a person said it is; what the timer told stays.")
    athlete_id: UUID | None = Field(description="Which own athlete, if it is one whom you see.")
    assigned_by: str | None = Field(description="Null: nobody has said whose it is.")
    assigned_at: datetime | None

    @field_validator("line", mode="before")
    @classmethod
    def _text(cls, line: bytes | str) -> str:
        return line if isinstance(line, str) else line.decode("latin-1")


class ImpulseId(Body):
    """Which impulse of a gateway is meant."""

    epoch: UUID
    seq: Annotated[int, Field(ge=0, le=2**63 - 1)]
    place: Annotated[int, Field(ge=0, le=2**31 - 1)]

    @property
    def key(self) -> tuple[UUID, int, int]:
        """As the database asks for it."""
        return self.epoch, self.seq, self.place


class ImpulseAssignment(ImpulseId):
    """Whose an impulse is: a bib, an own athlete, or both; neither: nobody's any more."""

    bib: Label | None = None
    athlete_id: UUID | None = None


class ImpulseAssignments(Body):
    """Assignments that are made together or not at all."""

    assignments: Annotated[list[ImpulseAssignment], Field(max_length=200)]


class Assigned(Shown):
    """How many impulses were assigned."""

    assigned: int
