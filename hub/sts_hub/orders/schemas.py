"""Shapes of orders."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sts_hub.kit.shapes import Body, Shown

Act = Literal["identify", "diagnostics"]
State = Literal["waiting", "done", "failed", "expired"]


class NewOrder(Body):
    """What a gateway is to do, once."""

    act: Act = Field(
        description="identify: blink or beep; diagnostics: send its bundle, found among the documents."
    )
    lasts_s: int = Field(
        default=600, ge=30, le=604_800, description="Not done within so many seconds, it expires."
    )


class Order(Shown):
    """An order and what became of it."""

    id: int
    act: Act
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    state: State
    words: str = Field(description="What the gateway says of it.")
    told_at: datetime | None = Field(description="When the gateway told.")
