"""The database is away: what the worker does, as one table, and how it comes back.

Each time a message is given back costs one of its twenty deliveries. So the worker first holds what it has,
taking live messages on and showing them; only when that has lasted does it give everything back, once, by
closing its channels, and stays off the queues until a row of its own has been committed again.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from enum import Enum, auto

from sts_hub import logs
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.store import DatabaseAwayError

HOLD_S = 60.0
"""The wall lives on what the worker may hold, about a minute; a restart of the database takes less."""

FIRST_TRY_S = 1.0
LAST_TRY_S = 60.0
"""Tries at coming back double between these."""

FILLER_BYTES = 64 * 1024
"""More than the free space that a full disk leaves in the pages of a small table."""

_log = logs.get("sts.ingest.outage")


class State(Enum):
    """UP: storing. HOLDING: what was taken is kept. OFF: everything was given back."""

    UP = auto()
    HOLDING = auto()
    OFF = auto()


class Event(Enum):
    """LOST: a transaction failed. HELD_LONG: holding has lasted. RETURNED: a probe was committed."""

    LOST = auto()
    HELD_LONG = auto()
    RETURNED = auto()


TABLE: dict[tuple[State, Event], State] = {
    (State.UP, Event.LOST): State.HOLDING,
    (State.HOLDING, Event.LOST): State.HOLDING,
    (State.OFF, Event.LOST): State.OFF,
    (State.HOLDING, Event.HELD_LONG): State.OFF,
    (State.HOLDING, Event.RETURNED): State.UP,
    (State.OFF, Event.RETURNED): State.UP,
}

Probe = Callable[[bytes], Awaitable[None]]
Listener = Callable[[State, State], None]


class Outage:
    """Whether the database can be written to, for all lanes of a worker. `run` must be running."""

    def __init__(
        self, probe: Probe, counters: Counters, *, hold_s: float = HOLD_S, first_try_s: float = FIRST_TRY_S
    ):
        """`probe` commits a row with the given filler, or raises DatabaseAwayError."""
        self.state = State.UP
        self._probe = probe
        self._hold_s = hold_s
        self._first_try_s = first_try_s
        self._away = counters.database_away
        self._listeners: list[Listener] = []
        self._lost = asyncio.Event()
        self._returned = asyncio.Event()
        self._returned.set()
        self._moved = asyncio.Condition()

    def listen(self, listener: Listener) -> None:
        """Call with (state before, state after) at each move."""
        self._listeners.append(listener)

    async def returned(self) -> None:
        """Wait until the database can be written to."""
        await self._returned.wait()

    def lost(self, error: DatabaseAwayError) -> None:
        """A transaction failed for want of the database."""
        _log.error("database away", error=str(error))
        self._move(Event.LOST)
        self._lost.set()

    async def held_out(self) -> bool:
        """Wait for the end of holding: true when the database is back, false when everything is to be given
        back."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.state is not State.HOLDING)
        return self.state is State.UP

    async def run(self) -> None:
        """Bring each outage to its end; runs until cancelled."""
        while True:
            await self._lost.wait()
            self._lost.clear()
            if self.state is not State.UP:
                await self._through()

    async def _through(self) -> None:
        holding = asyncio.create_task(self._hold())
        try:
            await self._until_committed()
        finally:
            holding.cancel()
        await self._step(Event.RETURNED)

    async def _hold(self) -> None:
        await asyncio.sleep(self._hold_s)
        await self._step(Event.HELD_LONG)

    async def _until_committed(self) -> None:
        wait_s = self._first_try_s
        while True:
            await asyncio.sleep(wait_s * random.uniform(0.9, 1.1))
            try:
                await self._probe(os.urandom(FILLER_BYTES))
            except DatabaseAwayError as error:
                _log.warning("database still away", error=str(error), next_try_s=round(wait_s, 1))
                wait_s = min(2 * wait_s, LAST_TRY_S)
            else:
                return

    async def _step(self, event: Event) -> None:
        self._move(event)
        async with self._moved:
            self._moved.notify_all()

    def _move(self, event: Event) -> None:
        before, self.state = self.state, TABLE[self.state, event]
        self._away.set(self.state is not State.UP)
        if self.state is State.UP:
            self._returned.set()
        else:
            self._returned.clear()
        if self.state is not before:
            _log.warning("database state", before=before.name.lower(), state=self.state.name.lower())
            for listener in self._listeners:
                listener(before, self.state)
