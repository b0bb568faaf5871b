"""Shapes of guardians."""

from datetime import date
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Shown


class Guardian(Shown):
    """Somebody who stands for a minor athlete: sees what the athlete sees, and consents."""

    account_id: UUID
    name: str
    until: date = Field(description="The day from which it ends, by itself: the athlete is of age.")


class Guardians(Shown):
    """All guardians of an athlete, by name."""

    items: list[Guardian]
