"""Rules of teams: a name is used once in a club."""

from uuid import UUID

from sts_hub.errors import Conflict
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, may, missing
from sts_hub.teams import repository
from sts_hub.teams.schemas import NewTeam, Team, TeamChange


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Team]:
    """The teams that the caller sees."""
    rows = await repository.page(session, cut.after(str, UUID), cut.limit)
    return cut.page(
        rows, key=lambda row: (row.name, row.id), item=shown, keep=lambda row: may(caller, Act.SEE, row.thing)
    )


async def one(session: ReadSession, caller: Caller, team_id: UUID, act: Act = Act.SEE) -> repository.TeamRow:
    """A team that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, team_id)
    if row is None:
        raise missing(Kind.TEAM)
    guard(caller, act, row.thing)
    return row


async def added(session: WriteSession, caller: Caller, new: NewTeam) -> Team:
    """Add a team to the caller's club."""
    guard_new(caller, Thing(Kind.TEAM, caller.club_id))
    with conflicts(_taken(new.name)):
        return shown(await repository.add(session, caller.club_id, new.name))


async def changed(session: WriteSession, caller: Caller, team_id: UUID, change: TeamChange) -> Team:
    """Rename a team."""
    await one(session, caller, team_id, Act.CHANGE)
    with conflicts(_taken(change.name)):
        return shown(await repository.rename(session, team_id, change.name))


def shown(row: repository.TeamRow) -> Team:
    """The team as the API tells it."""
    return Team(id=row.id, name=row.name)


def _taken(name: str) -> dict[str, Conflict]:
    sentence = f"The club already has a team named {name}."
    return {"team_club_id_name_key": Conflict(sentence, way_out="Choose another name.")}
