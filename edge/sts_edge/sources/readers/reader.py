"""One reader: connected again whenever it is lost, and read on from where it was."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass

import structlog

from sts_edge.clock import boot_us
from sts_edge.config import ReaderSettings
from sts_edge.sources import Emit, Keep, SensorState, SensorWord
from sts_protocols.errors import DecodeError
from sts_protocols.record import Impulse
from sts_protocols.serial.heard import TimerLine

from .place import Place, Places
from .timer import Fetched, Timer, TimerNotReady

FETCH_EVERY_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0

Accepted = Callable[[], Awaitable[bool]]
"""Waits until what was emitted last is on the disk; False when it found no room there."""

Stored = Callable[[str], Container[bytes]]
"""The lines of a timer that the buffer still holds. Reads files; raises OSError."""

_log = structlog.get_logger()


class _NoRoom(Exception):  # noqa: N818 - it says what happened
    """The buffer had no room: what was read is read again."""


@dataclass
class Count:
    """What happened since the start."""

    impulses: int = 0
    bad_lines: int = 0
    refused: int = 0
    repeated: int = 0
    connections: int = 0


class Reader:
    """A timer of the settings."""

    def __init__(
        self,
        settings: ReaderSettings,
        timer: Timer,
        places: Places,
        emit: Emit,
        accepted: Accepted,
        stored: Stored,
        keep: Keep,
    ) -> None:
        self.settings = settings
        self.count = Count()
        self._timer = timer
        self._places = places
        self._emit = emit
        self._accepted = accepted
        self._stored = stored
        self._keep = keep
        self._word: SensorWord = "off"
        self._heard_us: int | None = None
        self._fault = ""

    async def run(self, fetch_every_s: float, first_pause_s: float) -> None:
        """Read until cancelled."""
        pause_s = first_pause_s
        while True:
            connections = self.count.connections
            try:
                await self._connected(fetch_every_s)
            except (
                OSError,
                EOFError,
                TimeoutError,
                DecodeError,
                sqlite3.Error,
                TimerNotReady,
                _NoRoom,
            ) as error:
                self._lost(error)
            finally:
                self._timer.close()
            pause_s = (
                first_pause_s if self.count.connections > connections else min(LONGEST_PAUSE_S, 2 * pause_s)
            )
            await asyncio.sleep(pause_s)

    def state(self) -> SensorState:
        """How it is: live while it answers, lost when it does not any more."""
        name, kind = self.settings.name, self.settings.kind
        return SensorState(
            name, f"tcp:{self.settings.host[:60]}", kind, self._word, last_heard_us=self._heard_us
        )

    def faults(self) -> list[str]:
        """What a technician should know now."""
        return [self._fault] if self._fault else []

    async def _connected(self, fetch_every_s: float) -> None:
        """Connect, and fetch until it is lost.

        What was stored and not noted any more, because the agent was killed in between, comes again with the
        first fetch: the buffer knows it.
        """
        await self._timer.open()
        place = await asyncio.to_thread(self._places.get, self.settings.name)
        stored = await asyncio.to_thread(self._stored, self.settings.name)
        while True:
            fetched = await self._timer.fetch(place)
            self._answered()
            place = await self._handed_on(place, fetched, stored)
            stored = ()
            if not fetched.more:
                await asyncio.sleep(fetch_every_s)

    def _answered(self) -> None:
        if self._word != "live":
            self.count.connections += 1
        self._word, self._fault, self._heard_us = "live", "", boot_us()

    async def _handed_on(self, place: Place, fetched: Fetched, stored: Container[bytes]) -> Place:
        """Emit what is new, and note the place when it is safe: what a cut costs is read again."""
        now_us = boot_us()
        for frame in fetched.raw:
            self._keep(self.settings.name, self.settings.kind, now_us, frame)
        for line in fetched.bad:
            self.count.bad_lines += 1
            _log.warning("timer_line", reader=self.settings.name, line=line[:80].decode("ascii", "replace"))
        for told in fetched.impulses:
            if told.line in stored:
                self.count.repeated += 1
            else:
                self._hand_on(told, now_us)
        if fetched.place != place:
            noting = asyncio.create_task(self._noted(fetched.place))
            try:
                await asyncio.shield(noting)
            except asyncio.CancelledError:
                await noting  # else the next start reads again what was handed on
                raise
        return fetched.place

    async def _noted(self, place: Place) -> None:
        if not await self._accepted():
            raise _NoRoom(
                "the buffer has no room: see that the hub can be reached, or raise buffer.max_bytes"
            )
        await asyncio.to_thread(self._places.note, self.settings.name, place)

    def _hand_on(self, told: TimerLine, now_us: int) -> None:
        impulse = Impulse(
            self.settings.name, now_us, told.ticks, told.channel, told.bib, told.marks, told.line
        )
        try:
            self._emit(impulse)
        except Exception as error:
            self.count.refused += 1
            _log.warning("impulse_refused", reader=self.settings.name, reason=str(error))
        else:
            self.count.impulses += 1

    def _lost(self, error: Exception) -> None:
        self._word = "lost"
        reason = str(error) or type(error).__name__
        sentence = f"The timer {self.settings.name} at {self.settings.host}: {reason}."
        if sentence != self._fault:
            self._fault = sentence
            _log.warning("timer_lost", reader=self.settings.name, reason=reason)
