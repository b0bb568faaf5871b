"""What of each folder was sent, across restarts and power cuts.

SQLite with `synchronous=FULL`. A file is noted here when its last part is safe in the buffer: a cut between the
two sends it again, and the hub, which knows documents by their hash, has it once.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from .look import State

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID
"""
_GET = "SELECT sha256, size, mtime_ns, ctime_ns FROM sent WHERE source = ? AND name = ?"
_NOTE = "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, ?)"


class Version(NamedTuple):
    """What was sent last under a name."""

    sha256: bytes
    state: State


class Sent:
    """A small SQLite file; one that is damaged is set aside, and everything is sent once more."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, source: str, name: str) -> Version | None:
        """What was sent last under this name. Raises sqlite3.Error."""
        rows = self._run(_GET, (source, name))
        return Version(rows[0][0], State(*rows[0][1:])) if rows else None

    def note(self, source: str, name: str, version: Version) -> None:
        """Store it, synced. Raises sqlite3.Error."""
        self._run(_NOTE, (source, name, version.sha256, *version.state))

    def _run(self, query: str, values: tuple[object, ...]) -> list[tuple[bytes, int, int, int]]:
        try:
            return self._run_once(query, values)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._file.replace(self._file.with_name(f"damaged-{self._file.name}"))
            return self._run_once(query, values)

    def _run_once(self, query: str, values: tuple[object, ...]) -> list[tuple[bytes, int, int, int]]:
        with closing(sqlite3.connect(self._file, timeout=5.0)) as database:
            database.execute("PRAGMA synchronous = FULL")
            with database:
                database.execute(_SCHEMA)
                return database.execute(query, values).fetchall()
