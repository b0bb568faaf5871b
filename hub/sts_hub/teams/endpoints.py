"""Routes of teams."""

from uuid import UUID

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.teams import service
from sts_hub.teams.schemas import NewTeam, Team, TeamChange

router = Router(prefix="/teams", tags=["teams"])


@router.get("", responses=described(NotSignedIn))
async def list_teams(caller: Asking, session: Reads, part: Part) -> Page[Team]:
    """The teams that you see, by name."""
    return await service.listed(session, caller, part)


@router.post("", status_code=201, responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE))
async def add_team(caller: Asking, session: Writes, new: NewTeam) -> Team:
    """Add a team to your club."""
    return await service.added(session, caller, new)


@router.get("/{team_id}", responses=described(NotSignedIn, NotFound))
async def get_team(caller: Asking, session: Reads, team_id: UUID) -> Team:
    """One team."""
    return service.shown(await service.one(session, caller, team_id))


@router.patch("/{team_id}", responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE))
async def change_team(caller: Asking, session: Writes, team_id: UUID, change: TeamChange) -> Team:
    """Rename a team."""
    return await service.changed(session, caller, team_id, change)
