"""Whole clubs in the database, by its owner: what the catalogue says, and rows by the file full."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sts_hub.db import queries
from sts_hub.db.belonging import Belonging, Table, quoted

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

_SQL: Final = queries.load("sts_hub.clubs")
LEVELS: Final = ("sample_1m", "sample_1h")
"""Levels of time that outlive the samples; what samples are still there for is filled from them again."""
Shifts = dict[str, int]
"""By how much the numbers of each table are moved."""


async def by_name(connection: Connection, name: str) -> UUID | None:
    """The club of this name, or None."""
    row = await connection.fetchrow(_SQL.by_name, name)
    return row["id"] if row else None


async def same(connection: Connection, club_id: UUID, name: str) -> str | None:
    """The name of a club that is this one, or is called alike; None where there is none."""
    found: str | None = await connection.fetchval(_SQL.same, club_id, name)
    return found


async def schema(connection: Connection) -> int:
    """The last migration."""
    return int(await connection.fetchval(_SQL.schema))


async def gateways(connection: Connection, club_id: UUID) -> list[str]:
    """Names of its gateways."""
    return [row["name"] for row in await connection.fetch(_SQL.gateways, club_id)]


async def athletes(connection: Connection, club_id: UUID) -> set[UUID]:
    """Ids of its athletes."""
    return {row["id"] for row in await connection.fetch(_SQL.athletes, club_id)}


async def days(connection: Connection, of: Belonging, club_id: UUID) -> list[date]:
    """The UTC days that have samples."""
    query = _SQL.days.format(mine=of.of_club("sample"))
    return [row["day"] for row in await connection.fetch(query, club_id)]


async def numbers(connection: Connection, of: Belonging, table: Table, club_id: UUID) -> str | None:
    """The numbers of its rows as a multirange; None where it has no row, or none are numbered."""
    if table.number is None:
        return None
    told: str | None = await connection.fetchval(_filled(_SQL.numbers, table, of), club_id)
    return told


async def copy_out(
    connection: Connection,
    of: Belonging,
    table: Table,
    club_id: UUID,
    output: Callable[[bytes], Coroutine[Any, Any, None]],
) -> int:
    """Hand over its rows as CSV with a heading; how many they are."""
    told = await connection.copy_from_query(
        _filled(_SQL.rows, table, of), club_id, output=output, format="csv", header=True
    )
    return int(told.rpartition(" ")[2])


async def open_day(connection: Connection, day: date) -> None:
    """Make a day ready for samples."""
    await connection.execute(_SQL.open_day, day)


async def room(connection: Connection, table: Table, numbers: str) -> int:
    """Take these numbers, a multirange, for rows that will come, or as many behind all others; by how much they are moved."""
    async with connection.transaction():
        await connection.execute(_filled(_SQL.hold, table))
        last = int(await connection.fetchval(_filled(_SQL.last_number, table)))
        borders = await connection.fetchrow(_SQL.borders, numbers)
        assert borders is not None, "it has one row"
        taken = await connection.fetchval(_filled(_SQL.taken, table), numbers)
        by = last + 1 - int(borders["least"]) if taken else 0
        await connection.execute(_filled(_SQL.go_on_behind, table), max(last, int(borders["most"]) + by))
    return by


async def rest(connection: Connection) -> list[str]:
    """Have our triggers act on no new rows, up to `act_again`; the tables that are meant."""
    tables = [row["name"] for row in await connection.fetch(_SQL.acting)]
    for name in tables:
        await connection.execute(_SQL.rest.format(table=quoted(name)))
    return tables


async def act_again(connection: Connection, tables: list[str]) -> None:
    """The triggers act as before."""
    for name in tables:
        await connection.execute(_SQL.act_again.format(table=quoted(name)))


async def copy_in(
    connection: Connection, of: Belonging, table: Table, source: AsyncIterator[bytes], shifts: Shifts
) -> None:
    """Store rows that come as CSV with a heading, their numbers moved."""
    place = await _place(connection, table)
    moved = {column: shifts.get(owner, 0) for column, owner in of.numbered(table).items()}
    if not any(moved.values()):
        await _copy(connection, place, table, source)
        return
    await connection.execute(_filled(_SQL.beside, table))
    await _copy(connection, _BESIDE, table, source)
    chosen = [f"{quoted(one)} + {moved[one]}" if moved.get(one) else quoted(one) for one in table.columns]
    await connection.execute(
        _SQL.moved.format(
            place=".".join(map(quoted, place)), columns=_columns(table), moved=", ".join(chosen)
        )
    )
    await connection.execute(_SQL.not_beside)


_BESIDE: Final = ("pg_temp", "incoming")


async def _copy(
    connection: Connection, place: tuple[str, str], table: Table, source: AsyncIterator[bytes]
) -> None:
    await connection.copy_to_table(
        place[1], schema_name=place[0], columns=table.columns, source=source, format="csv", header=True
    )


async def _place(connection: Connection, table: Table) -> tuple[str, str]:
    if table.name not in LEVELS:
        return "sts", table.name
    row = await connection.fetchrow(_SQL.place, table.name)
    assert row is not None, "the catalogue named it"
    return row["schema"], row["name"]


async def count(connection: Connection, of: Belonging, table: Table, club_id: UUID) -> int:
    """How many rows it has."""
    return int(await connection.fetchval(_filled(_SQL.count, table, of), club_id))


async def touch(connection: Connection, of: Belonging, club_id: UUID) -> None:
    """Have the levels of time filled from its samples."""
    await connection.execute(_SQL.touch.format(mine=of.of_club("sample")), club_id)


def _filled(query: str, table: Table, of: Belonging | None = None) -> str:
    return query.format(
        table=quoted(table.name),
        columns=_columns(table),
        number=quoted(table.number or ""),
        bare=table.number,
        mine=of.of_club(table.name) if of else "",
        also=_SQL.expired if table.name in LEVELS else "",
    )


def _columns(table: Table) -> str:
    return ", ".join(map(quoted, table.columns))
