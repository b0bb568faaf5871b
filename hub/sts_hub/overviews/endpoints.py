"""The route of overviews."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.loads.endpoints import wanted
from sts_hub.loads.service import Wanted
from sts_hub.overviews import service
from sts_hub.overviews.schemas import Overview

router = Router(tags=["overviews"])


@router.get("/teams/{team_id}/overview", responses=described(NotSignedIn, NotFound))
async def get_overview(
    caller: Asking, session: Reads, team_id: UUID, asked: Annotated[Wanted, Depends(wanted)]
) -> Overview:
    """A team week by week: attendance, load, coverage, wellness, absences; of groups, never of one athlete."""
    return await service.of_team(session, caller, team_id, asked)
