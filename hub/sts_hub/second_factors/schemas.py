"""Shapes of second factors."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr

from sts_hub.kit.shapes import Body, Shown, ShownOnce
from sts_hub.policy import Role

Code = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=40,
        description="Six digits of the authenticator app, or a backup code; spaces and hyphens do not matter.",
    ),
]


class SecondFactor(Shown):
    """What you have beside your password."""

    possible: bool = Field(
        description="Whether this hub can keep authenticators; whoever runs it sets a key for that."
    )
    confirmed_at: datetime | None = Field(
        description="Since when your authenticator app is asked for; null: it is not."
    )
    backup_codes: int = Field(description="How many backup codes are left.")
    required: bool = Field(description="Whether your club asks your role for a second factor.")


class NewAuthenticator(ShownOnce):
    """The secret of a new authenticator, for the app; it counts once a code of it has confirmed it."""

    secret: str = Field(description="To be typed where no QR code can be read; base 32.")
    address: str = Field(description="The same as an otpauth: address.")
    qr_svg: str = Field(description="The address as a QR code, an SVG document.")


class Confirmation(Body):
    """A code that shows that the app was set up."""

    code: Code


class Proof(Body):
    """Password and code: what it takes to weaken one's own sign-in."""

    password: Annotated[SecretStr, Field(max_length=256)]
    code: Code


class BackupCodes(ShownOnce):
    """Codes for the day the phone is lost, each good once."""

    codes: list[str] = Field(description="Shown this once: the hub keeps only their hashes.")


class SecondFactorRule(Shown):
    """Of which roles a club asks for a second factor."""

    required_of: list[Role]


class SecondFactorRuleChange(Body):
    """Which roles must have a second factor from now on; their logins without one can only set it up."""

    required_of: list[Role] = Field(max_length=len(Role))
