"""Types of fields that requests and answers share, with their limits."""

from datetime import UTC, date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

# Times outside are typing errors, and near the ends of the calendar a change of time zone overflows.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _moment(value: datetime) -> datetime:
    if not EARLIEST.replace(tzinfo=None) <= value.replace(tzinfo=None) < LATEST.replace(tzinfo=None):
        raise ValueError("must lie between 2000 and 2200")
    return value.astimezone(UTC)


def sendable(value: str) -> str:
    """The text, if a database can hold it; raises ValueError for control characters and halves of a pair."""
    if any(ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise ValueError("must not contain control characters")
    return value


def printable(value: str) -> str:
    """The text, if it is a word of its own; raises ValueError."""
    sendable(value)
    if value != value.strip() or not value:
        raise ValueError("must not be empty or begin or end with a space")
    return value


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_moment),
    Field(description="RFC 3339 with an offset; answers are in UTC.", examples=["2026-11-22T18:30:00Z"]),
]


def _readable(value: str) -> str:
    sendable(value.replace("\n", ""))
    return value


def _day(value: date) -> date:
    if not EARLIEST.date() <= value < LATEST.date():
        raise ValueError("must lie between 2000 and 2200")
    return value


Day = Annotated[date, AfterValidator(_day)]


# Free words of people, in lines; a page of them.
Notes = Annotated[str, AfterValidator(_readable), Field(max_length=4000)]
Label = Annotated[str, AfterValidator(printable), Field(min_length=1, max_length=40)]
Title = Annotated[str, AfterValidator(printable), Field(min_length=1, max_length=120)]
TimeZone = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_+/-]{1,64}$",
        description="Name of the IANA time zone in which times of day stay.",
        examples=["Europe/Lisbon"],
    ),
]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,39}$")]


class Body(BaseModel):
    """What a client sends: unknown fields are refused, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid", validate_by_name=False, validate_by_alias=True)


class Shown(BaseModel):
    """What the hub answers with; made from rows by the names of its fields."""

    model_config = ConfigDict(
        from_attributes=True, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )


class ShownOnce(Shown):
    """What holds a secret that lets somebody in: it is told once, and kept nowhere."""


Item = TypeVar("Item")


class Page(Shown, Generic[Item]):
    """Part of a list; `next` is the cursor of the following part, null at the end."""

    items: list[Item]
    next: str | None = Field(default=None, description="Send as `cursor` to go on; null at the end.")
