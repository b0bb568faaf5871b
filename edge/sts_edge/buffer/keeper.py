"""Stores what the log knows besides its records, in the writer's thread, late where that is harmless."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from sts_protocols.record import Anchor

from .ballast import Ballast
from .book import Entry, EpochBook
from .shelf import Shelf
from .state import Progress, State
from .writer import Act

# Confirmed ranges are stored this often while they change: one small commit; losing them costs 30 s sent
# twice.
KEEP_S = 30.0
# A pin that found no room is tried again this soon: until it is told, records of unknown clock wait.
PIN_AGAIN_S = 1.0


class Keeper:
    """Brings changed entries of the book to the state file.

    What could not be stored (the disk is full) stays changed, and is stored with the next change.
    """

    def __init__(
        self,
        epoch: bytes,
        state: State,
        book: EpochBook,
        shelf: Shelf,
        ballast: Ballast,
        submit: Callable[[Act], None],
    ) -> None:
        self._epoch = epoch
        self._state = state
        self._book = book
        self._shelf = shelf
        self._ballast = ballast
        self._submit = submit
        self._timer: asyncio.TimerHandle | None = None

    def soon(self, entry: Entry) -> None:
        """Store this entry within half a minute."""
        entry.changed = True
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(KEEP_S, self.now)

    def now(self) -> None:
        """Store everything that has changed, behind the jobs that the writer has."""
        self.stop()
        progress, remove = self._changes()
        loop = asyncio.get_running_loop()

        def store() -> None:
            if not self._store(progress, remove):
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._again, progress)

        self._submit(Act(store))

    def last(self) -> None:
        """Store everything that has changed, here and now: the writer has ended."""
        self.stop()
        self._store(*self._changes())

    def stop(self) -> None:
        """Forget what was due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def pin(self, entries: list[Entry], anchor: Anchor) -> None:
        """Store the pin of these epochs; it is told only once it is stored."""
        loop = asyncio.get_running_loop()

        def stored() -> None:
            for entry in entries:
                entry.pin = entry.pin or anchor

        def store() -> None:
            then: Callable[[], object]
            try:
                self._state.pin([entry.epoch for entry in entries], anchor)
            except sqlite3.Error:
                self._ballast.release()
                then = partial(loop.call_later, PIN_AGAIN_S, self.pin, entries, anchor)
            else:
                then = partial(loop.call_soon, stored)
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(then)

        self._submit(Act(store))

    def _changes(self) -> tuple[dict[bytes, Progress], list[bytes]]:
        held = set(self._shelf.epochs())
        finished = [
            one for one in self._book if one.closed and one.epoch not in held and one.epoch != self._epoch
        ]
        for entry in finished:
            self._book.remove(entry.epoch)
        changed = [entry for entry in self._book if entry.changed]
        for entry in changed:
            entry.changed = False
        return {entry.epoch: entry.progress() for entry in changed}, [entry.epoch for entry in finished]

    def _store(self, progress: dict[bytes, Progress], remove: list[bytes]) -> bool:
        try:
            self._state.keep(progress, remove)
        except sqlite3.Error:
            self._ballast.release()
            return False
        return True

    def _again(self, progress: dict[bytes, Progress]) -> None:
        for epoch in progress:
            if (entry := self._book.get(epoch)) is not None:
                self.soon(entry)
