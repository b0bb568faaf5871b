"""Shapes of activities."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Shown

Form = Literal["fit", "tcx", "gpx", "csv"]


class Section(Shown):
    """A session or a lap as the device sums it up; null: it does not say."""

    since: datetime | None = Field(serialization_alias="from")
    elapsed_s: float | None = Field(description="From its beginning to its end, pauses included; s.")
    timer_s: float | None = Field(description="While the timer ran, pauses left out; s.")
    sport: str | None
    distance_m: float | None
    heart_rate_mean: float | None = Field(description="/min")
    heart_rate_max: float | None = Field(description="/min")
    energy_kcal: float | None


class FileColumn(Shown):
    """One quantity of the file's records. Names of our metrics, or `developer: ...` for what an app on the watch added."""

    name: str
    unit: str
    count: int = Field(description="How many records tell it.")
    low: float
    mean: float
    high: float


class Pause(Shown):
    """The timer stood."""

    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")


class FileDevice(Shown):
    """What recorded it, as far as the file says."""

    maker: str | None
    product: str | None
    serial: int | None


class ActivityFile(Shown):
    """What a file says, before anything of it is stored."""

    form: Form
    whole: bool = Field(description="False: cut off or damaged; what could be read is here.")
    device: FileDevice
    created: datetime | None
    since: datetime | None = Field(serialization_alias="from")
    until: datetime | None = Field(serialization_alias="to")
    since_power_on: bool = Field(
        description="The device did not know the date: times count from its power-on."
    )
    utc_offset_s: int | None = Field(description="The zone that the device was set to, s east of UTC.")
    records_told: int
    records_read: int = Field(description="Those with a time.")
    beats: int = Field(description="RR intervals.")
    columns: list[FileColumn]
    sessions: list[Section]
    laps: list[Section]
    pauses: list[Pause]
    warnings: list[str]


class Activity(Shown):
    """A workout that a watch or head unit recorded, and what became of its values: told = stored + withheld + expired."""

    id: UUID
    athlete_id: UUID
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    values_told: int = Field(description="Values of our metrics in the file.")
    values_stored: int
    values_withheld: int = Field(description="Measured while the athlete had not consented: not stored.")
    values_expired: int = Field(description="Older than values are kept: not stored.")
    same_as: UUID | None = Field(
        description="The activity that tells this workout already; then nothing of this one counts. Null: it counts."
    )
    difference: float | None = Field(
        description="Middle difference of heart rate from `same_as`, /min; null where none could be compared."
    )
    beside: float | None = Field(
        description="Middle difference of heart rate from what the athlete's sensors told in the same time when this was "
        "added, /min; null where they told none. Each metric is told by the one that covers more of the time."
    )
    added_by: UUID
    added_at: datetime
    file: ActivityFile
