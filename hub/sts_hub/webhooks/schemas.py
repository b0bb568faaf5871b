"""Shapes of webhooks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from sts_hub.kit.shapes import Body, Label, Shown, ShownOnce, printable
from sts_hub.outbox.events import EventName

Url = Annotated[
    str,
    AfterValidator(printable),
    Field(
        min_length=8,
        max_length=500,
        description="https, to a public address.",
        examples=["https://club.example/hook"],
    ),
]
Events = Annotated[list[EventName], Field(min_length=1, max_length=20)]


class Webhook(Shown):
    """A program of the club's that is told of events."""

    id: UUID
    name: str
    url: str
    events: list[str]
    made_at: datetime
    old_until: datetime | None = Field(description="Until when the secret before signs along.")
    failing_since: datetime | None = Field(description="Since when nothing has arrived.")
    disabled_at: datetime | None
    disabled_why: str | None


class NewWebhook(Body):
    """A webhook to add."""

    name: Label
    url: Url
    events: Events


class WebhookChange(Body):
    """What to change in a webhook; what is left out stays."""

    name: Label | None = None
    url: Url | None = None
    events: Events | None = None
    enabled: bool | None = None


class MadeWebhook(Webhook, ShownOnce):
    """A webhook that was just made."""

    secret: str = Field(
        description="To check signatures with (Standard Webhooks, `whsec_`). Shown this once."
    )


class NewSecret(ShownOnce):
    """A new secret of a webhook."""

    secret: str = Field(description="Shown this once.")
    old_until: datetime = Field(description="Until then events are signed with the one before, too.")
