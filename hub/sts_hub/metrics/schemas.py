"""The shape of a metric."""

from pydantic import Field

from sts_hub.kit.shapes import Shown


class MetricInfo(Shown):
    """A measured quantity: its unit and the rhythm that is expected of it."""

    name: str = Field(examples=["heart_rate"])
    unit: str = Field(description="UCUM code.", examples=["/min"])
    low: float = Field(description="Values below are implausible.")
    high: float = Field(description="Values above are implausible.")
    interval_ms: int | None = Field(description="How often a value is expected; null: no rhythm, never late.")
    late_after_ms: int | None = Field(description="Age from which the last value is late.")
    lost_after_ms: int | None = Field(description="Age from which the last value is lost: show no number.")
