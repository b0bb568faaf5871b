"""How far each reader was read, across restarts and power cuts. SQLite with `synchronous=FULL`."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

_SCHEMA = """
CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, file INTEGER NOT NULL, next INTEGER NOT NULL)
"""


class Place(NamedTuple):
    """The next number to be read, in the timer's file of that number."""

    file: int
    next: int


BEGINNING = Place(0, 1)


class Places:
    """A small SQLite file. One that is damaged is set aside, and everything that timers still hold is read again."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, name: str) -> Place:
        """Where to go on. Raises sqlite3.Error."""
        rows = self._run("SELECT file, next FROM place WHERE name = ?", (name,))
        return Place(*rows[0]) if rows else BEGINNING

    def note(self, name: str, place: Place) -> None:
        """Store it, synced. Raises sqlite3.Error."""
        self._run("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", (name, *place))

    def _run(self, query: str, values: tuple[object, ...]) -> list[tuple[int, int]]:
        try:
            return self._run_once(query, values)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._file.replace(self._file.with_name(f"damaged-{self._file.name}"))
            return self._run_once(query, values)

    def _run_once(self, query: str, values: tuple[object, ...]) -> list[tuple[int, int]]:
        with closing(sqlite3.connect(self._file, timeout=5.0)) as database:
            database.execute("PRAGMA synchronous = FULL")
            with database:
                database.execute(_SCHEMA)
                return database.execute(query, values).fetchall()
