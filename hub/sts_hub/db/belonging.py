"""Which rows of the database belong to a club, and which tables must be there before which.

Nothing here lists the tables: of each, the catalogue says what its rows hang on. So a table that a migration adds goes
along with its club from the first day on, and one that hangs on nothing is an error that a test finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final

from sts_hub.db import queries
from sts_hub.errors import HubError

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

_SQL: Final = queries.load("sts_hub.db", "belonging.sql")

NOBODYS: Final = frozenset({"migration", "probe", "retention", "tried"})
"""Tables of the hub itself."""
_OF_CLUB: Final = "club_id = $1"
# What a file told has an epoch without a gateway, which is called after the activity.
_SAID: Final = {
    "club": "id = $1",
    "epoch": "gateway IN (SELECT name FROM sts.gateway WHERE club_id = $1) "
    "OR epoch IN (SELECT id FROM sts.activity WHERE club_id = $1)",
}
_NEEDED: Final = {"epoch": frozenset({"gateway", "activity"})}
# Columns that name a row of another table without a foreign key, which high rates and late words forbid.
_NAMING: Final = {"gateway": ("gateway", "name"), "series": ("series", "id"), "epoch": ("epoch", "epoch")}


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that name a row of another table; `required`: none of them may be null."""

    columns: tuple[str, ...]
    table: str
    its_columns: tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the catalogue has it. `number`: the column that the hub itself numbers, if any."""

    name: str
    columns: tuple[str, ...]
    number: str | None
    references: tuple[Reference, ...]

    def naming(self) -> Iterator[Reference]:
        """Yield what its rows name, with and without a foreign key, the surest first."""
        yield from (one for one in self.references if one.required)
        for column, (table, its_column) in _NAMING.items():
            if column in self.columns and table != self.name:
                yield Reference((column,), table, (its_column,), required=False)
        yield from (one for one in self.references if not one.required)


class Belonging:
    """All tables that have rows of clubs."""

    def __init__(self, tables: list[Table]) -> None:
        self.tables: Final[Mapping[str, Table]] = {one.name: one for one in tables if one.name not in NOBODYS}

    def in_order(self) -> list[Table]:
        """Each behind those whose rows it names."""
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for name, table in sorted(self.tables.items()):
            named = {one.table for one in table.naming() if one.table in self.tables}
            sorter.add(name, *sorted((named | _NEEDED.get(name, frozenset())) - {name}))
        return [self.tables[name] for name in sorter.static_order()]

    def of_club(self, name: str) -> str:
        """The condition for the rows of the club $1. Raises HubError when nothing says whose they are."""
        table = self.tables[name]
        if name in _SAID:
            return _SAID[name]
        if "club_id" in table.columns:
            return _OF_CLUB
        for one in table.naming():
            if one.table != name:
                return self._among(one.columns, one.table, one.its_columns)
        raise HubError(f"Nothing says of which club the rows of {name} are.")

    def _among(self, columns: tuple[str, ...], table: str, its_columns: tuple[str, ...]) -> str:
        chosen = ", ".join(quoted(one) for one in its_columns)
        where = self.of_club(table)
        return (
            f"({', '.join(map(quoted, columns))}) IN (SELECT {chosen} FROM sts.{quoted(table)} WHERE {where})"
        )

    def numbered(self, table: Table) -> dict[str, str]:
        """Its columns that hold a number given by the hub, each with the table whose number that is."""
        found = {} if table.number is None else {table.number: table.name}
        for one in table.naming():
            number = self.tables[one.table].number if one.table in self.tables else None
            if number in one.its_columns:
                found[one.columns[one.its_columns.index(number)]] = one.table
        return found


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


async def belonging(connection: Connection) -> Belonging:
    """What the catalogue of this database says."""
    named: dict[str, list[Reference]] = {}
    for row in await connection.fetch(_SQL.references):
        columns, its_columns = tuple(row["columns"]), tuple(row["its_columns"])
        reference = Reference(columns, row["named"], its_columns, row["required"])
        named.setdefault(row["name"], []).append(reference)
    return Belonging(
        [
            Table(row["name"], tuple(row["columns"]), row["number"], tuple(named.get(row["name"], ())))
            for row in await connection.fetch(_SQL.tables)
        ]
    )
