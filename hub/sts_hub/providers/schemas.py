"""Shapes of signing in through a provider."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from sts_hub.kit.shapes import Body, Shown, sendable


class ProviderButton(Shown):
    """A provider that people may sign in through."""

    id: str
    name: str


class WaysIn(Shown):
    """How one can sign in here, beside e-mail and password."""

    passkeys: bool
    providers: list[ProviderButton]


class ProviderAddress(Shown):
    """Where to go."""

    address: str


class ProviderAnswer(Body):
    """What the provider has put into the address that it sent the browser back to."""

    code: Annotated[SecretStr, Field(min_length=1, max_length=4096)]
    state: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    iss: Annotated[str, AfterValidator(sendable), Field(max_length=500)] | None = None


class SignOutAddress(Shown):
    """Where to sign out at the provider as well, before or after signing out here."""

    address: str | None = Field(
        description="null: this login is no provider's, or the provider offers it not."
    )


class Identity(Shown):
    """A person of a provider who signs in as you."""

    id: UUID
    provider: str = Field(description="The provider's name, or its issuer when this hub offers it no more.")
    linked_at: datetime
    last_used_at: datetime | None


class Identities(Shown):
    """Who of which provider signs in as you, the oldest first."""

    items: list[Identity]
