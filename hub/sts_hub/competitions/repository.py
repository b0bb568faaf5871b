"""Competitions, their files, people and facts in the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from sts_hub.competitions.changes import Change, Known
from sts_hub.competitions.facts import FactRow, full_name, storable
from sts_hub.competitions.matching import Match, Own
from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing
from sts_protocols.results.model import Competitor

_SQL: Final = queries.load("sts_hub.competitions")
# A name of a person or a club as people write it; what is longer is no name.
_LONGEST: Final = 200
# A statement with so many facts takes a second or two, well below the time that one may take.
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class CompetitionRow:
    """A competition as stored, with how many files it has and how many people are still to be told apart."""

    id: UUID
    club_id: UUID
    name: str
    city: str
    nation: str
    first_day: date | None
    last_day: date | None
    zone: str
    added_at: datetime
    files: int
    ambiguous: int

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.COMPETITION, self.club_id)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was taken in, and what it changed."""

    id: int
    competition_id: UUID
    way: str
    name: str
    told_by: str
    told_at: datetime
    format: str
    pieces: int
    refused: list[dict[str, Any]]
    notes: list[str]
    whole: bool
    added: int
    corrected: int
    withdrawn: int
    unchanged: int


def as_json(value: object) -> str:
    """JSON that PostgreSQL takes."""
    raw = msgspec.json.encode(value)
    return (msgspec.json.encode(storable(msgspec.to_builtins(value))) if b"\\u0000" in raw else raw).decode()


def fit(text: str) -> str:
    """A text for a column: without zeros, and not longer than a name."""
    return text.replace("\0", "")[:_LONGEST]


async def lock(session: WriteSession, club_id: UUID) -> None:
    """Wait until no other file of the club is being taken in; held to the end of the transaction."""
    await session.value(_SQL.lock, club_id)


