"""What the live stream says, event by event (Server-Sent Events; `data` is one JSON object)."""

from uuid import UUID

from pydantic import BaseModel, Field

from sts_hub.gateways.schemas import Gateway
from sts_hub.kit.shapes import Shown
from sts_hub.metrics.schemas import MetricInfo
from sts_hub.samples.schemas import QualityWord

_MS = "Milliseconds since 1970 UTC"


class LiveValue(Shown):
    """The newest value of one metric."""

    t_ms: int = Field(description=f"{_MS}, when it was measured.")
    value: float
    quality: QualityWord


class LiveTrend(Shown):
    """The heart rate of the last 60 s, in columns; only credible values."""

    t_ms: list[int]
    value: list[float]


class LiveSensor(Shown):
    """The sensor an athlete wears now."""

    id: int
    label: str
    kind: str


class LiveAthlete(Shown):
    """An athlete on the wall."""

    id: UUID
    number: int | None
    name: str
    hr_max: int | None
    team_id: UUID | None = Field(
        description="Null: of another team or club, given to you by a grant; only what it gives is told."
    )
    sensor: LiveSensor | None = Field(description="Null: nothing is worn now.")
    values: dict[str, LiveValue] = Field(description="By the metric's name; empty when nothing was heard.")
    trend: LiveTrend


class LiveSnapshot(Shown):
    """`snapshot`: all that is known; forget what was there before. Comes first, and again when the wall
    changes."""

    now_ms: int = Field(description=f"{_MS}, the hub's clock.")
    metrics: list[MetricInfo]
    athletes: list[LiveAthlete]
    gateways: list[Gateway] = Field(description="Empty for athletes.")
    gap: "LiveGap | None" = Field(description="Set while no values can come.")


class FrameItem(Shown):
    """One value of a frame."""

    athlete: UUID
    metric: str = Field(
        description="Its name; or while a session runs what is worked out so far, of GET /api/v1/alert-rules/catalogue."
    )
    t_ms: int = Field(description=f"{_MS}, when it was measured.")
    value: float
    quality: QualityWord


class LiveFrame(Shown):
    """`frame`: new values, the newest of each athlete and metric. Empty every 2 s when nothing is heard."""

    now_ms: int = Field(description=f"{_MS}, the hub's clock.")
    values: list[FrameItem]


class LiveAlert(Shown):
    """`alert`: something that somebody must look at; never left out."""

    id: str
    athlete: UUID | None
    t_ms: int = Field(description=f"{_MS}, when it was measured.")
    text: str
    what: str = Field(description="`body`, or `quality`: about sensors and links.")
    colour: str = Field(description="yellow, orange or red.")
    late: bool = Field(description="Measured long before it is told: the data came late.")
    escalated: bool = Field(description="Told again, as nobody has acknowledged it in time.")
    resolved: bool = Field(description="It no longer holds: the same id was told before.")


class LiveFleet(Shown):
    """`fleet`: gateways that have news."""

    gateways: list[Gateway]


class LiveGap(Shown):
    """`gap`: no values can come, and why, until `reason` is `over`."""

    reason: str = Field(description="database_away, broker_away, or over.")
    since_ms: int = Field(description=_MS)


class LiveBye(Shown):
    """`bye`: the hub ends the stream; come again after `retry_ms`."""

    retry_ms: int
    reason: str = Field(description="stopping, signed_out, changed (rights), too_slow or too_many (tabs).")


EVENTS: dict[str, type[BaseModel]] = {
    "snapshot": LiveSnapshot,
    "frame": LiveFrame,
    "alert": LiveAlert,
    "fleet": LiveFleet,
    "gap": LiveGap,
    "bye": LiveBye,
}
LiveSnapshot.model_rebuild()
