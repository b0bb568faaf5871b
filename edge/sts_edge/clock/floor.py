"""The last good wall time, on disk: what time it is at least, even after a power cut in a bag.

It is the floor for judging certificates before any source has answered, and no anchor before it is believed.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from .database import opened

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS last_good (one INTEGER PRIMARY KEY CHECK (one = 1), wall_us INTEGER NOT NULL)"
)
_KEEP = (
    "INSERT INTO last_good VALUES (1, ?) "
    "ON CONFLICT (one) DO UPDATE SET wall_us = max(wall_us, excluded.wall_us)"
)


class StoredLastGoodTime:
    """Keeps one number in a small SQLite file with `synchronous=FULL`. It only rises."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> int | None:
        """Return the last good wall time in µs; None when there is none or the file cannot be read."""
        try:
            with opened(self._file, _SCHEMA) as database:
                row = database.execute("SELECT wall_us FROM last_good").fetchone()
        except (sqlite3.Error, OSError):
            return None
        return None if row is None else int(row[0])

    @staticmethod
    def peek(file: Path) -> int | None:
        """Return the same without making the file or waiting for whoever writes it."""
        try:
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
                row = database.execute("SELECT wall_us FROM last_good").fetchone()
        except (sqlite3.Error, OSError):
            return None
        return None if row is None else int(row[0])

    def keep(self, wall_us: int) -> None:
        """Store it, synced, in place of a damaged file if need be. Raises sqlite3.Error on a full disk."""
        try:
            self._keep(wall_us)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._file.unlink()
            self._keep(wall_us)

    def _keep(self, wall_us: int) -> None:
        with opened(self._file, _SCHEMA) as database:
            database.execute(_KEEP, (wall_us,))
