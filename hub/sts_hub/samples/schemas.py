"""Shapes of charts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Shown

QualityWord = Literal["ok", "no_contact", "truncated", "implausible", "no_fix", "clock_unsynced", "estimated"]


class Series(Shown):
    """One metric of the athlete, in columns of equal length; a null in `value` is a gap: draw no line across
    it.

    Each point stands for the values of one quality in one column of pixels: `value` is their mean, `low` and
    `high` their extremes, so that a peak survives however much is thinned.
    """

    metric: str
    unit: str = Field(description="UCUM code of value, low and high.", examples=["/min"])
    interval_ms: int | None = Field(description="How often a value is expected; null: no rhythm.")
    t: list[int] = Field(description="Milliseconds since 1970 UTC, rising.")
    value: list[float | None]
    low: list[float | None]
    high: list[float | None]
    quality: list[QualityWord | None]
    coverage: float | None = Field(
        description="Part (0 to 1) of the time worn that values of quality ok cover; null without a rhythm."
    )


class Chart(Shown):
    """What is known of an athlete between two times, thinned to the pixels asked for."""

    athlete_id: UUID
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    series: list[Series]
