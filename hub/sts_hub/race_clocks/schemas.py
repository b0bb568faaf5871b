"""Shapes of clocks of competitions, and of heart rates split by split."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.impulses.schemas import ImpulseId
from sts_hub.kit.shapes import Body, Moment, Shown
from sts_protocols.routing import GATEWAY_NAME

ClockName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_-]{0,39}$",
        description="`main`, or the format of the files whose times it tells: lif, lenex, ...",
    ),
]
# A day off is a wrong date, which is put right in the competition.
_DAY_MS = 86_400_000


class RaceClock(Shown):
    """How far a clock of a competition is off, against the gateways."""

    name: str
    offset_ms: float = Field(description="To be added to what it shows.")
    error_ms: float = Field(description="The offset is right within this.")
    how: Literal["hand", "impulse"]
    set_by: str
    set_at: Moment


class SyncImpulse(ImpulseId):
    """An impulse that the clock and a gateway's timer got together."""

    gateway: Annotated[str, Field(pattern=f"^{GATEWAY_NAME.pattern}$")]
    shown: Moment = Field(description="What the clock showed at that impulse.")


class NewRaceClock(Body):
    """How far a clock is off: by hand, or by a sync impulse."""

    name: ClockName = "main"
    offset_ms: Annotated[float, Field(ge=-_DAY_MS, le=_DAY_MS)] | None = None
    error_ms: Annotated[float, Field(ge=0, le=_DAY_MS)] | None = None
    impulse: SyncImpulse | None = None


Reason = Literal["", "no_athlete", "no_start", "no_splits", "no_clock", "clock_uncertain"]


class SplitRate(Shown):
    """Heart rate over one part of a race."""

    at: str
    distance_m: float | None
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    mean: float | None = Field(description="/min, each value weighted by how long it holds.")
    low: float | None
    high: float | None
    coverage: float = Field(description="How much of the part has values that are right, 0 to 1.")


class LegRates(Shown):
    """One leg of a relay, joined with the heart rate of whoever went it, from one take-over to the next."""

    number: int | None
    athlete_id: UUID | None
    take_over_ms: float | None = Field(
        description="Reaction at the take-over, as the source tells it; negative: too early."
    )
    reason: Reason
    splits: list[SplitRate]


class SplitRates(Shown):
    """A result joined with heart rate, worked out from what both sides say now."""

    fact_id: int
    version: int = Field(description="Of the result that it is worked out from.")
    athlete_id: UUID | None
    clock: RaceClock | None = Field(description="The clock that the splits were told by.")
    reason: Reason = Field(description="Why there are no rates; empty if there are.")
    splits: list[SplitRate]
    legs: list[LegRates] = Field(description="Of a relay; then the result itself has no splits here.")
