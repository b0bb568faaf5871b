"""Shapes of versions."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from sts_hub.kit.shapes import Body, Shown

Version = Annotated[str, Field(pattern=r"^[0-9][0-9A-Za-z.+!-]{0,39}$", examples=["0.2.0"])]
Percent = Annotated[int, Field(ge=0, le=100)]


class VersionWish(Body):
    """Which version the gateways of a club are to take up, and how many of them for now."""

    version: Version
    percent: Percent = Field(description="Of the fleet; raise it when the first ones are well. 0 stops it.")


class WantedVersion(Shown):
    """What is wanted."""

    version: str
    percent: int
    asked_by: str
    asked_at: datetime


class FleetVersions(Shown):
    """What is wanted, and what runs."""

    wanted: WantedVersion | None
    running: dict[str, int] = Field(description="How many gateways told each version in their last beat.")
