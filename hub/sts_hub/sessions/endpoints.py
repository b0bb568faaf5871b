"""Routes of sessions, their timelines, and templates."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from sts_hub.errors import (
    Conflict,
    EditedMeanwhile,
    EditionMissing,
    Forbidden,
    NotFound,
    NotSignedIn,
)
from sts_hub.kit.editions import IfMatch, tagged
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Moment, Page
from sts_hub.sessions import plans, service, timeline
from sts_hub.sessions.repository import Wanted
from sts_hub.sessions.schemas import (
    Marker,
    Moved,
    NewMarker,
    NewPhase,
    NewPlay,
    NewSession,
    NewTemplate,
    Phase,
    PhaseChange,
    Play,
    Session,
    SessionChange,
    SessionEntry,
    Sessions,
    Template,
    TemplateChange,
    Timeline,
    WeekCopy,
)

router = Router(tags=["sessions"])

_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
_EDIT = described(NotSignedIn, NotFound, Forbidden, Conflict, EditedMeanwhile, EditionMissing, *UNSAFE)
_ID = "/sessions/{session_id}"


@router.get("/sessions", responses=described(NotSignedIn))
async def list_sessions(
    caller: Asking,
    session: Reads,
    part: Part,
    team: Annotated[UUID | None, Query(description="Only of this team.")] = None,
    since: Annotated[Moment | None, Query(alias="from", description="Not those that ended before.")] = None,
    until: Annotated[
        Moment | None, Query(alias="to", description="Not those that begin then or later.")
    ] = None,
) -> Page[SessionEntry]:
    """The calendar: what is planned and what was done, by when it begins."""
    return await service.listed(session, caller, part, Wanted(team, since, until))


@router.post("/sessions", status_code=201, responses=_WRITE)
async def add_session(caller: Asking, session: Writes, new: NewSession, response: Response) -> Session:
    """Plan a session, freely or from a template."""
    made = await service.added(session, caller, new)
    tagged(response, made)
    return made


@router.post("/sessions/copies", status_code=201, responses=_WRITE)
async def copy_week(caller: Asking, session: Writes, week: WeekCopy) -> Sessions:
    """Plan the sessions of a week again, at the same times of day."""
    return await plans.copied(session, caller, week)


@router.get(_ID, responses=_READ)
async def get_session(caller: Asking, session: Reads, session_id: UUID, response: Response) -> Session:
    """One session with its roster."""
    told = await service.shown(session, caller, await service.one(session, caller, session_id))
    tagged(response, told)
    return told


@router.patch(_ID, responses=_EDIT)
async def change_session(
    caller: Asking,
    session: Writes,
    session_id: UUID,
    change: SessionChange,
    response: Response,
    if_match: IfMatch = None,
) -> Session:
    """Change a session, also after its end; 412 when somebody else has changed it since you read it."""
    changed = await service.changed(session, caller, session_id, change, if_match)
    tagged(response, changed)
    return changed


@router.delete(_ID, status_code=204, responses=_WRITE)
async def remove_session(caller: Asking, session: Writes, session_id: UUID) -> None:
    """Remove a session that never was; what was measured stays."""
    await service.removed(session, caller, session_id)


@router.post(_ID + "/start", responses=_WRITE)
async def start_session(
    caller: Asking, session: Writes, session_id: UUID, moved: Moved, response: Response
) -> Session:
    """Begin a planned session."""
    begun = await service.started(session, caller, session_id, moved.at)
    tagged(response, begun)
    return begun


@router.post(_ID + "/end", responses=_WRITE)
async def end_session(
    caller: Asking, session: Writes, session_id: UUID, moved: Moved, response: Response
) -> Session:
    """End a running session, and the phases that run in it."""
    ended = await service.ended(session, caller, session_id, moved.at)
    tagged(response, ended)
    return ended


@router.get(_ID + "/timeline", responses=_READ)
async def get_timeline(caller: Asking, session: Reads, session_id: UUID) -> Timeline:
    """Phases, markers, and who was in play."""
    return await timeline.timeline(session, caller, session_id)


@router.post(_ID + "/phases", status_code=201, responses=_WRITE)
async def begin_phase(
    caller: Asking, session: Writes, session_id: UUID, new: NewPhase, response: Response
) -> Phase:
    """Begin a phase for a group, some athletes or all; it ends the one they were in."""
    begun = await timeline.phase_begun(session, caller, session_id, new)
    tagged(response, begun)
    return begun


@router.get(_ID + "/phases/{phase_id}", responses=_READ)
async def get_phase(
    caller: Asking, session: Reads, session_id: UUID, phase_id: UUID, response: Response
) -> Phase:
    """One phase."""
    told = await timeline.phase(session, caller, session_id, phase_id)
    tagged(response, told)
    return told


@router.patch(_ID + "/phases/{phase_id}", responses=_EDIT)
async def change_phase(
    caller: Asking,
    session: Writes,
    session_id: UUID,
    phase_id: UUID,
    change: PhaseChange,
    response: Response,
    if_match: IfMatch = None,
) -> Phase:
    """Correct a phase; 412 when somebody else has changed it since you read it."""
    changed = await timeline.phase_changed(session, caller, session_id, phase_id, change, if_match)
    tagged(response, changed)
    return changed


@router.post(_ID + "/phases/{phase_id}/end", responses=_WRITE)
async def end_phase(
    caller: Asking, session: Writes, session_id: UUID, phase_id: UUID, moved: Moved, response: Response
) -> Phase:
    """End a phase without beginning another."""
    ended = await timeline.phase_ended(session, caller, session_id, phase_id, moved.at)
    tagged(response, ended)
    return ended


@router.delete(_ID + "/phases/{phase_id}", status_code=204, responses=_WRITE)
async def remove_phase(caller: Asking, session: Writes, session_id: UUID, phase_id: UUID) -> None:
    """Undo a phase: the one before it goes on as if this one had never been."""
    await timeline.phase_removed(session, caller, session_id, phase_id)


@router.post(_ID + "/markers", status_code=201, responses=_WRITE)
async def set_marker(caller: Asking, session: Writes, session_id: UUID, new: NewMarker) -> Marker:
    """Set a marker, of the team or of one athlete."""
    return await timeline.marker_set(session, caller, session_id, new)


@router.delete(_ID + "/markers/{marker_id}", status_code=204, responses=_WRITE)
async def remove_marker(caller: Asking, session: Writes, session_id: UUID, marker_id: UUID) -> None:
    """Undo a marker."""
    await timeline.marker_removed(session, caller, session_id, marker_id)


@router.post(_ID + "/play", status_code=201, responses=_WRITE)
async def change_play(caller: Asking, session: Writes, session_id: UUID, new: NewPlay) -> list[Play]:
    """Athletes go into play, onto the bench, or are unavailable."""
    return await timeline.play_changed(session, caller, session_id, new)


@router.delete(_ID + "/play/{play_id}", status_code=204, responses=_WRITE)
async def remove_play(caller: Asking, session: Writes, session_id: UUID, play_id: UUID) -> None:
    """Undo such a change."""
    await timeline.play_removed(session, caller, session_id, play_id)


@router.get("/templates", responses=described(NotSignedIn))
async def list_templates(
    caller: Asking,
    session: Reads,
    part: Part,
    team: Annotated[UUID | None, Query(description="Only of this team.")] = None,
) -> Page[Template]:
    """What teams repeat, by name."""
    return await plans.templates(session, caller, part, team)


@router.post("/templates", status_code=201, responses=_WRITE)
async def add_template(caller: Asking, session: Writes, new: NewTemplate, response: Response) -> Template:
    """Keep a template for a team."""
    made = await plans.template_added(session, caller, new)
    tagged(response, made)
    return made


@router.get("/templates/{template_id}", responses=_READ)
async def get_template(caller: Asking, session: Reads, template_id: UUID, response: Response) -> Template:
    """One template."""
    told = plans.shown(await plans.template(session, caller, template_id))
    tagged(response, told)
    return told


@router.patch("/templates/{template_id}", responses=_EDIT)
async def change_template(
    caller: Asking,
    session: Writes,
    template_id: UUID,
    change: TemplateChange,
    response: Response,
    if_match: IfMatch = None,
) -> Template:
    """Change a template; 412 when somebody else has changed it since you read it."""
    changed = await plans.template_changed(session, caller, template_id, change, if_match)
    tagged(response, changed)
    return changed


@router.delete("/templates/{template_id}", status_code=204, responses=_WRITE)
async def remove_template(caller: Asking, session: Writes, template_id: UUID) -> None:
    """Remove a template; what was planned from it stays."""
    await plans.template_removed(session, caller, template_id)
