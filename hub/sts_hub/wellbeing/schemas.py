"""Shapes of ratings, wellness forms and absences."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Day, Label, Notes, Shown

Reason = Literal["injury", "illness", "other"]
Training = Literal["none", "limited"]


# One scale for all questions, so that forms can be compared: 1 is the worst, 5 the best.
Feeling = Annotated[int, Field(ge=1, le=5, description="1, the worst, to 5, the best.")]


class Rating(Shown):
    """How hard an athlete found a session."""

    session_id: UUID
    athlete_id: UUID
    rating: float = Field(description="Borg's CR-10: 0, nothing at all, to 10, maximal.")
    rated_at: datetime


class NewRating(Body):
    """How hard a session was. Another one of the same session takes its place."""

    session_id: UUID
    rating: float = Field(ge=0, le=10, allow_inf_nan=False, description="Borg's CR-10.")


class Wellness(Shown):
    """How an athlete woke up on a day; null is what was not answered."""

    id: UUID
    athlete_id: UUID
    day: date
    sleep_h: float | None = Field(description="Sleep, h.")
    sleep: Feeling | None = Field(description="How well.")
    fatigue: Feeling | None = Field(description="5: fresh.")
    soreness: Feeling | None = Field(description="5: nothing hurts.")
    stress: Feeling | None = Field(description="5: relaxed.")
    mood: Feeling | None
    notes: str
    said_at: datetime


class NewWellness(Body):
    """The form of a day. Another one of the same day takes its place."""

    day: Day
    sleep_h: float | None = Field(default=None, ge=0, le=24, allow_inf_nan=False)
    sleep: Feeling | None = None
    fatigue: Feeling | None = None
    soreness: Feeling | None = None
    stress: Feeling | None = None
    mood: Feeling | None = None
    notes: Notes = ""


class Absence(Shown):
    """When and why an athlete cannot train, or not fully."""

    id: UUID
    athlete_id: UUID
    first_day: date
    last_day: date | None = Field(description="Null while it lasts.")
    reason: Reason
    training: Training
    place: str | None = Field(description="Where it hurts.")
    notes: str


class NewAbsence(Body):
    """An absence to note."""

    first_day: Day
    last_day: Day | None = None
    reason: Reason
    training: Training = "none"
    place: Label | None = None
    notes: Notes = ""


class AbsenceChange(Body):
    """What to change in an absence; what is left out stays."""

    first_day: Day | None = None
    last_day: Day | None = Field(default=None, description="null: it lasts.")
    reason: Reason | None = None
    training: Training | None = None
    place: Label | None = None
    notes: Notes | None = None
