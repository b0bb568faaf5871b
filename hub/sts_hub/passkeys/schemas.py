"""Shapes of passkeys. What goes to and comes from the browser is as WebAuthn Level 3, 5.1, writes it in JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Label, Shown

Credential = Annotated[
    dict[str, Any], Field(description="The browser's answer: what `PublicKeyCredential.toJSON()` gives.")
]


class Passkey(Shown):
    """A passkey of yours."""

    id: UUID
    name: str
    synced: bool = Field(
        description="Whether it is copied between your devices, as phones do, or lies on one only."
    )
    created_at: datetime
    last_used_at: datetime | None


class Passkeys(Shown):
    """Your passkeys, the oldest first."""

    possible: bool = Field(
        description="Whether this hub can take passkeys: it needs a name of its own and TLS."
    )
    items: list[Passkey]


class PasskeyOptions(Shown):
    """What to ask the browser for."""

    options: dict[str, Any] = Field(description="For `PublicKeyCredential.parse…OptionsFromJSON()`.")
    expires_at: datetime


class NewPasskey(Body):
    """A passkey that the browser has made."""

    name: Label
    credential: Credential


class PasskeyChange(Body):
    """Another name."""

    name: Label


class PasskeySignIn(Body):
    """The browser's answer with a passkey."""

    credential: Credential
