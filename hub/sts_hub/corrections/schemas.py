"""Shapes of epochs without a place in time."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Moment, Shown, Title

# Thirty days: who knows less than that leaves it unplaced.
LARGEST_ERROR_S = 30 * 86_400


class UnplacedEpoch(Shown):
    """One start of a gateway's agent that never knew the time, with records that wait for a person."""

    epoch: UUID
    running: bool
    starts_after: datetime | None = Field(description="It began at this time or later; null: not known.")
    ends_before: datetime | None = Field(description="It ended at this time or earlier; null: not known.")
    records: int = Field(description="How many records wait.")
    waits_since: datetime = Field(description="When the first of them came here.")


class Placement(Body):
    """When an epoch was, for good: correct it later with a correction."""

    epoch: UUID
    first_at: Moment
    error_s: Annotated[
        float, Field(ge=0, le=LARGEST_ERROR_S, description="How far off `first_at` may be, s.")
    ] = 60
    reason: Title


class Placed(Shown):
    """An epoch that has its place; its records are stored by the workers within a minute."""

    epoch: UUID
    first_at: datetime = Field(description="When its first waiting record began.")
    error_s: float
    records: int
