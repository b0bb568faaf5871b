"""Shapes of accounts and of signing in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from sts_hub.kit.challenges import Step
from sts_hub.kit.shapes import Body, Shown, ShownOnce, Title, sendable
from sts_hub.policy import Role

MIN_PASSWORD = 8
MAX_PASSWORD = 256


def _email(value: str) -> str:
    local, at, host = value.rpartition("@")
    if not (local and at and host) or any(char.isspace() or ord(char) < 32 for char in value):
        raise ValueError("must be an e-mail address")
    return sendable(value).lower()


Email = Annotated[
    str, AfterValidator(_email), Field(min_length=3, max_length=254, examples=["ana@club.example"])
]
NewPassword = Annotated[
    SecretStr,
    Field(
        min_length=MIN_PASSWORD,
        max_length=MAX_PASSWORD,
        description="At least 8 characters, 15 are advised; common and guessable ones are refused.",
    ),
]


class SignIn(Body):
    """Who signs in."""

    email: Annotated[str, Field(max_length=254), AfterValidator(sendable)]
    password: Annotated[SecretStr, Field(max_length=MAX_PASSWORD)]


class NextStep(Shown):
    """What is still to be done to sign in; the answer's cookie says which sign-in it belongs to."""

    step: Step
    expires_at: datetime


class StepCode(Body):
    """The code that a sign-in waits for."""

    code: Annotated[
        SecretStr,
        Field(min_length=1, max_length=40, description="Of the authenticator app, or a backup code."),
    ]


class Club(Shown):
    """The club of an account."""

    id: UUID
    name: str


class Me(Shown):
    """Who is signed in, and how far the role reaches."""

    id: UUID
    email: str
    name: str
    role: Role
    club: Club
    teams: list[UUID] = Field(
        description="The account's teams; admins and directors reach all of the club's."
    )
    owes_factor: bool = Field(
        description="The club asks for a second factor that this login has not shown: it can only set one up."
    )


class Account(Shown):
    """An account of the club."""

    id: UUID
    email: str
    name: str
    role: Role
    teams: list[UUID]
    created_at: datetime
    disabled_at: datetime | None


class NewAccount(Body):
    """An account to add."""

    email: Email
    name: Title
    role: Role
    password: NewPassword
    teams: list[UUID] = Field(default=[], max_length=200)


class AccountChange(Body):
    """What to change in an account; what is left out stays. A new role or password and disabling end its
    logins."""

    name: Title | None = None
    role: Role | None = None
    password: NewPassword | None = None
    teams: list[UUID] | None = Field(default=None, max_length=200)
    disabled: bool | None = None


class PasswordChange(Body):
    """A new password for oneself; ends every login, this one too."""

    current: Annotated[SecretStr, Field(max_length=MAX_PASSWORD)]
    new: NewPassword


class RecoveryCode(ShownOnce):
    """A one-time code for somebody who cannot sign in."""

    code: str = Field(description="Shown this once; the newest one alone counts.")
    expires_at: datetime


class RecoveryLetter(Body):
    """Whose password is to be set anew."""

    email: Annotated[str, Field(max_length=254), AfterValidator(sendable)]


class Recovery(Body):
    """A code that an admin made or that came by mail, and the new password."""

    code: Annotated[SecretStr, Field(max_length=100)]
    password: NewPassword
