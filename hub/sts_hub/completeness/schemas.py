"""Shapes of completeness."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from sts_hub.completeness.judgement import Word
from sts_hub.kit.shapes import Shown


class Stretch(Shown):
    """One word about one stretch of time."""

    word: Word = Field(description="missing, lost, parked, withheld, expired, silent or unknown.")
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    records: int | None = Field(
        description="How many numbered records the word is about, where it is about such."
    )
    reason: str = Field(
        description="Why, where somebody declared it; `unplaced` where records may belong that nobody has given "
        "a place in time yet; else empty."
    )
    why: str = Field(description="The reason as a sentence for people; empty where there is none.")


class WearerCompleteness(Shown):
    """What is known of one athlete and sensor while it was worn; what another gateway of the club heard is not
    missed."""

    athlete_id: UUID
    sensor_id: int
    label: str = Field(description="The sensor's label.")
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    complete: bool
    stretches: list[Stretch]
    coverage: float | None = Field(
        description="Part (0 to 1) of the time worn in which every value came; null without a rhythm."
    )


class Completeness(Shown):
    """Whether all that a gateway recorded between two times has arrived. No stretches: complete."""

    gateway: str
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    complete: bool
    expected_records: int = Field(description="Records of the epochs that touch this time, by their heads.")
    received_records: int = Field(description="How many of them are here.")
    stretches: list[Stretch]
    wearers: list[WearerCompleteness] = Field(description="Those whose values you may see.")
