"""What was erased, withdrawn and revoked, listed outside the database: an older backup knows nothing of it.

A file of JSON lines that is only added to; each is on the disk before its act is committed. `sts-hub erasure replay` does
them all again, which changes nothing where they are done.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from sts_hub import logs
from sts_hub.errors import HubError

_log = logs.get("sts_hub.removals")


class WornTime(msgspec.Struct, frozen=True):
    """A sensor by its club and address, and a time in which the athlete wore it."""

    club: UUID
    address: str
    since: datetime | None
    until: datetime | None


class Erased(msgspec.Struct, frozen=True, tag="erased", tag_field="act"):
    """An athlete was erased who had worn these."""

    at: datetime
    athlete: UUID
    worn: list[WornTime]


class Withdrawn(msgspec.Struct, frozen=True, tag="withdrawn", tag_field="act"):
    """A consent ends at a time."""

    at: datetime
    athlete: UUID
    consent: UUID
    until: datetime


class Revoked(msgspec.Struct, frozen=True, tag="revoked", tag_field="act"):
    """What an athlete has let others read ends at a time."""

    at: datetime
    athlete: UUID
    grant: UUID
    until: datetime


class ClubErased(msgspec.Struct, frozen=True, tag="club erased", tag_field="act"):
    """A whole club was erased."""

    at: datetime
    club: UUID


class ClubImported(msgspec.Struct, frozen=True, tag="club imported", tag_field="act"):
    """A club was brought in from an archive: what was erased of it before, as a whole, is here again by right."""

    at: datetime
    club: UUID


Removal = Erased | Withdrawn | Revoked | ClubErased | ClubImported
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Removal] = msgspec.json.Decoder(Removal)


class Removals:
    """The list in a file, or nowhere (None)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    async def add(self, removal: Removal) -> None:
        """Have it on the disk. Raises OSError; then the act must not be."""
        if self._path is None:
            _log.warning("not listed outside the database: set STS_REMOVALS_FILE")
            return
        await asyncio.to_thread(_append, self._path, _encoder.encode(removal) + b"\n")

    def __iter__(self) -> Iterator[Removal]:
        """All of it, oldest first. Raises HubError for a line that is none; a torn last one never was an act."""
        if self._path is None or not self._path.exists():
            return
        *lines, _torn = self._path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            try:
                yield _decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise HubError(
                    f"{self._path}, line {number}: {error}. Restore the file before the hub is opened: what it lists "
                    "must not come back."
                ) from None


def _append(path: Path, line: bytes) -> None:
    """One line, behind a torn one of before if need be; several processes take turns."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            end = os.pread(file, size, 0).rfind(b"\n") + 1
            os.ftruncate(file, end)
        os.write(file, line)
        os.fsync(file)
    finally:
        os.close(file)
