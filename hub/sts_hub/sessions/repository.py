"""Sessions, their timelines and templates in the database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing
from sts_hub.sessions.schemas import SessionKind

_SQL = queries.load("sts_hub.sessions")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as stored; `plan` is JSON."""

    id: UUID
    club_id: UUID
    team_id: UUID
    kind: str
    name: str
    planned_from: datetime
    planned_to: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    live_data: bool
    notes: str
    plan: str

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.SESSION, self.club_id, self.team_id)

    @property
    def state(self) -> str:
        """planned, running or ended: its borders say it."""
        if self.started_at is None:
            return "planned"
        return "running" if self.ended_at is None else "ended"

    @property
    def begins(self) -> datetime:
        """Where it stands in the calendar."""
        return self.started_at or self.planned_from


@dataclass(frozen=True, slots=True)
class RosterRow:
    """An athlete on a roster, with club, team and account."""

    athlete_id: UUID
    squad: str | None
    club_id: UUID
    team_id: UUID
    account_id: UUID | None

    def thing(self, kind: Kind) -> Thing:
        """What the policy decides on: the athlete, or what belongs to him or her."""
        return Thing(kind, self.club_id, self.team_id, self.account_id, self.athlete_id)


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template as stored; `plan` is JSON."""

    id: UUID
    club_id: UUID
    team_id: UUID
    kind: str
    name: str
    plan: str

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.TEMPLATE, self.club_id, self.team_id)


@dataclass(frozen=True, slots=True)
class InPhaseRow:
    """An athlete in a phase, as stored."""

    id: UUID
    name: str
    athlete_id: UUID
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MarkerRow:
    """A marker as stored."""

    id: UUID
    at: datetime
    name: str
    athlete_id: UUID | None


@dataclass(frozen=True, slots=True)
class PlayRow:
    """A change of state as stored."""

    id: UUID
    athlete_id: UUID
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class PresentRow:
    """An athlete on the roster of a session that has begun."""

    session_id: UUID
    team_id: UUID
    athlete_id: UUID
    kind: SessionKind
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions of the calendar are meant; None means all."""

    team_id: UUID | None
    since: datetime | None
    until: datetime | None


async def page(session: ReadSession, wanted: Wanted, after: tuple[Any, ...], limit: int) -> list[SessionRow]:
    """Up to `limit` + 1 sessions behind the (begins, id) given."""
    rows = await session.rows(_SQL.page, wanted.team_id, wanted.since, wanted.until, *after, limit + 1)
    return [SessionRow(**row) for row in rows]


async def by_id(session: ReadSession, session_id: UUID) -> SessionRow | None:
    """The session, or None."""
    row = await session.row(_SQL.by_id, session_id)
    return SessionRow(**row) if row else None


async def hold(session: WriteSession, session_id: UUID) -> None:
    """Let others who write to this session wait."""
    await session.row(_SQL.held, session_id)


async def add(session: WriteSession, club_id: UUID, fields: dict[str, Any]) -> UUID:
    """Add a session."""
    names = ("team_id", "kind", "name", "planned_from", "planned_to", "live_data", "notes", "plan")
    row = await session.one(_SQL.add, club_id, *(fields[name] for name in names))
    return UUID(str(row["id"]))


async def change(session: WriteSession, row: SessionRow, fields: dict[str, Any]) -> None:
    """Change what is named in `fields`."""
    after = asdict(row) | fields
    names = (
        "kind",
        "name",
        "planned_from",
        "planned_to",
        "started_at",
        "ended_at",
        "live_data",
        "notes",
        "plan",
    )
    await session.one(_SQL.change, row.id, *(after[name] for name in names))


async def remove(session: WriteSession, session_id: UUID) -> None:
    """Remove a session with all that was said of it."""
    await session.do(_SQL.remove, session_id)


async def roster(session: ReadSession, session_id: UUID) -> list[RosterRow]:
    """Athletes and their groups, as far as row-level security shows them."""
    return [RosterRow(**row) for row in await session.rows(_SQL.roster, session_id)]


async def join_team(session: WriteSession, session_id: UUID, team_id: UUID) -> None:
    """Put the whole team on the roster."""
    await session.do(_SQL.join_team, session_id, team_id)


async def set_roster(
    session: WriteSession, row: SessionRow, wanted: Sequence[tuple[UUID, str | None]]
) -> None:
    """Make this the roster; of athletes whom the caller does not see nothing changes."""
    ids, squads = [one[0] for one in wanted], [one[1] for one in wanted]
    await session.do(_SQL.leave, row.id, ids)
    await session.do(_SQL.join, row.id, row.club_id, ids, squads)


async def copy_week(
    session: WriteSession, team_id: UUID, since: datetime, days: int, time_zone: str
) -> list[SessionRow]:
    """Plan the sessions of seven days again, so many days later, with their rosters."""
    rows = await session.rows(_SQL.copy_week, team_id, since, days, time_zone)
    copies = [row["copy"] for row in rows]
    await session.do(_SQL.copy_rosters, [row["id"] for row in rows], copies)
    return [SessionRow(**row) for row in await session.rows(_SQL.of_ids, copies)]


async def phases(session: ReadSession, session_id: UUID, phase_id: UUID | None = None) -> list[InPhaseRow]:
    """Who was in which phase, in time; of one phase when named."""
    return [InPhaseRow(**row) for row in await session.rows(_SQL.phases, session_id, phase_id)]


