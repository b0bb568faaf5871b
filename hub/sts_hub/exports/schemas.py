"""Shapes of exports."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Moment, Shown

Asked = Literal["fit", "tcx", "gpx", "csv", "parquet"]
Form = Asked | Literal["everything"]
State = Literal["waiting", "running", "done", "failed", "interrupted", "expired"]

# A squad and its staff.
MOST_ATHLETES = 100


class NewExport(Body):
    """What to export: athletes by name, a team, or a session that has ended, which says itself who and when."""

    form: Asked = Field(
        description="fit, tcx, gpx: a zip with a file for each workout; csv, parquet: one long table with the columns time, "
        "athlete, metric, unit, value, quality, device."
    )
    since: Moment | None = Field(default=None, alias="from", description="Left out with a session.")
    until: Moment | None = Field(
        default=None,
        alias="to",
        description="Not included; at most 400 days after `from`. Left out with a session.",
    )
    athlete_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_ATHLETES)] | None = None
    team_id: UUID | None = None
    session_id: UUID | None = None
    metrics: Annotated[list[str], Field(max_length=20)] = Field(
        default=[], description="Only these, for tables; without it all but waveforms."
    )


class Export(Shown):
    """A file in the making, or made."""

    id: UUID
    form: Form
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    athlete_ids: list[UUID]
    state: State
    done: int = Field(description="Athletes, or days of everything, that are written so far, of `total`.")
    total: int
    size: int | None = Field(description="Bytes, once it is done.")
    error: str | None = Field(description="Why it failed, and what to do.")
    asked_by: UUID
    asked_at: datetime
    expires_at: datetime = Field(description="The file is removed then.")
