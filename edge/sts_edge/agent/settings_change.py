"""Settings that the hub changes: judged here, tried, and taken back by itself if the hub is lost over them.

A change is settled after ANSWERS answers to beats that tell of it; else, TRIAL_S after it came into force, the settings are
put back as they were. How far it has come stands in `settings_book`, where a kill leaves it. What is stored is never
touched: limits that would give up what waits are refused like every other fault.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

import structlog

from sts_edge.buffer import BufferStats
from sts_edge.config import ConfigError, Settings
from sts_edge.config.shared import hash_of, shared_text, with_shared
from sts_edge.health import Health
from sts_edge.names import moved_names
from sts_edge.time_limit import time_limit
from sts_edge.trial import ANSWERS, Phase
from sts_protocols.beat import Answer, Beat, SettingsChange, SettingsReport

from .settings_book import Attempt, SettingsBook

# Two minutes: room for a dozen beats, for a Pi that starts the agent anew, and for a hub's restart.
TRIAL_S = 120.0

PART = "settings"
KEPT = "settings-version"

_log = structlog.get_logger()


class Waiting(NamedTuple):
    """What is held: in the buffer, as raw frames, and for how long the oldest that waits."""

    buffer: BufferStats
    raw: BufferStats
    oldest_age_s: float | None


class SettingsChanges:
    """Takes changes out of answers. `apply` has the agent take up the settings file and says whether that needs a
    restart, which `restart` brings about; `tell` beats now; `waiting`: what a change must not cost."""

    def __init__(
        self,
        book: SettingsBook,
        health: Health,
        apply: Callable[[], Awaitable[bool]],
        restart: Callable[[], None],
        tell: Callable[[], None],
        waiting: Callable[[], Waiting],
    ) -> None:
        self._book = book
        self._health = health
        self._apply = apply
        self._restart = restart
        self._tell = tell
        self._waiting = waiting
        self._offers: asyncio.Queue[SettingsChange] = asyncio.Queue(1)
        self._answers = 0
        self._held = asyncio.Event()
        self._is_tried = False
        self._tables_wanted = False
        self._tell_refused()

    def report(self) -> SettingsReport:
        """What the beat says of the settings."""
        return self._book.report(self._is_tried, self._tables_wanted)

    def hear(self, answer: Answer, beat: Beat) -> None:
        """Take the hub's answer to that beat."""
        self._tables_wanted = answer.settings_wanted
        attempt = self._book.attempt
        if attempt is not None and beat.settings is not None and beat.settings.change == attempt.change:
            self._answers += 1
            if self._answers >= ANSWERS:
                self._held.set()
        if answer.settings is not None and self._is_news(answer.settings):
            with contextlib.suppress(asyncio.QueueFull):  # the hub says it again with the next answer
                self._offers.put_nowait(answer.settings)

    async def run(self) -> None:
        """See a change on trial to its end, then the next."""
        while True:
            if self._book.phase is Phase.TRIAL:
                await self._watch()
            change = await self._offers.get()
            if self._is_news(change) and await self._stage(change):
                self._health.clear(PART)
                await self._take_up()

    async def edited(self) -> None:
        """Somebody here has changed the settings, and they are in force."""
        try:
            await asyncio.to_thread(self._book.edited)
        except (ConfigError, OSError) as error:
            _log.warning("settings_version_unknown", reason=str(error))
        self._tell_refused()
        self._held.set()

    def _is_news(self, change: SettingsChange) -> bool:
        page = self._book.page
        refused = None if page.refused is None else page.refused.change
        return page.phase is Phase.SETTLED and change.change not in (page.change, refused)

    async def _stage(self, change: SettingsChange) -> bool:
        waiting = self._waiting()
        faults = await asyncio.to_thread(self._try, change, waiting)
        if not faults:
            _log.info("settings_on_trial", change=change.change, version=change.version)
            return True
        await asyncio.to_thread(self._book.refuse, change.change, faults)
        self._tell_refused()
        self._tell()
        return False

    def _try(self, change: SettingsChange, waiting: Waiting) -> list[str]:
        """Put the change into the settings file, or say everything that speaks against it."""
        config = self._book.config
        try:
            text = config.read_text(encoding="utf-8")
            if hash_of(shared_text(text)) != change.based_on or self._book.page.hash != change.based_on:
                return [
                    "the settings were changed on the gateway meanwhile: read them at the hub, and make the "
                    "change anew"
                ]
            after, settings = with_shared(text, change.tables, config.parent)
            faults = [*(one.text for one in moved_names(settings)), *costs(settings, waiting)]
            if not faults:
                self._book.stage(Attempt(change.change, change.version, text, after))
        except ConfigError as error:
            return [fault.text for fault in error.faults]
        except (OSError, UnicodeDecodeError) as error:
            return [f"the gateway cannot write its settings ({error}): on the gateway, sts-edge doctor"]
        return faults

    async def _watch(self) -> None:
        """Wait for the hub's answers to what is on trial, no longer than TRIAL_S, and act accordingly."""
        self._is_tried, self._answers = True, 0
        self._held.clear()
        with contextlib.suppress(TimeoutError):
            async with time_limit(TRIAL_S):
                await self._held.wait()
        self._is_tried = False
        if self._book.phase is not Phase.TRIAL:
            return
        if self._held.is_set():
            await asyncio.to_thread(self._book.answered)
            _log.info("settings_settled", version=self._book.page.version, change=self._book.page.change)
            return
        lost = (
            f"taken back: {TRIAL_S:.0f} s after it came into force the hub had not answered {ANSWERS} times"
        )
        await asyncio.to_thread(self._book.go_back, [lost])
        self._tell_refused()
        await self._take_up()

    async def _take_up(self) -> None:
        if await self._apply():
            self._restart()
            await asyncio.Event().wait()  # the end of this agent ends it
        self._tell()

    def _tell_refused(self) -> None:
        if self._book.trouble:
            self._health.tell(
                KEPT, f"The version of the settings cannot be kept ({self._book.trouble}): see the disk."
            )
        refused = self._book.page.refused
        if refused is None:
            self._health.clear(PART)
            return
        self._health.tell(
            PART, f"The hub's change of the settings is not in force: {'; '.join(refused.faults)}."
        )


def costs(settings: Settings, waiting: Waiting) -> Iterator[str]:
    """What of the data held here these limits would give up."""
    limits, stats = settings.buffer, waiting.buffer
    if stats.waiting_bytes and limits.max_bytes < min(stats.cap_bytes, 2 * stats.waiting_bytes):
        yield (
            f"buffer.max_bytes = {limits.max_bytes} is too little for the {stats.waiting_bytes} bytes that wait: "
            "change it when they are sent"
        )
    if limits.raw_max_bytes < min(waiting.raw.cap_bytes, waiting.raw.used_bytes):
        yield (
            f"buffer.raw_max_bytes = {limits.raw_max_bytes} is too little for the {waiting.raw.used_bytes} bytes of "
            "raw frames held: on the gateway, with sts-edge config edit"
        )
    age_s = None if limits.max_age_days is None else limits.max_age_days * 86_400
    if age_s is not None and waiting.oldest_age_s is not None and waiting.oldest_age_s > age_s:
        yield (
            f"buffer.max_age_days = {limits.max_age_days} would give up what waits since {waiting.oldest_age_s:.0f} s: "
            "change it when that is sent"
        )
