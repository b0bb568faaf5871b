"""Pushes what is due, one workout at a time, in each API process; a workout is lent to one of them, and tried again by a table."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sts_hub import logs
from sts_hub.errors import Refusal
from sts_hub.kit.database import Database
from sts_hub.kit.sealing import Sealing
from sts_hub.pushes import repository
from sts_hub.pushes.destination import ANSWER_S, DESTINATIONS, Destination, RefusedError, Workout
from sts_hub.pushes.repository import Due
from sts_hub.pushes.service import about

# Nobody waits for it at the pitch.
LOOK_EVERY_S: Final = 5.0
# Longer than a try takes; then its process is taken for dead.
LEASE: Final = timedelta(seconds=2 * ANSWER_S)
# A service that is down for an evening is met again the next morning; a day later the athlete is told that it failed.
PAUSES_S: Final = (60.0, 300.0, 1800.0, 7200.0, 21600.0, 43200.0)

_log = logs.get("sts_hub.pushes")


class Pusher:
    """Takes workouts to their destinations."""

    def __init__(
        self, database: Database, sealing: Sealing, destinations: Mapping[str, Destination] = DESTINATIONS
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._destinations = destinations

    async def run(self) -> None:
        """Push what is due, until cancelled."""
        while True:
            with contextlib.suppress(Refusal):  # the database is away: the next look asks again
                while await self.once():
                    pass
            await asyncio.sleep(LOOK_EVERY_S)

    async def once(self) -> bool:
        """One try of what is due longest; False where nothing is."""
        async with self._database.nobody() as session:
            due = await repository.take(session, LEASE)
        if due is None:
            return False
        fault = await self._fault(due)
        state, pause_s = self._became(due, fault)
        _log.info("workout pushed", push=str(due.id), state=state, tries=due.tries)
        async with self._database.nobody() as session:
            reason = None if fault is None else str(fault)
            await repository.settle(session, due.id, state, reason, timedelta(seconds=pause_s))
        return True

    async def _fault(self, due: Due) -> RefusedError | None:
        if due.sealed_key is None:
            return RefusedError("The key was removed: enter it again.", for_good=True)
        try:
            key = self._sealing.opened(due.sealed_key, about(due.athlete_id)).decode()
            await self._destinations[due.service].take(key, Workout(due.id, due.name, due.body))
        except RefusedError as refused:
            return refused
        except Refusal as refusal:
            return RefusedError(f"{refusal.detail} {refusal.way_out_now}", for_good=False)
        except Exception as error:
            _log.error("a workout could not be pushed", exc_info=error, push=str(due.id))
            return RefusedError(
                "The hub failed over it: give its id to whoever runs the hub.", for_good=False
            )
        return None

    def _became(self, due: Due, fault: RefusedError | None) -> tuple[str, float]:
        if fault is None:
            return "sent", 0.0
        if fault.for_good or due.tries > len(PAUSES_S):
            return "failed", 0.0
        return "waiting", PAUSES_S[due.tries - 1]
