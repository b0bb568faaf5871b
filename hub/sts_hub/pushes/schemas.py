"""Shapes of pushes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from sts_hub.kit.shapes import Body, Moment, Shown, Title

Service = Literal["intervals.icu"]


class NewPushTarget(Body):
    """Where an athlete keeps workouts besides."""

    service: Service = "intervals.icu"
    key: Annotated[SecretStr, Field(min_length=8, max_length=200)] = Field(
        description="The athlete's own API key there (intervals.icu: Settings, Developer Settings). It is never shown again."
    )


class PushTarget(Shown):
    """Where workouts of an athlete are pushed to."""

    athlete_id: UUID
    service: Service
    set_at: datetime


class NewPush(Body):
    """A workout to be pushed, by its time."""

    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to", description="Not included; at most 7 days after `from`.")
    name: Title = "Workout"


class Push(Shown):
    """A workout on its way, or there."""

    id: UUID
    athlete_id: UUID
    service: Service
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    name: str
    state: Literal["waiting", "sent", "failed"]
    tries: int
    reason: str | None = Field(description="Why the last try did not succeed, and who must act.")
    asked_at: datetime
    ended_at: datetime | None
