"""Which device each local name was given to, for ever.

A series is known by its sensor's local name, so a name that moved to another device would join two athletes'
hearts in one curve. The list outlives the settings file, in which a name can be deleted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sts_edge.config import Fault, Settings

FILE_NAME = "names.db"

_SCHEMA = "CREATE TABLE IF NOT EXISTS name (name TEXT PRIMARY KEY, device TEXT NOT NULL) WITHOUT ROWID"


class NameBook:
    """A small SQLite file with `synchronous=FULL`. A name counts as used once an agent has read it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def claim(self, devices: Mapping[str, str]) -> dict[str, str]:
        """Note which device each name belongs to; return the names that belong to another, with that device.

        Raises sqlite3.Error: the list cannot be kept.
        """
        with self._written() as database:
            database.executemany("INSERT OR IGNORE INTO name VALUES (?, ?)", devices.items())
            known = dict(database.execute("SELECT name, device FROM name").fetchall())
        return {name: known[name] for name, device in devices.items() if known[name] != device}

    def known(self) -> dict[str, str]:
        """Every name ever used here, with its device. Raises sqlite3.Error: the list cannot be read."""
        if not self._file.exists():
            return {}
        with closing(sqlite3.connect(f"{self._file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            return dict(database.execute("SELECT name, device FROM name").fetchall())

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=5.0)) as database:
            database.execute("PRAGMA synchronous = FULL")
            with database:
                database.execute(_SCHEMA)
                yield database


def moved_names(settings: Settings) -> list[Fault]:
    """A fault for each local name that belongs to another device."""
    try:
        known = NameBook(settings.gateway.data_dir / FILE_NAME).known()
    except (sqlite3.Error, OSError):
        return []  # the agent looks, too, and it can
    return [
        Fault(
            0, "sensors", f"{one.name} is the name of {known[one.name]} for ever; give {one.address} another"
        )
        for one in settings.sensors
        if known.get(one.name, one.address) != one.address
    ]
