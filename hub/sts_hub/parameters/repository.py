"""Parameters and proposed maxima in the database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.parameters.catalogue import CATALOGUE, Name
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.parameters")


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A parameter as stored."""

    id: UUID
    athlete_id: UUID
    name: Name
    number: float | None
    word: str | None
    since: datetime
    source: str
    formula: str | None
    entered_at: datetime

    @property
    def value(self) -> float | str:
        """The number, or the word where it is one."""
        return self.word if self.number is None else self.number  # type: ignore[return-value]

    @property
    def unit(self) -> str:
        """The unit of the catalogue."""
        return CATALOGUE[Name(self.name)].unit


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposed maximum as stored, with the club, team and account of its athlete."""

    id: UUID
    athlete_id: UUID
    club_id: UUID
    team_id: UUID
    account_id: UUID | None
    name: Name
    value: float
    in_force: float
    seen_at: datetime
    state: str

    @property
    def unit(self) -> str:
        """The unit of the catalogue."""
        return CATALOGUE[Name(self.name)].unit

    @property
    def thing(self) -> Thing:
        """What the policy decides on: it is part of the athlete."""
        return Thing(Kind.ATHLETE, self.club_id, self.team_id, self.account_id, self.athlete_id)


async def page(
    session: ReadSession,
    athlete_id: UUID,
    name: Name | None,
    at: datetime | None,
    after: tuple[Any, ...],
    limit: int,
) -> list[ParameterRow]:
    """Up to `limit` + 1 parameters behind the (since, id) given, newest first."""
    rows = await session.rows(_SQL.page, athlete_id, name, at, *after, limit + 1)
    return [ParameterRow(**row) for row in rows]


async def in_force(
    session: ReadSession, athlete_ids: Sequence[UUID], at: datetime
) -> dict[UUID, list[ParameterRow]]:
    """The parameters of these athletes in force at a time, by athlete; nothing for those without any."""
    found: dict[UUID, list[ParameterRow]] = defaultdict(list)
    for row in await session.rows(_SQL.in_force, athlete_ids, at):
        found[row["athlete_id"]].append(ParameterRow(**row))
    return found


async def add(
    session: WriteSession,
    athlete_id: UUID,
    name: Name,
    value: float | str,
    since: datetime,
    source: str,
    formula: str | None,
    by: UUID,
) -> ParameterRow:
    """Enter a value; the constraint `athlete_parameter_once` refuses a second one from the same time on."""
    number, word = (None, value) if isinstance(value, str) else (value, None)
    row = await session.one(_SQL.add, athlete_id, name, number, word, since, source, formula, by)
    return ParameterRow(**row)


async def remove(session: WriteSession, athlete_id: UUID, parameter_id: UUID) -> bool:
    """Remove an entry; False where there is none."""
    return await session.row(_SQL.remove, athlete_id, parameter_id) is not None


async def proposals(
    session: ReadSession, athlete_id: UUID | None, state: str | None, after: tuple[Any, ...], limit: int
) -> list[ProposalRow]:
    """Up to `limit` + 1 proposals behind the (seen_at, id) given, newest first."""
    rows = await session.rows(_SQL.proposals, athlete_id, state, *after, limit + 1)
    return [ProposalRow(**row) for row in rows]


async def proposal_by_id(session: ReadSession, proposal_id: UUID) -> ProposalRow | None:
    """The proposal, or None."""
    row = await session.row(_SQL.proposal_by_id, proposal_id)
    return ProposalRow(**row) if row else None


async def propose(
    session: WriteSession, athlete_id: UUID, name: Name, value: float, in_force: float, seen_at: datetime
) -> None:
    """Propose a value, unless as high a one was proposed already."""
    await session.do(_SQL.propose, athlete_id, name, value, in_force, seen_at)


async def decide(session: WriteSession, proposal_id: UUID, state: str, by: UUID) -> bool:
    """Decide an open proposal; False where it is decided already."""
    return await session.row(_SQL.decide, proposal_id, state, by) is not None