async def page(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[CompetitionRow]:
    """Up to `limit` + 1 competitions behind the (added_at, id) given."""
    return [CompetitionRow(**row) for row in await session.rows(_SQL.page, *after, limit + 1)]


async def by_id(session: ReadSession, competition_id: UUID) -> CompetitionRow | None:
    """The competition, or None."""
    row = await session.row(_SQL.by_id, competition_id)
    return CompetitionRow(**row) if row else None


async def add(session: WriteSession, club_id: UUID, key: str | None, fields: Mapping[str, Any]) -> UUID:
    """Add a competition; without a key it is one made by hand."""
    row = await session.one(_SQL.add, club_id, key, *(fields[name] for name in _FIELDS))
    found: UUID = row["id"]
    return found


async def change(session: WriteSession, row: CompetitionRow, fields: Mapping[str, Any]) -> None:
    """Change what is named in `fields`."""
    values = {name: getattr(row, name) for name in _FIELDS} | dict(fields)
    await session.do(_SQL.change, row.id, *(values[name] for name in _FIELDS))


_FIELDS: Final = ("name", "city", "nation", "first_day", "last_day", "zone")


async def by_key(session: ReadSession, club_id: UUID, key: str) -> UUID | None:
    """The club's competition that files call so."""
    found: UUID | None = await session.value(_SQL.by_key, club_id, key)
    return found


async def of_line(session: ReadSession, club_id: UUID, line: str, since: datetime) -> UUID | None:
    """Where the last file of this line went, if it came after `since`."""
    found: UUID | None = await session.value(_SQL.of_line, club_id, line, since)
    return found


async def salt(session: ReadSession, competition_id: UUID) -> UUID:
    """What keys of its people are hashed with."""
    found: UUID = await session.value(_SQL.salt, competition_id)
    return found


async def last_of_line(session: ReadSession, competition_id: UUID, line: str) -> tuple[int, bytes] | None:
    """Id and hash of the version of this file that was taken in last."""
    row = await session.row(_SQL.last_of_line, competition_id, line)
    return (row["id"], row["sha256"]) if row else None


async def add_file(session: WriteSession, *values: object) -> int:
    """Note a file; its values in the order of the query."""
    row = await session.one(_SQL.add_file, *values)
    found: int = row["id"]
    return found


async def own_athletes(session: ReadSession) -> list[Own]:
    """All athletes of the asking club."""
    return [Own(**row) for row in await session.rows(_SQL.own_athletes)]


async def known_people(session: ReadSession, competition_id: UUID) -> dict[str, int]:
    """Ids of the people of a competition, by their keys."""
    return {row["key"]: row["id"] for row in await session.rows(_SQL.known_people, competition_id)}


async def add_people(
    session: WriteSession,
    competition_id: UUID,
    club_id: UUID,
    told_at: datetime,
    people: Mapping[str, tuple[Competitor, Match]],
) -> dict[str, int]:
    """Note people; their ids by key."""
    who = [one for one, _ in people.values()]
    matches = [match for _, match in people.values()]
    rows = await session.rows(
        _SQL.add_people,
        competition_id,
        club_id,
        told_at,
        list(people),
        [one.kind for one in who],
        [fit(full_name(one)) for one in who],
        [fit(one.licence) for one in who],
        [fit(one.birth)[:10] for one in who],
        [fit(one.gender) for one in who],
        [fit(one.nation) for one in who],
        [fit(one.club.name or one.club.code) for one in who],
        [match.athlete_id for match in matches],
        [match.how for match in matches],
        [",".join(map(str, match.candidates)) for match in matches],
    )
    return {row["key"]: row["id"] for row in rows}


async def known_facts(session: ReadSession, competition_id: UUID) -> dict[tuple[str, str], Known]:
    """All facts of a competition as they stand, by kind and key."""
    rows = await session.rows(_SQL.known_facts, competition_id)
    found = [Known(**_decoded(row, "content")) for row in rows]
    return {(one.kind, one.key): one for one in found}


async def add_facts(
    session: WriteSession,
    competition_id: UUID,
    club_id: UUID,
    file_id: int,
    changes: Sequence[Change],
    people: Mapping[str, int],
) -> None:
    """Store new facts."""
    for some in _batches(changes):
        await session.do(
            _SQL.add_facts,
            competition_id,
            club_id,
            file_id,
            [one.kind for one in some],
            [one.key for one in some],
            [one.parent for one in some],
            [people.get(one.who) for one in some],
            [as_json(one.after) for one in some],
        )


async def change_facts(
    session: WriteSession, file_id: int, changes: Sequence[Change], people: Mapping[str, int]
) -> None:
    """Store new versions of facts."""
    for some in _batches(changes):
        await session.do(
            _SQL.change_facts,
            file_id,
            [one.fact_id for one in some],
            [one.version for one in some],
            [one.state for one in some],
            [as_json(one.after) for one in some],
            [None if one.state == "withdrawn" else one.parent for one in some],
            [people.get(one.who) for one in some],
        )


def _batches(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    for start in range(0, len(changes), _AT_ONCE):
        yield changes[start : start + _AT_ONCE]


async def files(session: ReadSession, competition_id: UUID, behind: int | None, limit: int) -> list[FileRow]:
    """Up to `limit` + 1 files, newest first."""
    return [_file(row) for row in await session.rows(_SQL.files, competition_id, behind, limit + 1)]


async def file(session: ReadSession, file_id: int) -> FileRow | None:
    """A file, or None."""
    row = await session.row(_SQL.file, file_id)
    return _file(row) if row else None


def _file(row: asyncpg.Record) -> FileRow:
    lists = {name: msgspec.json.decode(row[name]) for name in ("refused", "notes")}
    return FileRow(**(dict(row) | lists))


async def changed_by(
    session: ReadSession, file_id: int, limit: int, *, behind: int | None = None, standing: bool = False
) -> list[dict[str, Any]]:
    """Up to `limit` facts that a file changed, each with what stood there before; `standing`: without those it added."""
    rows = await session.rows(_SQL.changed_by, file_id, behind, limit, standing)
    return [_decoded(row, "before", "after") for row in rows]


async def facts(
    session: ReadSession,
    competition_id: UUID,
    kind: str | None,
    parent: str | None,
    behind: int | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Up to `limit` + 1 facts in the order of their ids."""
    rows = await session.rows(_SQL.facts, competition_id, kind, parent, behind, limit + 1)
    return [_decoded(row, "content") for row in rows]


async def fact(session: ReadSession, competition_id: UUID, fact_id: int) -> FactRow | None:
    """A fact of a competition, or None."""
    row = await session.row(_SQL.fact, fact_id, competition_id)
    if row is None:
        return None
    told = _decoded(row, "content", "entry", "heat", "round")
    return FactRow(
        **{name: {} if part is None and name != "athlete_id" else part for name, part in told.items()}
    )


async def own_by_key(session: ReadSession, competition_id: UUID, keys: set[str]) -> dict[str, UUID]:
    """Who of these keys is an own athlete."""
    rows = await session.rows(_SQL.own_by_key, competition_id, list(keys))
    return {row["key"]: row["athlete_id"] for row in rows}


async def versions(session: ReadSession, fact_id: int) -> list[dict[str, Any]]:
    """All versions of a fact, the first one first."""
    return [_decoded(row, "content") for row in await session.rows(_SQL.versions, fact_id)]


async def results_of(
    session: ReadSession,
    athlete_ids: Sequence[UUID],
    behind: int | None,
    limit: int,
    *,
    side: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[dict[str, Any]]:
    """Up to `limit` + 1 results of athletes and of the side called so, those told last first."""
    values = (list(athlete_ids), side, behind, since, until, limit + 1)
    rows = await session.rows(_SQL.results_of, *values)
    return [_decoded(row, "content", "against") for row in rows]


def _decoded(row: asyncpg.Record, *names: str) -> dict[str, Any]:
    found = dict(row)
    for name in names:
        if found[name] is not None:
            found[name] = msgspec.json.decode(found[name])
    return found


async def competitors(
    session: ReadSession, competition_id: UUID, matched: str | None, behind: int | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` + 1 people of a competition."""
    return [
        dict(row) for row in await session.rows(_SQL.competitors, competition_id, matched, behind, limit + 1)
    ]


async def competitors_of_ids(session: ReadSession, ids: Sequence[int], limit: int) -> list[dict[str, Any]]:
    """Up to `limit` of these people, those first whom a person must tell apart, then own athletes."""
    return [dict(row) for row in await session.rows(_SQL.competitors_of_ids, list(ids), limit)]


async def competitor(session: ReadSession, competition_id: UUID, competitor_id: int) -> dict[str, Any] | None:
    """Somebody of a competition, with the licence."""
    row = await session.row(_SQL.competitor, competitor_id, competition_id)
    return dict(row) if row else None


async def say_who(session: WriteSession, competitor_id: int, athlete_id: UUID | None) -> None:
    """A person has said which athlete this is, or that it is none."""
    await session.do(_SQL.say_who, competitor_id, athlete_id)


async def licences(session: ReadSession, athlete_id: UUID) -> list[str]:
    """Licences of an athlete."""
    row = await session.row(_SQL.listing, athlete_id)
    return list(row["licences"]) if row else []


async def list_athlete(
    session: WriteSession, athlete_id: UUID, club_id: UUID, licences: Sequence[str]
) -> None:
    """Store the licences of an athlete; results that were told by them become the athlete's."""
    await session.do(_SQL.list_athlete, athlete_id, club_id, list(licences))
    await session.do(_SQL.know_by_licence, club_id, athlete_id, list(licences))


async def columns_page(
    session: ReadSession, club_id: UUID, behind: str | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` + 1 saved mappings by name."""
    return [
        _decoded(row, "columns") for row in await session.rows(_SQL.columns_page, club_id, behind, limit + 1)
    ]


async def columns_named(session: ReadSession, club_id: UUID, name: str) -> dict[str, Any] | None:
    """A saved mapping, or None."""
    row = await session.row(_SQL.columns_named, club_id, name)
    return _decoded(row, "columns") if row else None


async def save_columns(
    session: WriteSession, club_id: UUID, name: str, columns: object, saved_by: str
) -> dict[str, Any]:
    """Save a mapping under a name."""
    return _decoded(
        await session.one(_SQL.save_columns, club_id, name, as_json(columns), saved_by), "columns"
    )
