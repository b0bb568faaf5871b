"""Shapes of grants."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Moment, Shown

# More than anything that is worn measures.
MOST_METRICS = 50

Metrics = Annotated[
    list[Annotated[str, Field(max_length=40)]],
    Field(min_length=1, max_length=MOST_METRICS, description="Names of metrics.", examples=[["heart_rate"]]),
]
_SINCE = "Only what was measured from then on; now when left out."
_UNTIL = "Only what was measured before; null: whatever is measured."
_ENDS = "From then on nothing of it is seen any more; null: until it is revoked."


class NewGrant(Body):
    """To whom something is given, and what: to a club or to a trainer, whose id each finds under GET /me."""

    club_id: UUID | None = Field(default=None, description="For its admins, directors and coaches.")
    account_id: UUID | None = Field(
        default=None, description="A trainer's, of whatever club: for nobody else."
    )
    metrics: Metrics
    since: Moment | None = Field(default=None, alias="from", description=_SINCE)
    until: Moment | None = Field(default=None, alias="to", description=_UNTIL)
    ends_at: Moment | None = Field(default=None, description=_ENDS)


class GrantChange(Body):
    """The end of a grant."""

    ends_at: Moment | None = Field(default=None, description="Now when left out. A grant is not made longer.")


class Given(Shown):
    """What a grant gives."""

    id: UUID
    athlete_id: UUID
    metrics: list[str]
    since: Moment = Field(serialization_alias="from", description="Only what was measured from then on.")
    until: Moment | None = Field(serialization_alias="to", description=_UNTIL)
    ends_at: Moment | None = Field(
        description=f"{_ENDS} What a guardian gave ends when the athlete is of age."
    )


class Grant(Given):
    """What an athlete lets somebody read."""

    club_id: UUID
    club: str = Field(description="To which club it is given, or of which the trainer is.")
    account_id: UUID | None = Field(description="The trainer to whom alone it is given; null: to the club.")
    trainer: str | None = Field(description="The trainer's name.")
    given_by: Literal["athlete", "guardian"]
    given_at: Moment


class Shared(Given):
    """What you are given of an athlete of another team or club."""

    athlete: str = Field(description="The name.")
    club: str = Field(description="The athlete's club.")
