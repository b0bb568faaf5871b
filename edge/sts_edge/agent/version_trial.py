"""The agent's part in an update: it takes up the version that the hub wants, and vouches for the one it is itself.

A version on trial stays after ANSWERS answers of the hub to its beats; else, TRIAL_S after its start, the one before is put
back and this process ends, to be started anew. One that does not get so far is counted out by `Updates.guard`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import structlog

from sts_edge.health import Health
from sts_edge.time_limit import time_limit
from sts_edge.trial import ANSWERS
from sts_edge.updates import UpdateError, Updates
from sts_protocols.beat import Answer, Beat

# Three minutes: a start on a Pi, a hub that is just restarting, and a dozen beats.
TRIAL_S = 180.0
PART = "update"

_log = structlog.get_logger()


class VersionTrial:
    """One start of one version. updates: None without a place for versions; config: its settings; end: ends the process,
    which its service manager starts anew."""

    def __init__(
        self, updates: Updates | None, config: Path, health: Health, end: Callable[[], None]
    ) -> None:
        self._updates = updates
        self._config = config
        self._health = health
        self._end = end
        # What is put on trial while this version runs is another one.
        self._is_tried = updates is not None and updates.is_on_trial
        self._answers = 0
        self._held = asyncio.Event()
        self._wanted: asyncio.Queue[str] = asyncio.Queue(1)
        self._done: set[str] = set()
        if updates is not None:
            self._done.add(updates.page.refused_version)
        if updates is not None and updates.page.refused:
            self._health.tell(PART, f"{updates.page.refused}. See sts-edge logs, then: sts-edge update check")

    def hear(self, answer: Answer, beat: Beat) -> None:
        """Take the hub's answer."""
        self._answers += 1
        if self._answers >= ANSWERS:
            self._held.set()
        if answer.wanted_version is not None and answer.wanted_version not in self._done:
            with contextlib.suppress(asyncio.QueueFull):
                self._wanted.put_nowait(answer.wanted_version)

    async def run(self) -> None:
        """See this version's trial to its end; then take up what the hub wants."""
        if self._is_tried and self._updates is not None:
            await self._vouch(self._updates)
        while True:
            version = await self._wanted.get()
            if version not in self._done:
                self._done.add(version)
                await self._take_up(version)

    async def _vouch(self, updates: Updates) -> None:
        with contextlib.suppress(TimeoutError):
            async with time_limit(TRIAL_S):
                await self._held.wait()
        if self._held.is_set():
            await asyncio.to_thread(updates.answered)
            _log.info("version_settled", version=updates.current)
            return
        await asyncio.to_thread(
            updates.go_back, f"the hub had not answered it {ANSWERS} times within {TRIAL_S:.0f} s"
        )
        _log.warning("version_taken_back", reason=updates.page.refused)
        await self._leave()

    async def _take_up(self, version: str) -> None:
        if self._updates is None:
            self._health.tell(
                PART,
                f"The hub wants version {version}, and there is no [update] in the settings: sts-edge config edit",
            )
            return
        _log.info("version_wanted", version=version)
        try:
            await asyncio.to_thread(self._updates.stage, version)
            await asyncio.to_thread(self._updates.apply, version, self._config)
        except UpdateError as error:
            self._health.tell(PART, f"The hub wants version {version}: {error}")
            return
        await self._leave()

    async def _leave(self) -> None:
        self._end()
        await asyncio.Event().wait()  # the end of this agent ends it
