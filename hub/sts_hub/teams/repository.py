"""Teams in the database."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.teams")


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team as stored."""

    id: UUID
    club_id: UUID
    name: str

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.TEAM, self.club_id, team_id=self.id)


async def page(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[TeamRow]:
    """Up to `limit` + 1 teams behind the (name, id) given."""
    return [TeamRow(**row) for row in await session.rows(_SQL.page, *after, limit + 1)]


async def by_id(session: ReadSession, team_id: UUID) -> TeamRow | None:
    """The team, or None."""
    row = await session.row(_SQL.by_id, team_id)
    return TeamRow(**row) if row else None


async def add(session: WriteSession, club_id: UUID, name: str) -> TeamRow:
    """Add a team."""
    return TeamRow(**await session.one(_SQL.add, club_id, name))


async def rename(session: WriteSession, team_id: UUID, name: str) -> TeamRow:
    """Give a team another name."""
    return TeamRow(**await session.one(_SQL.rename, team_id, name))
