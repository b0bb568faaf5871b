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


class Swap(Body):
    """A strap that is now somebody's, or has been since a time: what was worn until then ends there."""

    sensor_id: SensorId
    athlete_id: UUID
    since: Moment | None = Field(default=None, alias="from", description="From when; now when left out.")
    exchange: bool = Field(
        default=False, description="Who wore the sensor gets the one that the athlete wore, of the same kind."
    )


class Pair(Body):
    """A sensor and who wears it."""

    sensor_id: SensorId
    athlete_id: UUID


class NewAssignments(Body):
    """Sensors of a squad, given out at once: all of them, or none."""

    items: Annotated[list[Pair], Field(min_length=1, max_length=100)]
    since: Moment | None = Field(default=None, alias="from", description="From when; now when left out.")
    until: Moment | None = Field(default=None, alias="to", description="Until when; open when left out.")
    take_over: bool = Field(
        default=False,
        description="End running assignments of these sensors at `from` instead of refusing with 409.",
    )


class Assignments(Shown):
    """Assignments that were made."""

    items: list[Assignment]


class Suggestion(Shown):
    """A sensor that a gateway hears now and nobody wears."""

    sensor_id: int | None = Field(description="Null for one that the club has not registered.")
    label: str | None
    address: str
    kind: str
    gateway: str = Field(description="The gateway that hears it best.")
    rssi: int | None = Field(description="Signal there, dBm.")
    athlete_id: UUID | None = Field(
        description="Who wore it last, if you see them and they wear nothing of its kind now."
    )


class Suggestions(Shown):
    """What might be worn by somebody, the strongest signal first."""

    items: list[Suggestion]
