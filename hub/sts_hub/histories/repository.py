"""Histories in the database: saved mappings, and sessions by the hundred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

_SQL: Final = queries.load("sts_hub.histories")


class Key(NamedTuple):
    """What tells sessions of a team apart."""

    begin: datetime
    end: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an athlete in a session."""

    rating: float | None
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class There:
    """A session that is there, and who was in it."""

    id: UUID
    athletes: dict[UUID, Known]


@dataclass(frozen=True, slots=True)
class Place:
    """An athlete in a session, with what is to be known from now on."""

    session_id: UUID
    athlete_id: UUID
    rating: float | None
    numbers: Mapping[str, tuple[str, float]]


async def mappings(
    session: ReadSession, club_id: UUID, behind: str | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` + 1 mappings by name."""
    return [_saved(row) for row in await session.rows(_SQL.mappings, club_id, behind, limit + 1)]


async def mapping(session: ReadSession, club_id: UUID, name: str) -> dict[str, Any] | None:
    """A saved mapping, or None."""
    text: str | None = await session.value(_SQL.mapping, club_id, name)
    return None if text is None else msgspec.json.decode(text, type=dict[str, Any])


async def save_mapping(
    session: WriteSession, club_id: UUID, name: str, mapping: str, saved_by: str
) -> dict[str, Any]:
    """Save a mapping, given as JSON, under its name."""
    return _saved(await session.one(_SQL.save_mapping, club_id, name, mapping, saved_by))


def _saved(row: Any) -> dict[str, Any]:
    mapping = msgspec.json.decode(row["mapping"], type=dict[str, Any])
    return mapping | {name: row[name] for name in ("name", "saved_by", "saved_at")}


async def one_at_a_time(session: WriteSession, team_id: UUID) -> None:
    """Wait until no other table of the team is being stored, up to the end of the transaction."""
    await session.do(_SQL.one_at_a_time, team_id)


async def there(session: ReadSession, team_id: UUID, first: datetime, last: datetime) -> dict[Key, There]:
    """The ended sessions of a team that began in that time."""
    found: dict[Key, There] = {}
    for row in await session.rows(_SQL.there, team_id, first, last):
        one = found.setdefault(Key(row["begin"], row["end"], row["name"]), There(row["id"], {}))
        if row["athlete_id"] is not None:
            one.athletes[row["athlete_id"]] = Known(
                row["rating"], msgspec.json.decode(row["numbers"] or "{}")
            )
    return found


async def consented(
    session: ReadSession, asked: Sequence[tuple[UUID, datetime]]
) -> set[tuple[UUID, datetime]]:
    """Those of these athletes and times where the athlete had agreed to be monitored."""
    columns = [one for one, _ in asked], [at for _, at in asked]
    return {(row["athlete_id"], row["at"]) for row in await session.rows(_SQL.consented, *columns)}


async def add_sessions(session: WriteSession, club_id: UUID, team_id: UUID, new: Mapping[Key, UUID]) -> None:
    """Add sessions that are over."""
    columns = (
        list(new.values()),
        [key.name for key in new],
        [key.begin for key in new],
        [key.end for key in new],
    )
    await session.do(_SQL.add_sessions, club_id, team_id, *columns)


async def add_athletes(session: WriteSession, club_id: UUID, places: Sequence[Place]) -> None:
    """Put athletes on rosters."""
    await session.do(
        _SQL.add_athletes, club_id, [one.session_id for one in places], [one.athlete_id for one in places]
    )


async def tell(session: WriteSession, account_id: UUID, places: Sequence[Place]) -> None:
    """Keep ratings and numbers."""
    rated = [one for one in places if one.rating is not None]
    await session.do(
        _SQL.rate,
        account_id,
        [one.session_id for one in rated],
        [one.athlete_id for one in rated],
        [one.rating for one in rated],
    )
    told = [
        (one.session_id, one.athlete_id, name, *number)
        for one in places
        for name, number in one.numbers.items()
    ]
    await session.do(_SQL.tell, *([row[place] for row in told] for place in range(5)))


async def told(session: ReadSession, session_id: UUID) -> list[dict[str, Any]]:
    """Numbers of a session that another system told."""
    return [dict(row) for row in await session.rows(_SQL.told, session_id)]
