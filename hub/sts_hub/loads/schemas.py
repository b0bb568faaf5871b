"""Shapes of loads."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Shown

Measure = Literal["edwards", "banister", "lucia", "session_rpe"]


class LoadResult(Shown):
    """What a formula of daily load says of the last day, with where it comes from."""

    formula: str
    version: int
    variant: str
    values: dict[str, Any] = Field(description="By the names of the formula's outputs; null with a reason.")
    units: dict[str, str] = Field(description="UCUM.")
    coverage_percent: float | None = Field(description="Share of the days whose load is known.")
    reason: str | None = Field(description="Why there is no number.")
    settings: dict[str, Any]


class AthleteLoads(Shown):
    """One athlete's days, in columns of equal length with `days`."""

    athlete_id: UUID
    load: list[float | None] = Field(
        description="0: a day of rest; null: it had a session whose load is not known."
    )
    chronic: list[float] = Field(description="Exponential mean over 42 days, after the day.")
    acute: list[float] = Field(description="Exponential mean over 7 days, after the day.")
    results: list[LoadResult] = Field(
        description="Of the last day. `sts-hub compute` gives the same from `load` of the days that each takes."
    )
    waiting: int = Field(description="Sessions whose numbers are still to be worked out.")


class Loads(Shown):
    """Loads of several athletes over the same days. They describe what was trained, and foretell nothing."""

    measure: Measure
    time_zone: str
    days: list[date]
    athletes: list[AthleteLoads]
