"""Shapes of gateways and of what they say about themselves."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sts_hub.kit.shapes import Body, Shown, Title

GatewayState = Literal["ok", "degraded", "failed", "silent", "never"]
ClockSource = Literal["unknown", "ntp", "gnss", "hub", "rtc"]


class GatewaySensor(Shown):
    """A sensor as its gateway tells it."""

    name: str = Field(description="The gateway's own name for it.")
    address: str
    kind: str
    state: str = Field(description="live, late, lost, connecting, not_worn or off.")
    rssi: int | None = Field(description="Signal, dBm.")
    battery: int | None = Field(description="Battery, %.")
    heard_at: datetime | None = Field(description="When it last told something; null: not since the start.")


class GatewayBuffer(Shown):
    """What waits on the gateway's disk."""

    used_bytes: int
    cap_bytes: int
    waiting_records: int
    waiting_bytes: int
    dropped_records: int
    oldest_at: datetime | None = Field(
        description="When the oldest that waits was recorded; null: nothing waits."
    )


class GatewayClock(Shown):
    """How the gateway's clock stands."""

    error_us: int = Field(description="Largest error it admits, µs.")
    source: ClockSource


class Gateway(Shown):
    """A gateway and its last beat."""

    name: str
    site: str
    state: GatewayState = Field(
        description="What it said last; `silent` when that was over 30 s ago, `never` before its first beat."
    )
    faults: list[str] = Field(description="What it says is wrong, as sentences.")
    heard_at: datetime | None = Field(description="When its last beat arrived.")
    sensors: list[GatewaySensor]
    buffer: GatewayBuffer | None
    clock: GatewayClock | None
    versions: dict[str, str]


class GatewayChange(Body):
    """What to change in a gateway."""

    site: Title
