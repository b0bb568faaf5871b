"""Routes of ratings, wellness forms and absences."""

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
from sts_hub.kit.shapes import Day, Page
from sts_hub.wellbeing import service
from sts_hub.wellbeing.repository import Wanted
from sts_hub.wellbeing.schemas import (
    Absence,
    AbsenceChange,
    NewAbsence,
    NewRating,
    NewWellness,
    Rating,
    Wellness,
)

router = Router(tags=["wellbeing"])

_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
_EDIT = described(NotSignedIn, NotFound, Forbidden, Conflict, EditedMeanwhile, EditionMissing, *UNSAFE)
_OF = "/athletes/{athlete_id}"


@router.get(_OF + "/ratings", responses=_READ)
async def list_ratings(caller: Asking, session: Reads, part: Part, athlete_id: UUID) -> Page[Rating]:
    """How hard an athlete found sessions, newest first."""
    return await service.ratings_of(session, caller, athlete_id, part)


@router.post(_OF + "/ratings", status_code=201, responses=_WRITE)
async def rate_session(caller: Asking, session: Writes, athlete_id: UUID, new: NewRating) -> Rating:
    """Say how hard a session was, in place of an earlier rating of it."""
    return await service.rated(session, caller, athlete_id, new)


@router.get(_OF + "/wellness", responses=_READ)
async def list_wellness(caller: Asking, session: Reads, part: Part, athlete_id: UUID) -> Page[Wellness]:
    """The wellness forms of an athlete, newest first."""
    return await service.wellness(session, caller, athlete_id, part)


@router.post(_OF + "/wellness", status_code=201, responses=_WRITE)
async def say_wellness(caller: Asking, session: Writes, athlete_id: UUID, new: NewWellness) -> Wellness:
    """Keep the wellness form of a day, in place of an earlier one."""
    return await service.said(session, caller, athlete_id, new)


@router.get("/absences", responses=described(NotSignedIn))
async def list_absences(
    caller: Asking,
    session: Reads,
    part: Part,
    team: Annotated[UUID | None, Query(description="Only of this team.")] = None,
    on: Annotated[Day | None, Query(description="Only those that hold on this day.")] = None,
) -> Page[Absence]:
    """Who cannot train, or not fully; newest first."""
    return await service.absences(session, caller, part, Wanted(None, team, on))


@router.get(_OF + "/absences", responses=_READ)
async def list_absences_of_athlete(
    caller: Asking, session: Reads, part: Part, athlete_id: UUID
) -> Page[Absence]:
    """When an athlete could not train, newest first."""
    return await service.absences_of(session, caller, athlete_id, part)


@router.post(_OF + "/absences", status_code=201, responses=_WRITE)
async def add_absence(
    caller: Asking, session: Writes, athlete_id: UUID, new: NewAbsence, response: Response
) -> Absence:
    """Note that an athlete cannot train, or not fully."""
    made = await service.absence_added(session, caller, athlete_id, new)
    tagged(response, made)
    return made


@router.get(_OF + "/absences/{absence_id}", responses=_READ)
async def get_absence(
    caller: Asking, session: Reads, athlete_id: UUID, absence_id: UUID, response: Response
) -> Absence:
    """One absence."""
    told = service.shown(await service.one(session, caller, athlete_id, absence_id))
    tagged(response, told)
    return told


@router.patch(_OF + "/absences/{absence_id}", responses=_EDIT)
async def change_absence(
    caller: Asking,
    session: Writes,
    athlete_id: UUID,
    absence_id: UUID,
    change: AbsenceChange,
    response: Response,
    if_match: IfMatch = None,
) -> Absence:
    """End or correct an absence; 412 when somebody else has changed it since you read it."""
    changed = await service.absence_changed(session, caller, athlete_id, absence_id, change, if_match)
    tagged(response, changed)
    return changed


@router.delete(_OF + "/absences/{absence_id}", status_code=204, responses=_WRITE)
async def remove_absence(caller: Asking, session: Writes, athlete_id: UUID, absence_id: UUID) -> None:
    """Remove an absence that never was."""
    await service.absence_removed(session, caller, athlete_id, absence_id)
