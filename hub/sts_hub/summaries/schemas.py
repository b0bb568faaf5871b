"""Shapes of summaries."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.completeness.schemas import Stretch
from sts_hub.kit.shapes import Shown

Because = Literal["borders", "parameters", "rating", "data"]


class Change(Shown):
    """What the last revision changed in a number."""

    output: str
    before: Any
    after: Any
    percent: float | None = Field(description="By how much; null where it is no number or was 0.")


class Number(Shown):
    """A result with where it comes from. `sts-hub receipt ID` writes its inputs for `sts-hub compute`."""

    id: UUID
    formula: str
    version: int
    variant: str
    values: dict[str, Any] = Field(description="By the names of the formula's outputs; null with a reason.")
    units: dict[str, str] = Field(description="UCUM.")
    coverage_percent: float | None = Field(description="Share of the time in which values counted.")
    reason: str | None = Field(description="Why there is no number.")
    estimate: bool
    parameters: dict[str, float | str] = Field(description="Of the athlete, in force on that day.")
    settings: dict[str, Any]
    revision: int = Field(description="The revision of the summary that last changed it.")
    changes: list[Change] = Field(description="What that revision changed; empty for the first.")


class PhaseSummary(Shown):
    """The numbers of one athlete in one phase."""

    phase_id: UUID
    name: str
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    numbers: list[Number] = Field(description="Of what was measured in it, as for the whole session.")


class AthleteSummary(Shown):
    """The numbers of one athlete."""

    athlete_id: UUID
    revision: int
    computed_at: datetime
    because: list[Because] = Field(description="What had changed when the last revision was made.")
    revised: str | None = Field(
        description="The last revision in words, by the training impulse or else the first number that it changed.",
        examples=["revised +2 %"],
    )
    complete: bool | None = Field(
        description="Whether all that was recorded of what was worn is here; null where nothing was worn. A sensor's "
        "own silence is told and does not count against it."
    )
    complete_at: datetime | None = Field(description="Since when.")
    stretches: list[Stretch] = Field(description="The words of completeness, of all that was worn together.")
    numbers: list[Number] = Field(description="Of the whole session.")
    phases: list[PhaseSummary] = Field(description="The phases in which the athlete was, in time.")


class SessionSummary(Shown):
    """The numbers of a session that has ended, for each athlete whom you see."""

    session_id: UUID
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    complete: bool | None = Field(description="Of all athletes below who wore something.")
    complete_at: datetime | None = Field(description="The stamp: since when the session is complete.")
    athletes: list[AthleteSummary]
