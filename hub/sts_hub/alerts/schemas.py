"""Shapes of alerts and their rules."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.alerts.states import State
from sts_hub.kit.shapes import Body, Label, Moment, Shown, TimeZone, Title
from sts_hub.parameters.catalogue import Name as ParameterName
from sts_hub.sessions.schemas import SessionKind

What = Literal["body", "quality"]
Colour = Literal["yellow", "orange", "red"]
Scope = Literal["one", "share", "all"]
Told = Literal["raised", "escalated", "resolved"]
ClockTime = Annotated[
    str,
    Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Hours and minutes.", examples=["22:00"]),
]


class Condition(Body):
    """What is asked of one metric: a limit, or that nothing of worth comes."""

    metric: str = Field(
        max_length=40,
        description="GET /api/v1/metrics lists those that are measured, GET /api/v1/alert-rules/catalogue the others.",
        examples=["heart_rate"],
    )
    check: Literal["above", "below", "silent", "no_contact"] = Field(
        description="`silent`: nothing for `limit` seconds; `no_contact`: the sensor says that it is not worn.",
        examples=["above"],
    )
    limit: Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)] = Field(
        default=0, description="In the unit of the metric; with `of`, in % of that parameter.", examples=[95]
    )
    of: ParameterName | None = Field(
        default=None,
        description="Whose % the limit is: a parameter of each athlete. Who has none is not watched.",
        examples=["hr_max"],
    )


class RuleFields(Body):
    """What a rule watches for."""

    name: Title
    conditions: Annotated[list[Condition], Field(min_length=1, max_length=4)] = Field(
        description="All of them at once."
    )
    hold_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=0, description="For how long they must hold."
    )
    reset_s: Annotated[float, Field(ge=0, le=86_400)] = Field(
        default=300, description="So long after it spoke up it is quiet about the same."
    )
    times: Annotated[int, Field(ge=1, le=100)] = Field(
        default=1, description="It speaks up every so many times."
    )
    scope: Scope = Field(
        default="one", description="Of one athlete, or once a share or all of those heard are in it."
    )
    share: Annotated[float, Field(gt=0, le=1)] = Field(default=0.5, description="For the scope `share`.")
    colour: Colour = "orange"
    athlete_ids: Annotated[list[UUID], Field(max_length=100)] = Field(
        default=[], description="Only these; empty: the whole team."
    )
    tasks: Annotated[list[SessionKind], Field(max_length=3)] = Field(
        default=[],
        description="Only in a session of these kinds; empty: of any kind, and out of sessions too.",
    )
    phases: Annotated[list[Label], Field(max_length=20)] = Field(
        default=[],
        description="Only while the athlete is in a phase of such a name, however it is capitalised.",
    )
    in_play: bool = Field(
        default=False, description="Only in a session, and neither on the bench nor unavailable."
    )
    escalate_after_s: Annotated[float, Field(ge=10, le=86_400)] | None = Field(
        default=None, description="Told again, in red, when nobody has acknowledged it by then."
    )


class RuleTemplate(Shown):
    """A rule to begin with: add it to a team as it is, or changed."""

    sentence: str = Field(description="When it speaks up.")
    what: What
    rule: RuleFields


class QuantityInfo(Shown):
    """What a condition can be about beside a metric."""

    name: str
    unit: str = Field(description="UCUM.")
    sentence: str
    metric: str | None = Field(description="The metric that it is worked out from.")
    parameters: list[str] = Field(description="What must be known of the athlete.")


class Catalogue(Shown):
    """What rules can be about beside metrics, and rules to begin with."""

    quantities: list[QuantityInfo]
    templates: list[RuleTemplate]


class NewRule(RuleFields):
    """A rule to add to a team."""

    team_id: UUID


class RuleChange(Body):
    """What to change in a rule; what is left out stays."""

    rule: RuleFields | None = None
    enabled: bool | None = None


class Rule(Shown):
    """A rule of a team."""

    id: UUID
    team_id: UUID
    what: What = Field(description="`quality`: it is about sensors and links, not about a body.")
    enabled: bool
    rule: RuleFields
    made_at: datetime


class RulePreview(Body):
    """A rule to try on the past."""

    team_id: UUID
    rule: RuleFields
    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to", description="Not included; at most 6 hours after `from`.")


class WouldHaveFired(Shown):
    """One time that the rule would have spoken up."""

    athlete_id: UUID | None = Field(description="Null: the team.")
    at: datetime = Field(description="When it was measured.")
    since: datetime = Field(description="Since when it held.")
    value: float | None


class PreviewAnswer(Shown):
    """How often a rule would have spoken up."""

    count: int
    watched: int = Field(description="Athletes that it watches.")
    unwatched: list[UUID] = Field(description="Athletes without a parameter that its limits are % of.")
    fired: list[WouldHaveFired] = Field(description="The first 500, in time.")


class Alert(Shown):
    """A rule has spoken up."""

    id: UUID
    rule_id: UUID
    team_id: UUID
    athlete_id: UUID | None = Field(description="Null: the team, a gateway, or the hub.")
    gateway: str | None = Field(description="The gateway that it is about.")
    what: What
    colour: Colour
    text: str
    at: datetime = Field(description="When it was measured.")
    since: datetime = Field(description="Since when it held.")
    raised_at: datetime = Field(description="When the hub told it.")
    late: bool = Field(description="Measured long before it was told: the data came late.")
    muted: bool
    escalated_at: datetime | None
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    note: str | None
    state: State = Field(
        description="resolved: it no longer holds, whether or not anybody has acknowledged it."
    )
    over_at: datetime | None = Field(description="When it was measured that it no longer held.")
    resolved_at: datetime | None = Field(description="When the hub told that.")


class Acknowledgement(Body):
    """Somebody has seen it."""

    note: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] | None = None


class NewMute(Body):
    """Do not tell a rule for a while; it is kept all the same."""

    until: Moment
    athlete_id: UUID | None = Field(default=None, description="Only of this athlete.")


class Letters(Body):
    """Which letters you get of what a rule says. A letter names the rule and the time, no athlete and no value."""

    told: Literal["never", "raised", "escalated"] = Field(
        description="`escalated`: only when nobody has acknowledged it in the time that the rule sets."
    )
    resolved: bool = Field(default=False, description="Another one when it is over; none with `never`.")
    quiet_from: ClockTime | None = Field(
        default=None, description="From this time of day on you get none; with `quiet_to`."
    )
    quiet_to: ClockTime | None = Field(default=None, description="Until before this time of day.")
    time_zone: TimeZone = "UTC"


class Mute(Shown):
    """A rule that is not told."""

    id: UUID
    rule_id: UUID
    athlete_id: UUID | None
    until: datetime
