"""What the log knows besides its records: epochs, boot ids, pins, bounds, what is confirmed and what was
dropped.

SQLite with `synchronous=FULL`: it is small, it changes, and a power cut leaves it as it was after the last
commit. Confirmed ranges are stored late: forgetting some costs a record sent twice, and the hub drops
repeats.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from sts_protocols.record import Anchor

from .interface import Range

_SCHEMA = """
CREATE TABLE IF NOT EXISTS epoch (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch BLOB NOT NULL UNIQUE,
    boot_id TEXT NOT NULL,
    started_boot_us INTEGER NOT NULL,
    started_us INTEGER,
    head INTEGER NOT NULL DEFAULT -1,
    closed INTEGER NOT NULL DEFAULT 0,
    pin_boot_us INTEGER,
    pin_wall_us INTEGER,
    pin_error_us INTEGER,
    pin_source INTEGER
);
CREATE TABLE IF NOT EXISTS settled (
    epoch BLOB NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('confirmed', 'dropped')),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS settled_epoch ON settled (epoch);
"""
_EPOCHS = """
SELECT epoch, boot_id, started_boot_us, started_us, head, closed,
       pin_boot_us, pin_wall_us, pin_error_us, pin_source
FROM epoch ORDER BY number
"""
_PIN = """
UPDATE epoch SET pin_boot_us = ?, pin_wall_us = ?, pin_error_us = ?, pin_source = ?
WHERE epoch = ? AND pin_boot_us IS NULL
"""


class StoredEpoch(NamedTuple):
    """One row: an epoch as the disk knows it."""

    epoch: bytes
    boot_id: str
    started_boot_us: int
    started_us: int | None
    head: int
    closed: bool
    pin: Anchor | None


class Progress(NamedTuple):
    """How far an epoch has come."""

    head: int
    closed: bool
    confirmed: list[Range]
    dropped: list[Range]


class State:
    """The state file. One thread at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._database: sqlite3.Connection | None = None

    def open(self) -> bool:
        """Open or create; returns False if a damaged file had to be set aside. Raises sqlite3.Error."""
        try:
            self._connect()
        except sqlite3.OperationalError:
            self.close()
            raise
        except sqlite3.DatabaseError:
            self._set_aside()
            self._connect()
            return False
        return True

    def epochs(self) -> list[StoredEpoch]:
        """Return all epochs, oldest first."""
        return [_stored(*row) for row in self._run(_EPOCHS)]

    def ranges(self, epoch: bytes, how: str) -> list[Range]:
        """Return what of an epoch was 'confirmed' or 'dropped'."""
        return list(self._run("SELECT first, last FROM settled WHERE epoch = ? AND how = ?", (epoch, how)))

    def begin(self, epoch: StoredEpoch) -> None:
        """Store a new epoch for good."""
        with self._opened() as database:
            database.execute(
                "INSERT OR IGNORE INTO epoch (epoch, boot_id, started_boot_us, started_us, head) "
                "VALUES (?, ?, ?, ?, ?)",
                epoch[:5],
            )

    def keep(self, progress: Mapping[bytes, Progress], remove: Iterable[bytes] = ()) -> None:
        """Store how far these epochs have come, and remove those that nobody asks for any more."""
        with self._opened() as database:
            for epoch, now in progress.items():
                database.execute("UPDATE epoch SET head = ?, closed = ? WHERE epoch = ?", (*now[:2], epoch))
                database.execute("DELETE FROM settled WHERE epoch = ?", (epoch,))
                rows = [(epoch, "confirmed", *one) for one in now.confirmed]
                rows += [(epoch, "dropped", *one) for one in now.dropped]
                database.executemany("INSERT INTO settled VALUES (?, ?, ?, ?)", rows)
            for epoch in remove:
                database.execute("DELETE FROM epoch WHERE epoch = ?", (epoch,))
                database.execute("DELETE FROM settled WHERE epoch = ?", (epoch,))

    def pin(self, epochs: Iterable[bytes], anchor: Anchor) -> None:
        """Tie epochs that have no pin yet to wall time."""
        values = (anchor.boot_us, anchor.wall_us, anchor.error_us, int(anchor.source))
        with self._opened() as database:
            database.executemany(_PIN, [(*values, epoch) for epoch in epochs])

    def close(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _connect(self) -> None:
        self._database = sqlite3.connect(self._file, check_same_thread=False, timeout=5.0)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("PRAGMA wal_autocheckpoint = 64")  # pages: the log stays under 300 KB
        self._database.executescript(_SCHEMA)
        if self._run("PRAGMA quick_check")[0][0] != "ok":
            raise sqlite3.DatabaseError("the state file fails its own check")

    def _set_aside(self) -> None:
        self.close()
        for suffix in ("", "-wal", "-shm"):
            damaged = self._file.with_name(self._file.name + suffix)
            with suppress(FileNotFoundError):
                damaged.replace(damaged.with_name(f"damaged-{damaged.name}"))

    def _opened(self) -> sqlite3.Connection:
        assert self._database is not None, "the state file is used before open() or after close()"
        return self._database

    def _run(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        return self._opened().execute(query, values).fetchall()


def _stored(
    epoch: bytes,
    boot_id: str,
    started_boot_us: int,
    started_us: int | None,
    head: int,
    closed: int,
    *pin: int | None,
) -> StoredEpoch:
    boot_us, wall_us, error_us, source = pin
    if boot_us is None or wall_us is None or error_us is None or source is None:
        anchor = None
    else:
        anchor = Anchor(boot_us, wall_us, error_us, source)
    return StoredEpoch(epoch, boot_id, started_boot_us, started_us, head, bool(closed), anchor)
