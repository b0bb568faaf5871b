"""Shapes of parameters and of proposed maxima."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Moment, Shown
from sts_hub.parameters.catalogue import CATALOGUE, Name

Source = Literal["measured", "coach", "estimate"]
State = Literal["open", "accepted", "declined"]
Sex = Literal["female", "male"]
Formula = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{2,39}$",
        description="The formula of an estimate, by name and year.",
        examples=["tanaka_2001"],
    ),
]
_UNITS = "; ".join(f"{name}: {known.meaning[:-1]}, {known.unit}" for name, known in CATALOGUE.items())


class Parameter(Shown):
    """A value of an athlete that formulas use, from a time on until the next one of its name."""

    id: UUID
    athlete_id: UUID
    name: Name = Field(description=f"{_UNITS}.")
    value: float | Sex
    unit: str = Field(description="UCUM.")
    since: Moment = Field(alias="from", description="From when it holds.")
    source: Source = Field(description="Measured in a test, said by a coach, or an estimate by `formula`.")
    formula: Formula | None = Field(description="Only of an estimate.")
    entered_at: datetime


class NewParameter(Body):
    """A value to enter. An estimate always names its formula."""

    name: Name
    value: Annotated[float, Field(allow_inf_nan=False)] | Sex = Field(description=f"{_UNITS}.")
    source: Source
    formula: Formula | None = None
    since: Moment | None = Field(
        default=None, alias="from", description="From when it holds; now when left out."
    )


class Proposal(Shown):
    """A maximum above the one in force, held for 5 s or longer at quality ok; it counts once it is accepted."""

    id: UUID
    athlete_id: UUID
    name: Name
    value: float
    unit: str = Field(description="UCUM.")
    in_force: float = Field(description="The value in force when it was seen.")
    seen_at: datetime = Field(description="When it was measured.")
    state: State
