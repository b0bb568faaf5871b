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
    gateways: list[str] = Field(
        description="Who heard this. Where several heard the same, one at a time is taken: ask for one by name to "
        "see its own reception. Empty for athletes."
    )
    activities: list[UUID] = Field(
        description="Whose files tell part of this: where sensors told less than half of what a file covers."
    )


class Chart(Shown):
    """What is known of an athlete between two times, thinned to the pixels asked for."""

    athlete_id: UUID
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    series: list[Series]


class AthleteLine(Shown):
    """The line of one athlete."""

    athlete_id: UUID
    line: Series


class TeamChart(Shown):
    """One metric of everybody of a team whom you see, thinned to the pixels asked for, by number."""

    team_id: UUID
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    athletes: list[AthleteLine]


class Stretch(Shown):
    """Beats of one strap as one gateway heard them without a break, on the gateway's clock."""

    t: list[int] = Field(description="When each beat was, milliseconds since 1970 UTC, rising.")
    error_ms: float = Field(
        description="Every beat is aligned within this, ms, beside the error of the gateway's clock."
    )
    offset_ms: float = Field(
        description="From the sum of RR intervals to the gateway's clock, ms since 1970."
    )
    drift_ppm: float = Field(description="Of the strap's clock; 0 where the stretch is too short to tell.")


class Beats(Shown):
    """An athlete's heart beats, aligned so that those of several straps can be laid side by side."""

    athlete_id: UUID
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    stretches: list[Stretch]
