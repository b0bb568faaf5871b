"""What was erased, withdrawn and revoked, listed outside the database: an older backup knows nothing of it.

A file of JSON lines that is only added to. An act is listed before it is committed, and then it is *pending*; once it is
committed a second line says that it is *done*. So nothing is done that is not listed, and nothing counts as done that was
rolled back. `sts-hub erasure replay` does again what was done, which changes nothing where it is; of what is still pending
(the process or the disk ended in between, or the act failed) nobody knows, and a person decides.

    state      line
    pending    {"act": "erased", "id": …}             about to be committed
    done       {"act": "done", "of": the same id}     committed
    left       {"act": "left", "of": the same id}     a person has found that it was not
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

import msgspec

from sts_hub import logs
from sts_hub.errors import HubError

if TYPE_CHECKING:
    from sts_hub.kit.database import WriteSession

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
    id: UUID | None = None


class Withdrawn(msgspec.Struct, frozen=True, tag="withdrawn", tag_field="act"):
    """A consent ends at a time."""

    at: datetime
    athlete: UUID
    consent: UUID
    until: datetime
    id: UUID | None = None


class Revoked(msgspec.Struct, frozen=True, tag="revoked", tag_field="act"):
    """What an athlete has let others read ends at a time."""

    at: datetime
    athlete: UUID
    grant: UUID
    until: datetime
    id: UUID | None = None


class ClubErased(msgspec.Struct, frozen=True, tag="club erased", tag_field="act"):
    """A whole club was erased."""

    at: datetime
    club: UUID
    id: UUID | None = None


class ClubImported(msgspec.Struct, frozen=True, tag="club imported", tag_field="act"):
    """A club was brought in from an archive: what was erased of it before, as a whole, is here again by right."""

    at: datetime
    club: UUID
    id: UUID | None = None


class Done(msgspec.Struct, frozen=True, tag="done", tag_field="act"):
    """What was listed under this id was committed."""

    at: datetime
    of: UUID


class Left(msgspec.Struct, frozen=True, tag="left", tag_field="act"):
    """What was listed under this id never was, as a person has decided."""

    at: datetime
    of: UUID


Removal = Erased | Withdrawn | Revoked | ClubErased | ClubImported
_Line = Removal | Done | Left
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)


class Listed(NamedTuple):
    """What the file says, each oldest first."""

    done: list[Removal]
    pending: list[Removal]


class Removals:
    """The list in a file, or nowhere (None)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    async def begin(self, session: WriteSession, removal: Removal) -> None:
        """Have it on the disk as pending, and as done once the session is committed. Raises OSError; then the act must not
        be."""
        session.committed.append(partial(self._done, await self._pending(removal)))

    @contextlib.asynccontextmanager
    async def around(self, removal: Removal) -> AsyncIterator[None]:
        """The same for an act that is committed inside. Raises OSError; then the act must not be."""
        pending = await self._pending(removal)
        yield
        await self._done(pending)

    async def decide(self, pending: Iterable[Removal], done: bool) -> None:
        """Say of what is pending that it is done now, or that it never was."""
        for one in pending:
            if one.id is not None:
                await self._add((Done if done else Left)(datetime.now(UTC), one.id))

    def listed(self) -> Listed:
        """What is done, and what is pending. A line without an id is of a time in which all counted as done.

        Raises HubError for a line that is none.
        """
        lines = list(self._lines())
        done = {one.of for one in lines if isinstance(one, Done)}
        left = {one.of for one in lines if isinstance(one, Left)}
        listed = Listed([], [])
        for one in lines:
            if isinstance(one, Done | Left) or one.id in left:
                continue
            (listed.done if one.id is None or one.id in done else listed.pending).append(one)
        return listed

    async def _pending(self, removal: Removal) -> UUID:
        listed_as = uuid4()
        await self._add(msgspec.structs.replace(removal, id=listed_as))
        return listed_as

    async def _done(self, listed_as: UUID) -> None:
        """A list that cannot be written any more is told in the log: the act was, and stays pending there."""
        try:
            await self._add(Done(datetime.now(UTC), listed_as))
        except OSError as error:
            _log.error(
                "a removal was done and cannot be listed as done", removal=str(listed_as), exc_info=error
            )

    async def _add(self, line: _Line) -> None:
        if self._path is None:
            _log.warning("not listed outside the database: set STS_REMOVALS_FILE")
            return
        await asyncio.to_thread(_append, self._path, _encoder.encode(line) + b"\n")

    def _lines(self) -> Iterator[_Line]:
        """All of it, oldest first; a torn last line never was an act."""
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
