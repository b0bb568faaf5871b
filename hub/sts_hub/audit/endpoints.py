"""The route of the audit."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from sts_hub.audit import service
from sts_hub.audit.repository import Wanted
from sts_hub.audit.schemas import ClubEntry, Entry
from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.kit.shapes import Moment, Page

router = Router()


@router.get("/athletes/{athlete_id}/audit", tags=["athletes"], responses=described(NotSignedIn, NotFound))
async def list_audit(caller: Asking, session: Reads, athlete_id: UUID, part: Part) -> Page[Entry]:
    """Who read or changed what the hub has of an athlete, the newest first."""
    return await service.of_athlete(session, caller, athlete_id, part)


@router.get("/audit", tags=["accounts"], responses=described(NotSignedIn))
async def list_club_audit(
    caller: Asking,
    session: Reads,
    part: Part,
    account: Annotated[UUID | None, Query(description="Only what this account did.")] = None,
    athlete: Annotated[UUID | None, Query(description="Only what was about this athlete.")] = None,
    act: Annotated[
        str | None, Query(pattern=r"^[a-z][a-z_]{1,79}$", description="Only this operation.")
    ] = None,
    what: Annotated[Literal["read", "changed"] | None, Query(description="Only this.")] = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Not included.")] = None,
) -> Page[ClubEntry]:
    """What the people of your club read and changed, the newest first; an admin sees it."""
    reads = None if what is None else what == "read"
    wanted = Wanted(account, athlete, act, reads, since, until)
    return await service.of_club(session, caller, wanted, part)
