"""Shapes of overviews."""

from datetime import date
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Shown
from sts_hub.loads.schemas import Measure


class GroupMean(Shown):
    """A mean over athletes, of whom none can be made out."""

    mean: float | None = Field(description="Null where fewer than five athletes are known.")
    of: int = Field(description="Of how many athletes it is known.")


class OverviewWeek(Shown):
    """One week of a team."""

    first_day: date = Field(description="A Monday.")
    sessions: int = Field(description="Trainings, matches and tests that have ended.")
    matches: int = Field(description="How many of them were matches.")
    there: int = Field(description="Places on the rosters of its sessions that athletes of the team took.")
    places: int = Field(description="Places that there were: sessions times athletes of the team today.")
    load: GroupMean = Field(description="Sum of an athlete's week; known where that of each session is.")
    coverage_percent: GroupMean = Field(description="Share of the sessions' time with heart rates.")
    wellness: GroupMean = Field(
        description="Of the answers of the morning form: 1, the worst, to 5, the best."
    )
    absent: int | None = Field(
        description="Athletes who could not train, or not fully, on a day of it; null for a team of fewer than five."
    )


class AbsentNow(Shown):
    """How many cannot train, or not fully, by why."""

    injury: int
    illness: int
    other: int


class Overview(Shown):
    """A team over weeks, told of groups only: no number here is one athlete's."""

    team_id: UUID
    measure: Measure
    time_zone: str
    athletes: int = Field(description="Of the team today, as far as you see their values.")
    absent_now: AbsentNow | None = Field(
        description="On the last day asked for; null for a team of fewer than five."
    )
    waiting: int = Field(description="Numbers of ended sessions that are still to be worked out.")
    weeks: list[OverviewWeek]
