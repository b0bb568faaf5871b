"""Shapes of sensors."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from sts_hub.kit.shapes import Body, Label, Shown, Title, Word

# Addresses come from the beats of gateways in capitals; a person may type them otherwise.
Address = Annotated[
    Title,
    AfterValidator(str.upper),
    Field(description="The device's own address.", examples=["A0:9E:1A:00:00:01"]),
]
SensorKind = Annotated[Word, Field(examples=["heart_rate"])]


class Sensor(Shown):
    """A physical device of the club."""

    id: int
    address: str
    kind: str
    label: str = Field(description="What is written on it.", examples=["hr-01"])
    added_at: datetime
    retired_at: datetime | None


class NewSensor(Body):
    """A sensor to register; only registered sensors are decoded and shown."""

    address: Address
    kind: SensorKind
    label: Label


class SensorChange(Body):
    """What to change in a sensor; what is left out stays."""

    kind: SensorKind | None = None
    label: Label | None = None
    retired: bool | None = Field(default=None, description="Taken out of use, or back into it.")
