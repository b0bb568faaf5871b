"""Shapes of worn sensors."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from sts_hub.assignments.schemas import SensorId
from sts_hub.kit.shapes import Body, Moment, Shown


class Wearer(Shown):
    """Who wears a sensor now, as little of it as whoever looks after straps needs."""

    sensor_id: int
    athlete_id: UUID
    number: int | None = Field(description="Jersey.")
    initials: str
    since: datetime


class Wearers(Shown):
    """Who wears which sensor now, by number."""

    items: list[Wearer]


class MetricHeard(Shown):
    """What one gateway told of one metric of a sensor."""

    gateway: str
    metric: str
    unit: str
    heard: int = Field(description="Values stored since then.")
    good: int = Field(description="How many of them are of quality ok.")
    expected: int | None = Field(description="How many there should be; null for one without a rhythm.")
    last_at: datetime
    value: float | None = Field(
        description="The last one; null where the sensor is worn by somebody whose values are not yours to see."
    )


class SensorHeard(Shown):
    """What came of a sensor since a time; nothing: no gateway hears it, or it is not stored yet."""

    sensor_id: int
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    metrics: list[MetricHeard]


class Replacement(Body):
    """Another sensor in the place of this one."""

    by: SensorId = Field(description="The sensor that takes its place; of the same kind.")
    since: Moment | None = Field(default=None, alias="from", description="From when; now when left out.")


class Replaced(Shown):
    """Who wore the one wears the other."""

    sensor_id: int
    by: int
    since: datetime = Field(serialization_alias="from")
