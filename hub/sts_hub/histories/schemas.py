"""Shapes of histories."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Shown

MappingName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="What the mapping is called.")
]
Heading = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
NumberName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", description="load, distance, heart_rate_mean ...")
]


class NumberColumn(Body):
    """What a column of numbers is."""

    name: NumberName
    unit: Annotated[
        str, Field(max_length=20, pattern=r"^[^\x00-\x1f]*$", description="UCUM, or as the system says.")
    ] = ""


class HistoryMapping(Body):
    """Which column of a table is what, and how dates and numbers are written in it."""

    name: MappingName
    athlete: Heading = Field(description="The column with the athlete's name, or the number.")
    date: Heading = Field(description="The column with the day; a time behind it counts.")
    duration: Heading
    start: Heading | None = Field(
        default=None, description="The column with the time of day; without one it is noon."
    )
    session: Heading | None = Field(default=None, description="The column with what the session was called.")
    rating: Heading | None = Field(default=None, description="The column with the RPE, CR-10.")
    numbers: Annotated[dict[Heading, NumberColumn], Field(max_length=20)] = Field(
        default={}, description="Further columns, by their heading."
    )
    dates: Literal["year_first", "day_first", "month_first"] = "year_first"
    decimals: Literal[".", ","] = Field(
        default=".", description="The decimal sign; a spreadsheet's numbers have none."
    )
    lasts_in: Literal["s", "min", "h", "clock"] = Field(
        default="min",
        description="How durations are written; clock: 1:30 is an hour and a half, 1:30:00 too.",
    )
    zone: Annotated[str, Field(max_length=60, description="IANA time zone of times of day.")] = "UTC"


class SavedMapping(HistoryMapping):
    """A mapping of the club."""

    saved_by: str
    saved_at: datetime


class HistoryLine(Shown):
    """A line that is refused, and why."""

    line: int = Field(description="The row, as the file counts.")
    reason: str


class History(Shown):
    """What a table says, and what comes of it: lines = add + change + same + refused."""

    lines: int
    add: int = Field(description="Athletes in sessions that are new.")
    change: int = Field(description="Those whose rating or numbers are others than before.")
    same: int
    refused: int
    sessions: int = Field(description="Sessions that are new.")
    refusals: list[HistoryLine] = Field(description="The first 200.")


class ToldNumber(Shown):
    """A number of an athlete in a session as another system told it; nothing is computed from it."""

    athlete_id: UUID
    name: str
    unit: str
    value: float
