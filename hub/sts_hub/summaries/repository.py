"""Summaries in the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

SQL = queries.load("sts_hub.summaries")


@dataclass(frozen=True, slots=True)
class Basis:
    """What an athlete's numbers are worked out from; when it is another, so may they be. phases: id as text, since and until
    in µs since 1970, in order of time."""

    since: datetime
    until: datetime
    parameters: dict[str, float | str]
    rating: float | None
    marks: str
    phases: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A summary as stored; verdict: completeness as JSON has it."""

    athlete_id: UUID
    revision: int
    computed_at: datetime
    basis: Basis
    because: list[str]
    verdict: Any
    complete_at: datetime | None


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number as stored; phase_id: None for the whole session."""

    id: UUID
    athlete_id: UUID
    phase_id: UUID | None
    formula: str
    variant: str
    revision: int
    body: dict[str, Any]
    was: dict[str, Any] | None


Name = tuple[UUID | None, str, str]
"""What tells the numbers of an athlete in a session apart: phase, formula, variant."""


@dataclass(frozen=True, slots=True)
class WornRow:
    """A sensor worn in a session."""

    athlete_id: UUID
    sensor_id: int
    since: datetime
    until: datetime


async def marks(
    session: ReadSession, athlete_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, str]:
    """What decides which values there are and how complete, by athlete."""
    rows = await session.rows(SQL.marks, athlete_ids, since, until)
    return {row["athlete"]: row["marks"] for row in rows}


async def gateways(
    session: ReadSession, athlete_ids: Sequence[UUID], since: datetime, until: datetime
) -> list[str]:
    """The gateways that know what these athletes wore."""
    return [row["gateway"] for row in await session.rows(SQL.gateways, athlete_ids, since, until)]


async def worn(
    session: ReadSession, athlete_ids: Sequence[UUID], since: datetime, until: datetime
) -> list[WornRow]:
    """What these athletes wore, cut to the time."""
    return [WornRow(**row) for row in await session.rows(SQL.worn, athlete_ids, since, until)]


async def take_turn(session: WriteSession, session_id: UUID) -> None:
    """Wait until nobody else works this session out."""
    await session.row(SQL.turn, session_id)


async def kept(session: ReadSession, session_id: UUID, athlete_ids: Sequence[UUID]) -> dict[UUID, Kept]:
    """The summaries that there are, by athlete."""
    return {row["athlete_id"]: _kept(row) for row in await session.rows(SQL.kept, session_id, athlete_ids)}


def _kept(row: asyncpg.Record) -> Kept:
    basis = Basis(
        row["since"],
        row["until"],
        json.loads(row["parameters"]),
        row["rating"],
        row["marks"],
        json.loads(row["phases"]),
    )
    return Kept(
        row["athlete_id"],
        row["revision"],
        row["computed_at"],
        basis,
        list(row["because"]),
        json.loads(row["verdict"]),
        row["complete_at"],
    )


async def numbers(session: ReadSession, session_id: UUID, athlete_ids: Sequence[UUID]) -> list[NumberRow]:
    """The numbers of these athletes."""
    return [_number(row) for row in await session.rows(SQL.numbers, session_id, athlete_ids)]


def _number(row: asyncpg.Record) -> NumberRow:
    was = None if row["was"] is None else json.loads(row["was"])
    return NumberRow(
        row["id"],
        row["athlete_id"],
        row["phase_id"],
        row["formula"],
        row["variant"],
        row["revision"],
        json.loads(row["body"]),
        was,
    )


async def loads(
    session: ReadSession,
    athlete_ids: Sequence[UUID],
    name: tuple[str, str],
    since: datetime,
    until: datetime,
) -> list[asyncpg.Record]:
    """One number of every session that began in a time, in time: athlete_id, started_at, load, worked_out."""
    return await session.rows(SQL.loads, athlete_ids, *name, since, until)


async def number_by_id(session: ReadSession, number_id: UUID) -> tuple[NumberRow, dict[str, Any]] | None:
    """A number, and what else is known of it: session_id, session, phase, rating, computed_at, and the session's since and
    until."""
    row = await session.row(SQL.number_by_id, number_id)
    if row is None:
        return None
    more = ("session_id", "session", "phase", "rating", "computed_at", "since", "until")
    return _number(row), {name: row[name] for name in more}


async def begin(
    session: WriteSession, session_id: UUID, athlete_id: UUID, since: datetime, until: datetime
) -> None:
    """Make room for an athlete's numbers."""
    await session.do(SQL.begin, session_id, athlete_id, since, until)


async def drop_numbers(
    session: WriteSession, session_id: UUID, athlete_id: UUID, names: Sequence[Name]
) -> None:
    """Remove numbers that are none any more."""
    await session.do(
        SQL.drop_numbers, session_id, athlete_id, *([one[place] for one in names] for place in range(3))
    )


async def keep(
    session: WriteSession,
    session_id: UUID,
    athlete_id: UUID,
    revision: int,
    basis: Basis,
    because: Sequence[str],
    verdict: Any,
    complete: bool,
) -> None:
    """Store what an athlete's numbers were worked out from."""
    await session.do(
        SQL.keep,
        session_id,
        athlete_id,
        revision,
        basis.since,
        basis.until,
        json.dumps(basis.parameters, sort_keys=True),
        basis.rating,
        basis.marks,
        because,
        json.dumps(verdict),
        complete,
        json.dumps(basis.phases),
    )


async def keep_number(
    session: WriteSession,
    session_id: UUID,
    athlete_id: UUID,
    name: Name,
    revision: int,
    body: dict[str, Any],
    was: dict[str, Any] | None,
) -> None:
    """Store a number."""
    told = None if was is None else json.dumps(was)
    await session.do(SQL.keep_number, session_id, athlete_id, *name, revision, json.dumps(body), told)


async def matches(
    session: ReadSession, team_id: UUID, before: datetime, formula: str, variant: str
) -> list[tuple[UUID, dict[str, Any]]]:
    """Athlete and values of a formula, for each match of the team in the year before."""
    rows = await session.rows(SQL.matches, team_id, before, formula, variant)
    return [(row["athlete_id"], json.loads(row["values"])) for row in rows]
