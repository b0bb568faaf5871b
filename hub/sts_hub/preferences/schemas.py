"""Shapes of preferences. Null: whatever the device says."""

from typing import Literal

from pydantic import Field

from sts_hub.kit.shapes import Body, Shown


class Preferences(Shown):
    """What you chose for yourself; the same on each of your devices."""

    language: Literal["en", "pt"] | None = Field(
        default=None, description="Null: the device's own, where it is spoken."
    )
    theme: Literal["light", "dark"] | None = Field(default=None, description="Null: as the device says.")
    units: Literal["metric", "imperial"] = Field(
        default="metric",
        description="Of lengths, speeds and masses on screens; the API speaks UCUM throughout.",
    )
    temperature: Literal["celsius", "fahrenheit"] = "celsius"
    week_start: Literal["monday", "saturday", "sunday"] = "monday"
    first_steps_done: bool = Field(
        default=False, description="Whether you have put away the list of a club's first steps."
    )


class NewPreferences(Preferences, Body):
    """What you choose from now on; what is left out is as if nothing had been chosen."""
