"""Shapes of gateways' settings. Which keys a table has, and what they may be, the gateway's own version knows."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from sts_hub.kit.shapes import Body, Shown

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# Whole numbers that every reader of JSON keeps, and finite ones.
Number = Annotated[int, Field(ge=-(2**53), le=2**53)] | Annotated[float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=400)]
Value = bool | Number | Text | list[Text]
Table = Annotated[dict[Key, Value], Field(max_length=40)]
# One gateway reads some hundred devices at most.
Entries = Annotated[list[Table], Field(max_length=400)]

State = Literal["waiting", "in_force", "past", "refused", "overtaken", "withdrawn"]


class Tables(Body):
    """The tables of a gateway's settings file that may be changed from here; a table left out has its defaults.
    Names, addresses and secrets of hub and gateway are changed on the gateway only."""

    record: Table | None = None
    buffer: Table | None = None
    clock: Table | None = None
    bluetooth: Table | None = None
    sensors: Entries | None = None
    ports: Entries | None = None
    topics: Entries | None = None
    readers: Entries | None = None


class SettingsWish(Body):
    """Settings that a gateway is to take up, all of its tables that may be changed from here."""

    based_on: int = Field(
        ge=0, description="The version that was read; refused when another is in force by now."
    )
    tables: Tables


class SettingsVersion(Shown):
    """Settings that are in force on a gateway, as it told them."""

    version: int
    made_by: Literal["gateway", "hub"]
    asked_by: str | None = Field(description="Who changed them at the hub; null: changed on the gateway.")
    since: datetime
    tables: dict[str, object]


class SettingsAsked(Shown):
    """The last change that was asked for here, and what became of it."""

    version: int
    state: State
    asked_by: str
    made_at: datetime
    faults: list[str] = Field(description="Why the gateway does not take it, or took it back.")
    way_out: str = Field(description="Who must act and how; empty when nobody must.")
    tables: dict[str, object]


class GatewaySettings(Shown):
    """The settings of a gateway: what is in force there, and the last change from here."""

    in_force: SettingsVersion | None = Field(description="Null: its gateway has not told them yet.")
    change: SettingsAsked | None
