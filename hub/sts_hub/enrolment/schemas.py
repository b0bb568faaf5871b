"""Shapes of enrolment."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr

from sts_hub.kit.shapes import Body, Shown, ShownOnce, Title
from sts_protocols.routing import GATEWAY_NAME

Name = Annotated[str, Field(pattern=f"^{GATEWAY_NAME.pattern}$")]
# 32 bytes or more, in the URL-safe base64 that a gateway makes of them.
Secret = Annotated[SecretStr, Field(min_length=43, max_length=128)]


class NewCode(Body):
    """For which gateway a code is wanted."""

    site: Title = Field(description="Where the gateway will stand.")
    gateway: Name | None = Field(
        default=None,
        description="Its name; null: the gateway proposes one that is free. A known name gets a new secret.",
    )


class Code(ShownOnce):
    """A code that lets one gateway in, once. It is shown this one time."""

    code: str = Field(examples=["K3XQ-0TZ9-M4B7-D"])
    site: str
    gateway: str | None
    expires_at: datetime


class Asked(Body):
    """What a gateway says that enrols."""

    code: Annotated[str, Field(min_length=1, max_length=80)]
    secret: Secret
    name: Name


class Enrolled(Shown):
    """Who the gateway is from now on, and where it brings its data."""

    gateway: str
    site: str
    url: str | None = Field(description="The broker, or https://; null: the address it enrolled at.")
    ca: str | None = Field(description="The certificate authority of that address, PEM; null: a public one.")
