"""One folder: looked at every second, and what is complete and was not sent yet goes out in parts."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from sts_edge.clock import boot_us
from sts_edge.config import FolderSettings
from sts_edge.sources import Emit, SensorState, SensorWord
from sts_protocols.errors import ProtocolError
from sts_protocols.record import MAX_DOCUMENT_BYTES
from sts_protocols.record.document import parts_of

from .look import Seen, look
from .open_files import is_being_written
from .sent import Sent, Version
from .settling import Settling
from .spool import Changed, Spool

# A listing costs a few system calls, works on network shares as well, where no notification would come, and a
# second is short against the settle time.
LOOK_EVERY_S = 1.0
# What the buffer has no room for, or the disk cannot take, is tried again this much later.
RETRY_S = 30.0
MEBIBYTE = 1 << 20

Accepted = Callable[[], Awaitable[bool]]
"""Waits until what was emitted last is on the disk; False when it found no room there."""

_log = structlog.get_logger()


@dataclass
class Count:
    """What happened since the start."""

    looks: int = 0
    documents: int = 0
    unchanged: int = 0
    failures: int = 0


class Folder:
    """A watched folder. It is never written to."""

    def __init__(
        self, settings: FolderSettings, sent: Sent, spool: Path, emit: Emit, accepted: Accepted
    ) -> None:
        self.settings = settings
        self.count = Count()
        self._sent = sent
        self._spool = spool
        self._emit = emit
        self._accepted = accepted
        self._settling = Settling(settings.settle_s)
        self._word: SensorWord = "off"
        self._heard_us: int | None = None
        self._fault = ""
        self._file_faults: dict[str, str] = {}
        self._not_before_s: dict[str, float] = {}

    async def run(self, look_every_s: float, retry_s: float) -> None:
        """Look and send until cancelled."""
        while True:
            await self._once(retry_s)
            await asyncio.sleep(look_every_s)

    def state(self) -> SensorState:
        """How the folder is: live while it can be read, lost when it cannot any more."""
        name = self.settings.name
        return SensorState(name, f"folder:{name}", "folder", self._word, last_heard_us=self._heard_us)

    def faults(self) -> list[str]:
        """What a technician should know now."""
        return [one for one in (self._fault, *self._file_faults.values()) if one]

    async def _once(self, retry_s: float) -> None:
        try:
            files = await asyncio.to_thread(look, self.settings.path, self.settings.patterns)
        except OSError as error:
            self._word, self._fault = "lost", self._unreadable(error)
            return
        self.count.looks += 1
        self._word, self._fault, self._heard_us = "live", "", boot_us()
        self._forget_gone({seen.name for seen in files})
        for seen in self._settling.settled(files, time.monotonic()):
            if time.monotonic() >= self._not_before_s.get(seen.name, 0.0):
                await self._tried(seen, retry_s)

    def _forget_gone(self, names: set[str]) -> None:
        for notes in (self._file_faults, self._not_before_s):
            for name in notes.keys() - names:
                del notes[name]

    async def _tried(self, seen: Seen, retry_s: float) -> None:
        """Send a file if it is new. What stands in the way is told, and tried again later."""
        try:
            fault = await self._sent_if_new(seen)
        except Changed:
            self._settling.again(seen.name)
            return
        except (OSError, sqlite3.Error, ProtocolError) as error:
            fault = f"cannot be sent ({getattr(error, 'strerror', None) or error}): see that the agent may read it."
        except Exception as error:  # whatever the taker thinks of it, the other files are none the worse
            fault = f"was not taken ({error}); it is tried again."
        if not fault:
            self._file_faults.pop(seen.name, None)
            return
        self.count.failures += 1
        self._not_before_s[seen.name] = time.monotonic() + retry_s
        sentence = f"{self.settings.name}: {seen.name} {fault}"
        if self._file_faults.get(seen.name) != sentence:
            self._file_faults[seen.name] = sentence
            _log.warning("document_not_sent", source=self.settings.name, file=seen.name, reason=fault)

    async def _sent_if_new(self, seen: Seen) -> str:
        """What is wrong with it; empty when it is sent, now or before."""
        if seen.state.size > MAX_DOCUMENT_BYTES:
            return (
                f"has {seen.state.size} bytes, more than the {MAX_DOCUMENT_BYTES // MEBIBYTE} MB that a document "
                "may have: it is not sent. Take it out of folders.patterns, or split it."
            )
        before = await asyncio.to_thread(self._sent.get, self.settings.name, seen.name)
        if before is not None and before.state == seen.state:
            return ""
        if await asyncio.to_thread(is_being_written, seen.path):
            raise Changed(seen.name)
        with await asyncio.to_thread(Spool, seen.path, seen.state, self._spool) as spool:
            if before is not None and before.sha256 == spool.sha256:
                self.count.unchanged += 1
            elif not await self._emitted(seen, spool):
                return (
                    "found no room in the buffer: see that the hub can be reached, or raise buffer.max_bytes; "
                    "it is tried again."
                )
            version = Version(spool.sha256, seen.state)
        await asyncio.to_thread(self._sent.note, self.settings.name, seen.name, version)
        return ""

    async def _emitted(self, seen: Seen, spool: Spool) -> bool:
        """Hand on its parts, each when the one before it is safe; False when one found no room."""
        settings = self.settings
        for part in parts_of(seen.name, settings.name, settings.form, spool.sha256, spool.size, spool.read):
            self._emit(part)
            if not await self._accepted():
                return False
        self.count.documents += 1
        _log.info("document_sent", source=settings.name, file=seen.name, bytes=spool.size)
        return True

    def _unreadable(self, error: OSError) -> str:
        where = f"The folder {self.settings.path} of {self.settings.name}"
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return f"{where} is not there: create or mount it, or correct folders.path."
        return f"{where} cannot be read ({error.strerror}): see that the agent's user may."
