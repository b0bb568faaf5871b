"""The database is away: hold, give back once, come back when a row was committed."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest

from sts_hub.ingest.counters import Counters
from sts_hub.ingest.outage import LAST_TRY_S, TABLE, Event, Outage, State
from sts_hub.ingest.store import DatabaseAwayError

AWAY = DatabaseAwayError("stopped")


class Database:
    """Refuses probes until it is told to be there."""

    def __init__(self) -> None:
        self.there = False
        self.probes = 0

    async def probe(self, filler: bytes) -> None:
        self.probes += 1
        if not self.there:
            raise AWAY


@pytest.fixture
async def scene():
    """A running outage over a database that is away, and the moves it makes."""
    database = Database()
    outage = Outage(database.probe, Counters(), hold_s=0.2, first_try_s=0.05)
    moves: list[tuple[State, State]] = []
    outage.listen(lambda before, after: moves.append((before, after)))
    task = asyncio.create_task(outage.run())
    yield database, outage, moves
    task.cancel()


async def test_a_short_outage_is_held_through(scene):
    database, outage, moves = scene
    outage.lost(AWAY)
    database.there = True
    assert await outage.held_out()
    assert moves == [(State.UP, State.HOLDING), (State.HOLDING, State.UP)]


async def test_a_long_outage_gives_back_once_and_stays_off_until_a_probe_is_committed(scene):
    database, outage, moves = scene
    outage.lost(AWAY)
    assert not await outage.held_out()
    outage.lost(AWAY)
    assert outage.state is State.OFF
    database.there = True
    await outage.returned()
    assert moves == [(State.UP, State.HOLDING), (State.HOLDING, State.OFF), (State.OFF, State.UP)]


async def test_a_second_outage_is_a_new_one(scene):
    database, outage, moves = scene
    database.there = True
    for _ in range(2):
        outage.lost(AWAY)
        assert await outage.held_out()
    assert moves == [(State.UP, State.HOLDING), (State.HOLDING, State.UP)] * 2


async def test_tries_double_their_distance(scene, monkeypatch):
    """Up to the longest; each is moved by a tenth at most, so that workers do not knock in step."""
    database, outage, _ = scene
    slept_s: list[float] = []

    async def sleep(seconds: float) -> None:
        slept_s.append(seconds)
        database.there = len(slept_s) == 12
        await real(0)

    real = asyncio.sleep
    monkeypatch.setattr(outage, "_hold", lambda: real(0))
    monkeypatch.setattr("sts_hub.ingest.outage.asyncio.sleep", sleep)
    outage.lost(AWAY)
    await outage.returned()
    expected_s = [min(0.05 * 2**tries, LAST_TRY_S) for tries in range(12)]
    assert slept_s == [pytest.approx(seconds, rel=0.1) for seconds in expected_s]


def test_every_pair_is_in_the_table_but_those_that_cannot_happen():
    absent = set(product(State, Event)) - set(TABLE)
    assert absent == {(State.UP, Event.RETURNED), (State.UP, Event.HELD_LONG), (State.OFF, Event.HELD_LONG)}