async def add_phase(
    session: WriteSession, row: SessionRow, name: str, at: datetime, athlete_ids: Sequence[UUID]
) -> UUID:
    """Let these athletes go over into a new phase; the constraints refuse what overlaps or does not last."""
    phase_id = (await session.one(_SQL.add_phase, row.id, name))["id"]
    cut = await session.rows(_SQL.cut_phases, row.id, athlete_ids, at, phase_id)
    until = {one["athlete_id"]: one["until"] for one in cut}
    ends = [until.get(one) for one in athlete_ids]
    await session.do(_SQL.join_phase, phase_id, row.id, at, athlete_ids, ends, row.ended_at)
    return UUID(str(phase_id))


async def change_phase(
    session: WriteSession, session_id: UUID, phase_id: UUID, fields: dict[str, Any]
) -> None:
    """Change name, begin or end of a phase, for all its athletes."""
    if "name" in fields:
        await session.do(_SQL.rename_phase, phase_id, fields["name"])
    if "since" in fields or "until" in fields:
        borders = [part for name in ("since", "until") for part in (name in fields, fields.get(name))]
        await session.do(_SQL.change_phase, session_id, phase_id, *borders)


async def end_phases(
    session: WriteSession, session_id: UUID, at: datetime, phase_id: UUID | None = None
) -> None:
    """End what runs, of one phase or of all."""
    await session.rows(_SQL.end_phases, session_id, phase_id, at)


async def remove_phase(session: WriteSession, session_id: UUID, phase_id: UUID) -> bool:
    """Undo a phase: those that it cut short go on as before. False where there is none."""
    cut = await session.rows(_SQL.cut_by, phase_id)
    if await session.row(_SQL.remove_phase, session_id, phase_id) is None:
        return False
    columns = [[row[name] for row in cut] for name in ("phase_id", "athlete_id", "until")]
    await session.do(_SQL.go_on, *columns)
    return True


async def markers(session: ReadSession, session_id: UUID) -> list[MarkerRow]:
    """The markers, in time."""
    return [MarkerRow(**row) for row in await session.rows(_SQL.markers, session_id)]


async def add_marker(
    session: WriteSession, session_id: UUID, athlete_id: UUID | None, at: datetime, name: str
) -> MarkerRow:
    """Set a marker."""
    return MarkerRow(**await session.one(_SQL.add_marker, session_id, athlete_id, at, name))


async def remove_marker(session: WriteSession, session_id: UUID, marker_id: UUID) -> bool:
    """Take a marker away; False where there is none."""
    return await session.row(_SQL.remove_marker, session_id, marker_id) is not None


async def play(session: ReadSession, session_id: UUID) -> list[PlayRow]:
    """The changes of state, in time."""
    return [PlayRow(**row) for row in await session.rows(_SQL.play, session_id)]


async def add_play(
    session: WriteSession, session_id: UUID, athlete_ids: Sequence[UUID], at: datetime, state: str
) -> list[PlayRow]:
    """Note a change of state for these athletes."""
    rows = await session.rows(_SQL.add_play, session_id, athlete_ids, at, state)
    return [PlayRow(**row) for row in rows]


async def remove_play(session: WriteSession, session_id: UUID, play_id: UUID) -> bool:
    """Take back a change of state; False where there is none."""
    return await session.row(_SQL.remove_play, session_id, play_id) is not None


async def present(
    session: ReadSession, since: datetime, until: datetime, team_id: UUID | None
) -> list[PresentRow]:
    """Who was in a session with live data in that time, by when it began."""
    return [PresentRow(**row) for row in await session.rows(_SQL.present, since, until, team_id)]


async def phases_of(session: ReadSession, session_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """session_id, athlete_id, name, since, until of all phases of several sessions, in time."""
    return await session.rows(_SQL.phases_of, session_ids)


async def play_of(session: ReadSession, session_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """session_id, athlete_id, at, state of all changes of state in several sessions, in time."""
    return await session.rows(_SQL.play_of, session_ids)


async def templates(
    session: ReadSession, team_id: UUID | None, after: tuple[Any, ...], limit: int
) -> list[TemplateRow]:
    """Up to `limit` + 1 templates behind the (name, id) given."""
    return [TemplateRow(**row) for row in await session.rows(_SQL.templates, team_id, *after, limit + 1)]


async def template_by_id(session: ReadSession, template_id: UUID) -> TemplateRow | None:
    """The template, or None."""
    row = await session.row(_SQL.template_by_id, template_id)
    return TemplateRow(**row) if row else None


async def add_template(
    session: WriteSession, club_id: UUID, team_id: UUID, kind: str, name: str, plan: str
) -> TemplateRow:
    """Keep a template."""
    return TemplateRow(**await session.one(_SQL.add_template, club_id, team_id, kind, name, plan))


async def change_template(
    session: WriteSession, template_id: UUID, kind: str, name: str, plan: str
) -> TemplateRow:
    """Change a template."""
    return TemplateRow(**await session.one(_SQL.change_template, template_id, kind, name, plan))


async def remove_template(session: WriteSession, template_id: UUID) -> None:
    """Remove a template; sessions made from it stay."""
    await session.do(_SQL.remove_template, template_id)
