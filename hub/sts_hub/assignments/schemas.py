"""Shapes of assignments."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Moment, Shown

# The ids are PostgreSQL's int4.
SensorId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Assignment(Shown):
    """A sensor worn by an athlete; `to` is null while it is worn."""

    id: UUID
    sensor_id: int
    athlete_id: UUID
    since: datetime = Field(alias="from")
    until: datetime | None = Field(alias="to")


class NewAssignment(Body):
    """A sensor given to an athlete."""

    sensor_id: SensorId
    athlete_id: UUID
    since: Moment | None = Field(default=None, alias="from", description="From when; now when left out.")
    until: Moment | None = Field(default=None, alias="to", description="Until when; open when left out.")
    take_over: bool = Field(
        default=False,
        description="End a running assignment of this sensor at `from` instead of refusing with 409.",
    )


class AssignmentChange(Body):
    """A correction; what is left out stays. Another `athlete_id` says who really wore it, for the whole
    time."""

    athlete_id: UUID | None = None
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to", description="When it ended; null opens it again.")
