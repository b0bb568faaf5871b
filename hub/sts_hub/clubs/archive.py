"""The archive of a club: a zip with a CSV file for each table, and `club.json`, which says what is in it (docs/clubs.md).

Written and read piece by piece, so its size is bounded by the disk alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Annotated, Final, Literal
from uuid import UUID

import msgspec

from sts_hub.errors import HubError

CONTENTS: Final = "club.json"
PIECE_BYTES: Final = 1 << 20
# Health data of a whole club: for whoever made it alone.
MODE: Final = 0o600
# Of a club with ten thousand tables; what is larger is something else.
_MOST_CONTENTS_BYTES: Final = 16 << 20

Count = Annotated[int, msgspec.Meta(ge=0)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table. `numbers`: which ones its hub gave the rows, as PostgreSQL writes an int8multirange."""

    table: str
    columns: list[str]
    rows: Count
    sha256: str
    numbers: str | None = None

    @property
    def file(self) -> str:
        """Where it lies in the archive."""
        return f"tables/{self.table}.csv"


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an archive holds. `schema`: the migration that its hub stood at; `days`: UTC days that have samples."""

    format: Literal["sts-club"]
    version: Literal[1]
    schema: int
    club: UUID
    name: str
    made_at: datetime
    days: list[date]
    parts: list[Part]


class Writing:
    """An archive in the making."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    @contextlib.contextmanager
    def part(self, table: str) -> Iterator[IO[bytes]]:
        """A file for a table's rows."""
        with self._zip.open(f"tables/{table}.csv", "w", force_zip64=True) as member:
            yield member

    def end(self, contents: Contents) -> None:
        """Say what is in it."""
        self._zip.writestr(CONTENTS, msgspec.json.format(msgspec.json.encode(contents), indent=1))
        self._zip.close()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Writing]:
    """A new archive, there whole or not at all. Raises HubError when something lies there already."""
    if path.exists():
        raise HubError(f"{path} is there already: name a new file.")
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "wb") as file:
            yield Writing(file)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise HubError(f"{path} cannot be written ({error.strerror}): name another place.") from None
    finally:
        part.unlink(missing_ok=True)


class Reading:
    """An archive that is known to be whole."""

    def __init__(self, file: zipfile.ZipFile, contents: Contents) -> None:
        self._zip = file
        self.contents = contents

    def pieces(self, part: Part) -> Iterator[bytes]:
        """Yield the rows of a table as they stand in its file, the heading first."""
        with self._zip.open(part.file) as member:
            while piece := member.read(PIECE_BYTES):
                yield piece


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Reading]:
    """An archive, once all of it was read and is as `club.json` says. Raises HubError with what is wrong."""
    try:
        with zipfile.ZipFile(path) as file:
            found = Reading(file, _contents(file))
            for part in found.contents.parts:
                _check(found, part)
            yield found
    except OSError as error:
        raise HubError(f"{path} cannot be read ({error.strerror}): name a file that is there.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
        raise HubError(f"{path} is no whole archive of a club ({error}): copy it again.") from None


def _contents(file: zipfile.ZipFile) -> Contents:
    if file.getinfo(CONTENTS).file_size > _MOST_CONTENTS_BYTES:
        raise HubError(f"{CONTENTS} is larger than any club's: this is no archive of a club.")
    try:
        contents = msgspec.json.decode(file.read(CONTENTS), type=Contents)
    except msgspec.DecodeError as error:
        raise HubError(
            f"{CONTENTS} is none of this version ({error}): import it with the version that wrote it."
        ) from None
    named = {CONTENTS, *(part.file for part in contents.parts)}
    if named != set(file.namelist()) or len(file.namelist()) != len(named):
        raise HubError(f"The archive does not hold the files that {CONTENTS} names: copy it again.")
    return contents


def _check(found: Reading, part: Part) -> None:
    digest = hashlib.sha256()
    for piece in found.pieces(part):
        digest.update(piece)
    if digest.hexdigest() != part.sha256:
        raise HubError(f"{part.file} is not what it was when it was written: copy the archive again.")
