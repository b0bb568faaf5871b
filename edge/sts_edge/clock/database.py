"""The small SQLite file in which the clock keeps what must outlive the process, each write synced."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def opened(file: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """One transaction on this file, the table there. Raises sqlite3.Error, OSError."""
    with closing(sqlite3.connect(file, timeout=5.0)) as database:
        database.execute("PRAGMA synchronous = FULL")
        with database:
            database.execute(schema)
            yield database
