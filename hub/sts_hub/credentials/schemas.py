"""Shapes of logins and tokens."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Label, Shown, ShownOnce
from sts_hub.policy import Scope


class Login(Shown):
    """A browser that is signed in as you."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    agent: str = Field(description="What the browser calls itself.")
    this: bool = Field(description="Whether it is the one that asks.")


class Logins(Shown):
    """Your logins, the one seen last first."""

    items: list[Login]


class NewToken(Body):
    """A token to make for a script."""

    name: Label
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=3,
        description="see: things and people; health: what was measured; change: whatever your role changes and sees.",
    )
    days: int = Field(default=90, ge=1, le=365, description="How long it lasts.")


class Token(Shown):
    """A token for scripts: goes as `Authorization: Bearer ...`, and is good for its scopes within your role."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To the minute.")


class MadeToken(Token, ShownOnce):
    """A token that was just made."""

    token: str = Field(description="Shown this once: the hub keeps only its hash.")


class Tokens(Shown):
    """Your tokens, the oldest first."""

    items: list[Token]
