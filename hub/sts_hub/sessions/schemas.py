"""Shapes of sessions, their timelines, and templates."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sts_hub.kit.shapes import Body, Label, Moment, Notes, Shown, TimeZone, Title

SessionKind = Literal["training", "match", "test"]
SessionState = Literal["planned", "running", "ended"]
PlayState = Literal["in_play", "bench", "unavailable"]

# A squad with guests; one request must stay a short transaction.
MAX_ROSTER = 100
AthleteIds = Annotated[list[UUID], Field(min_length=1, max_length=MAX_ROSTER)]
At = Annotated[
    Moment | None,
    Field(description="When it happened: the time of the tap, however late it arrives; now when left out."),
]


class PlannedPhase(Body):
    """A phase as planned."""

    name: Label
    minutes: Annotated[int, Field(ge=1, le=600)]
    group: Label | None = Field(default=None, description="Only this group; everybody when left out.")


Plan = Annotated[list[PlannedPhase], Field(max_length=50)]


class Participant(Body):
    """An athlete on the roster of a session."""

    athlete_id: UUID
    group: Label | None = Field(default=None, description="The athlete's group in this session.")


Roster = Annotated[list[Participant], Field(max_length=MAX_ROSTER)]


class Session(Shown):
    """A training, match or test of a team. `ETag` names this state; edits send it back as `If-Match`."""

    id: UUID
    team_id: UUID
    kind: SessionKind
    name: str
    state: SessionState
    planned_from: datetime
    planned_to: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    live_data: bool = Field(description="False: run without live data, from plan, taps and ratings alone.")
    notes: str | None = Field(description="Of the staff, for the staff; null for everybody else.")
    plan: list[PlannedPhase]
    roster: list[Participant] = Field(description="Those of its athletes whom you see.")


class SessionEntry(Shown):
    """A session in the calendar."""

    id: UUID
    team_id: UUID
    kind: SessionKind
    name: str
    state: SessionState
    planned_from: datetime
    planned_to: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


class NewSession(Body):
    """A session to plan; one that begins now is planned and then started."""

    team_id: UUID
    kind: SessionKind | None = Field(default=None, description="The template's, or training, when left out.")
    name: Title | None = Field(default=None, description="The template's when left out.")
    template_id: UUID | None = Field(default=None, description="Take kind, name and plan from this template.")
    planned_from: Moment | None = Field(default=None, description="Now when left out.")
    planned_to: Moment | None = None
    live_data: bool = True
    notes: Notes = ""
    plan: Plan | None = None
    roster: Roster | None = Field(default=None, description="The whole team when left out.")


class SessionChange(Body):
    """What to change in a session; what is left out stays. Borders may be corrected after the end."""

    kind: SessionKind | None = None
    name: Title | None = None
    planned_from: Moment | None = None
    planned_to: Moment | None = None
    started_at: Moment | None = Field(default=None, description="null: it has not begun after all.")
    ended_at: Moment | None = Field(default=None, description="null: it goes on.")
    live_data: bool | None = None
    notes: Notes | None = None
    plan: Plan | None = None
    roster: Roster | None = Field(
        default=None, description="The whole roster; who is left out loses phases and states in this session."
    )


class Moved(Body):
    """When a session began or ended."""

    at: At = None


class Stretch(Shown):
    """When an athlete was in a phase; `to` is null while it runs."""

    athlete_id: UUID
    since: datetime = Field(alias="from")
    until: datetime | None = Field(alias="to")


class Phase(Shown):
    """A phase of a session, for the athletes who were in it."""

    id: UUID
    name: str
    since: datetime = Field(alias="from")
    until: datetime | None = Field(alias="to", description="Null while it runs.")
    athletes: list[Stretch] = Field(description="Of those whom you see.")


class NewPhase(Body):
    """A phase that begins, for one group, some athletes, or the whole roster; it ends the phase they were in."""

    name: Label
    at: At = None
    group: Label | None = None
    athlete_ids: AthleteIds | None = None


class PhaseChange(Body):
    """A correction of a phase, for all its athletes; what is left out stays."""

    name: Label | None = None
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to", description="null: it goes on.")


class Marker(Shown):
    """A moment worth finding again, of the team or of one athlete."""

    id: UUID
    at: datetime
    name: str
    athlete_id: UUID | None


class NewMarker(Body):
    """A marker to set."""

    name: Label
    at: At = None
    athlete_id: UUID | None = None


class Play(Shown):
    """From `at` on the athlete is in play, on the bench, or unavailable. Before the first of these: in play."""

    id: UUID
    athlete_id: UUID
    at: datetime
    state: PlayState


class NewPlay(Body):
    """Athletes who go into play, onto the bench, or out."""

    athlete_ids: AthleteIds
    state: PlayState
    at: At = None


class Timeline(Shown):
    """What happened in a session, in time."""

    phases: list[Phase]
    markers: list[Marker]
    play: list[Play]


class WeekCopy(Body):
    """A week of sessions to plan again, days later, at the same times of day."""

    team_id: UUID
    since: Moment = Field(alias="from", description="Begin of the week; sessions of seven days are copied.")
    days_later: Annotated[int, Field(ge=1, le=366)] = 7
    time_zone: TimeZone = "UTC"


class Sessions(Shown):
    """Sessions that were made."""

    items: list[SessionEntry]


class Template(Shown):
    """A kind of session that a team repeats."""

    id: UUID
    team_id: UUID
    kind: SessionKind
    name: str
    plan: list[PlannedPhase]


class NewTemplate(Body):
    """A template to keep."""

    team_id: UUID
    kind: SessionKind = "training"
    name: Title
    plan: Plan = Field(default=[])


class TemplateChange(Body):
    """What to change in a template; what is left out stays."""

    kind: SessionKind | None = None
    name: Title | None = None
    plan: Plan | None = None


# A tablet's clock runs ahead by seconds, not by more.
AHEAD = timedelta(minutes=5)
