"""The one thread that touches the disk while the agent runs, so that a slow card never delays a radio
callback.

Jobs are done in order. All records that are waiting are written together and made safe by one sync per file
(group commit); then, and only then, the loop is told, and what comes after them (an unlink) is done.

The law of this file: a record is told as safe only after the sync of its file has returned without error. The
first error that is not "no room" ends the thread for good: after a failed fsync(2) the kernel may have thrown
the pages away and a second call would say that all is well.
"""

import errno
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from .disk import Disk
from .index import store_index
from .segment import Lane, Segment, Slot

# Segments are written ahead with zeros in steps of this size: a sync inside a step moves data only and no
# metadata. At 1.5 KB/s of thirty straps a step lasts 45 s; a cut costs at most one step of zeros per segment.
STEP_BYTES = 64 << 10
# A kept segment always has this much written ahead, so that a drop can be declared on a disk that is full.
RESERVE_BYTES = 16 << 10
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

_ZEROS = bytes(STEP_BYTES)


class Put:
    """Write this record at its place. `refused` is set when there was no room.

    when_safe: called on the loop's thread once the record is safe.
    """

    __slots__ = ("raw", "refused", "segment", "seq", "slot", "tries", "when_safe")

    def __init__(self, segment: Segment, seq: int, raw: bytes, slot: Slot) -> None:
        self.segment = segment
        self.seq = seq
        self.raw = raw
        self.slot = slot
        self.tries = 0
        self.refused = False
        self.when_safe: Callable[[], None] | None = None


class Act:
    """Do this once everything before it is safe; not if one of `after` was refused."""

    __slots__ = ("after", "run", "skipped")

    def __init__(
        self, run: Callable[[], None], after: Sequence[Put] = (), skipped: Callable[[], None] | None = None
    ) -> None:
        self.run = run
        self.after = after
        self.skipped = skipped


class Report(Protocol):
    """Where the thread's news go; called in the writer's thread."""

    def safe(self, puts: Sequence[Put]) -> None: ...
    def refused(self, puts: Sequence[Put]) -> None: ...
    def failed(self, error: Exception) -> None: ...


class _File:
    """An open segment: `ready` bytes of it exist, records reach up to `end`."""

    __slots__ = ("end", "handle", "ready")

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.ready = 0
        self.end = 0


class Writer:
    """Takes jobs from the loop's thread and does them in its own."""

    def __init__(
        self, directory: Path, segment_bytes: int, disk: Disk, report: Report, spare: Callable[[], bool]
    ) -> None:
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._disk = disk
        self._report = report
        self._spare = spare
        self._jobs: deque[Put | Act] = deque()
        self._news = threading.Condition()
        self._stopping = False
        self._files: dict[bytes, _File] = {}
        self._thread = threading.Thread(target=self._run, name="buffer-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, *jobs: Put | Act) -> None:
        """Hand over jobs, to be done in this order after all earlier ones."""
        with self._news:
            self._jobs.extend(jobs)
            self._news.notify()

    def stop(self) -> None:
        """Do all jobs handed over so far, then end the thread."""
        with self._news:
            self._stopping = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while (jobs := self._next_jobs()) is not None:
                puts, act = jobs
                self._commit(puts)
                if act is not None:
                    self._act(act)
        except Exception as error:  # else nobody would ever hear that this thread has ended
            self._report.failed(error)
        finally:
            for file in self._files.values():
                with suppress(OSError):
                    os.close(file.handle)

    def _next_jobs(self) -> tuple[list[Put], Act | None] | None:
        """Wait; return all puts up to the next act, and that act. None when stopped and all is done."""
        with self._news:
            while not self._jobs and not self._stopping:
                self._news.wait()
            if not self._jobs:
                return None
            puts: list[Put] = []
            while self._jobs:
                job = self._jobs.popleft()
                if isinstance(job, Act):
                    return puts, job
                puts.append(job)
            return puts, None

    def _commit(self, puts: Sequence[Put]) -> None:
        written = [put for put in puts if self._write(put)]
        for segment_id in {put.segment.id: None for put in written}:
            self._disk.sync(self._files[segment_id].handle)
        if written:
            self._report.safe(written)
        if refused := [put for put in puts if put.refused]:
            self._report.refused(refused)

    def _act(self, act: Act) -> None:
        if any(put.refused for put in act.after):
            if act.skipped is not None:
                act.skipped()
            return
        act.run()

    def _write(self, put: Put) -> bool:
        kept = put.segment.lane == Lane.KEPT
        written = self._try(put) or (kept and self._spare() and self._try(put))
        put.refused = not written
        if written and kept:
            self.reserve(put.segment)
        return written

    def _try(self, put: Put) -> bool:
        """Write a record at its place; returns False when there is no room for it."""
        end = put.slot.offset + put.slot.size
        try:
            file = self.file_of(put.segment)
            self._extend(file, end)
            self._disk.write_all(file.handle, put.raw, put.slot.offset)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self._take_back(put)
            return False
        file.end = max(file.end, end)
        return True

    def file_of(self, segment: Segment) -> _File:
        """Return a segment's open file, made on first use, its name synced. Only for the writer's thread."""
        file = self._files.get(segment.id)
        if file is None:
            handle = self._disk.open(segment.path)
            file = self._files[segment.id] = _File(handle)
            file.ready = file.end = os.fstat(
                handle
            ).st_size  # of a record tried again its segment may be closed
            self._disk.sync_directory(self._directory)
        return file

    def reserve(self, segment: Segment) -> None:
        """Write a kept segment ahead; a full disk is no harm yet. Only for the writer's thread."""
        try:
            file = self.file_of(segment)
            self._extend(file, min(file.end + RESERVE_BYTES, self._segment_bytes))
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise

    def finish(self, segment: Segment) -> None:
        """Cut the zeros behind the last record and close the file. Only for the writer's thread."""
        file = self._files.pop(segment.id, None)
        if file is None:
            return
        with suppress(OSError):
            self._disk.truncate(file.handle, file.end)
            if not file.end:
                self._disk.unlink(segment.path)
            elif segment.lane != Lane.KEPT:
                store_index(segment, file.end)
        os.close(file.handle)

    def _extend(self, file: _File, needed: int) -> None:
        """Write zeros ahead, a step at a time, until `needed` bytes exist."""
        while file.ready < needed:
            step = min(STEP_BYTES, max(self._segment_bytes, needed) - file.ready)
            file.ready += self._disk.write(file.handle, memoryview(_ZEROS)[:step], file.ready)

    def _take_back(self, put: Put) -> None:
        """Leave no piece of a record that found no room."""
        file = self._files.get(put.segment.id)
        if file is None:
            return
        with suppress(OSError):
            if put.slot.offset >= file.end:
                self._disk.truncate(file.handle, put.slot.offset)
                file.ready = min(file.ready, put.slot.offset)
            else:
                self._disk.write_all(file.handle, bytes(put.slot.size), put.slot.offset)
