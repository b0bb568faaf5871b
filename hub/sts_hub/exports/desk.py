"""Makes exports beside the requests, one at a time, in the name of whoever asked; the files lie in one folder."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from sts_hub import logs
from sts_hub.errors import Refusal
from sts_hub.exports import making, repository
from sts_hub.exports.dossier import Dossier
from sts_hub.exports.repository import EVERYTHING, ExportRow
from sts_hub.exports.table import TABLES
from sts_hub.kit.database import Database
from sts_hub.kit.identity import caller_of
from sts_hub.policy import Caller

# A day is enough to fetch what one waited for; what lies about longer is health data that nobody looks after.
KEPT_S: Final = 24 * 3600.0
# What is erased has gone from everywhere within a minute.
SWEEP_S: Final = 20.0
# An export that its maker has not spoken of for so long was interrupted with the process.
SILENT_S: Final = 120.0
# Entered by the hub alone.
_MODE: Final = 0o700

_log = logs.get("sts_hub.exports")


class ExportDesk:
    """What is asked for waits in line; what is made stays for a day."""

    def __init__(self, database: Database, folder: Path | None) -> None:
        self.folder = folder
        self._database = database
        self._waiting: asyncio.Queue[tuple[UUID, Caller]] = asyncio.Queue()

    def begin(self, export_id: UUID, caller: Caller) -> None:
        """Put one in line."""
        self._waiting.put_nowait((export_id, caller))

    def file(self, export_id: UUID) -> Path | None:
        """Where the file lies; None where this hub keeps none."""
        return None if self.folder is None else self.folder / str(export_id)

    async def run(self) -> None:
        """Make what is asked for, and remove what is past its time, until cancelled."""
        if self.folder is not None:
            self.folder.mkdir(mode=_MODE, parents=True, exist_ok=True)
        while True:
            with contextlib.suppress(Refusal):  # the database is away: the next round asks again
                await self.sweep()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_S):
                    export_id, caller = await self._waiting.get()
                await self._make(export_id, caller)

    async def sweep(self) -> None:
        """Remove files that are past their time, or whose export has gone, as with an athlete who was erased."""
        files = {path.name: path for path in self._files() if not path.suffix}
        async with self._database.nobody() as session:
            kept = await repository.kept(session, [UUID(name) for name in files])
        for name, path in files.items():
            with contextlib.suppress(FileNotFoundError):
                if UUID(name) not in kept or time.time() - path.stat().st_mtime > KEPT_S:
                    path.unlink()

    def _files(self) -> Iterator[Path]:
        if self.folder is not None and self.folder.is_dir():
            yield from self.folder.iterdir()

    async def _make(self, export_id: UUID, caller: Caller) -> None:
        """One export to its end, whatever that is: it is told there."""
        path = self.file(export_id)
        async with self._database.reading(caller) as session:
            export = await repository.by_id(session, export_id)
        if export is None or path is None:
            return
        try:
            await self._place(export, caller, path)
        except Refusal as refusal:
            await self._tell(export, caller, "failed", error=f"{refusal.detail} {refusal.way_out_now}")
        except Exception as error:
            _log.error("an export failed", exc_info=error, export=str(export_id))
            await self._tell(
                export, caller, "failed", error="The hub failed over it: give its id to whoever runs the hub."
            )
        else:
            await self._tell(export, caller, "done", export.total, path.stat().st_size)

    async def _place(self, export: ExportRow, caller: Caller, path: Path) -> None:
        """Write it beside its place, and put it there whole. Nothing lies about of one that failed."""
        part = path.with_suffix(".part")
        try:
            await self._write(export, caller, part)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)

    async def _write(self, export: ExportRow, caller: Caller, part: Path) -> None:
        file = await asyncio.to_thread(_opened, part, export.form, frozenset(export.metrics))
        try:
            for done, athlete_id in enumerate(export.athlete_ids):
                await self._still(caller)
                for day, (since, until) in enumerate(making.days(export.since, export.until)):
                    await self._tell(export, caller, "running", day if export.form == EVERYTHING else done)
                    async with self._database.reading(caller) as session:
                        await file.add(session, athlete_id, since, until)
                async with self._database.reading(caller) as session:
                    await file.finish(session, athlete_id)
        finally:
            await asyncio.to_thread(file.close)

    async def _still(self, caller: Caller) -> None:
        """Whoever asked must still be who they were: a role that was taken away takes its exports along."""
        now = await caller_of(self._database, caller.token_hash)
        if now != caller:
            raise Refusal("The login that asked for it has ended or changed.", way_out="Ask for it again.")

    async def _tell(
        self,
        export: ExportRow,
        caller: Caller,
        state: str,
        done: int = 0,
        size: int | None = None,
        error: str | None = None,
    ) -> None:
        async with self._database.writing(caller) as session:
            await repository.progress(session, export.id, state, done, size, error)


def _opened(path: Path, form: str, wanted: frozenset[str]) -> making.File:
    """The file in the making; raises Conflict where this hub cannot write that form."""
    path.touch(mode=0o600)  # read by the hub alone
    if form == EVERYTHING:
        return Dossier(path)
    return making.Tables(path, form, wanted) if form in TABLES else making.Archive(path, form, wanted)
