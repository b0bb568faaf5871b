"""Routes of loads."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.kit.shapes import Day, TimeZone
from sts_hub.loads import service
from sts_hub.loads.schemas import Loads, Measure
from sts_hub.loads.service import Wanted

router = Router(tags=["loads"])

_READ = described(NotSignedIn, NotFound)


async def wanted(
    since: Annotated[Day, Query(alias="from")],
    until: Annotated[Day, Query(alias="to", description="Included; within 366 days.")],
    measure: Annotated[Measure, Query(description="Which number of a session is its load.")] = "edwards",
    time_zone: TimeZone = "UTC",
) -> Wanted:
    """The days that a request asks for."""
    return Wanted(since, until, measure, time_zone)


@router.get("/teams/{team_id}/loads", responses=_READ)
async def get_team_loads(
    caller: Asking, session: Reads, team_id: UUID, asked: Annotated[Wanted, Depends(wanted)]
) -> Loads:
    """What each day asked of everybody of a team, with the means that follow from it."""
    return await service.of_team(session, caller, team_id, asked)


@router.get("/athletes/{athlete_id}/loads", responses=_READ)
async def get_athlete_loads(
    caller: Asking, session: Reads, athlete_id: UUID, asked: Annotated[Wanted, Depends(wanted)]
) -> Loads:
    """The same of one athlete."""
    return await service.of_athlete(session, caller, athlete_id, asked)
