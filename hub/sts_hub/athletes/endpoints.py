"""Routes of athletes and their consents."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from sts_hub.athletes import service
from sts_hub.athletes.schemas import (
    Athlete,
    AthleteChange,
    Consent,
    ConsentChange,
    NewAthlete,
    NewConsent,
)
from sts_hub.config import Settings
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.removals import Removals
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page

router = Router(prefix="/athletes", tags=["athletes"])

_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)


@router.get("", responses=described(NotSignedIn))
async def list_athletes(
    caller: Asking,
    session: Reads,
    part: Part,
    team: Annotated[UUID | None, Query(description="Only this team.")] = None,
) -> Page[Athlete]:
    """The athletes that you see, by number."""
    return await service.listed(session, caller, part, team)


@router.post("", status_code=201, responses=_WRITE)
async def add_athlete(caller: Asking, session: Writes, new: NewAthlete) -> Athlete:
    """Add an athlete to a team."""
    return await service.added(session, caller, new)


@router.get("/{athlete_id}", responses=_READ)
async def get_athlete(caller: Asking, session: Reads, athlete_id: UUID) -> Athlete:
    """One athlete."""
    return service.shown(await service.one(session, caller, athlete_id))


@router.patch("/{athlete_id}", responses=_WRITE)
async def change_athlete(caller: Asking, session: Writes, athlete_id: UUID, change: AthleteChange) -> Athlete:
    """Change an athlete; what is left out stays."""
    return await service.changed(session, caller, athlete_id, change)


@router.get("/{athlete_id}/consents", responses=_READ)
async def list_consents(caller: Asking, session: Reads, athlete_id: UUID, part: Part) -> Page[Consent]:
    """What the athlete agreed to, in time."""
    return await service.consents(session, caller, athlete_id, part)


@router.post("/{athlete_id}/consents", status_code=201, responses=_WRITE)
async def add_consent(
    caller: Asking,
    session: Writes,
    settings: Annotated[Settings, Depends(provided(Settings))],
    athlete_id: UUID,
    new: NewConsent,
) -> Consent:
    """Record a consent: an athlete's or guardian's own, or, as staff, one that was signed on paper."""
    return await service.consent_added(session, caller, athlete_id, new, settings.digital_consent_age)


@router.patch("/{athlete_id}/consents/{consent_id}", responses=_WRITE)
async def end_consent(
    caller: Asking,
    session: Writes,
    removals: Annotated[Removals, Depends(provided(Removals))],
    athlete_id: UUID,
    consent_id: UUID,
    change: ConsentChange,
) -> Consent:
    """Withdraw a consent, now or at a time given."""
    return await service.consent_ended(session, caller, removals, athlete_id, consent_id, change)
