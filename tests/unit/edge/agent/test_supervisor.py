"""Tasks that do not take each other along."""

from __future__ import annotations

import asyncio

import pytest

from sts_edge import supervisor as module
from sts_edge.health import Health
from sts_edge.supervisor import Supervisor
from uplink_support import eventually


class FatalError(Exception):
    """There is no going on."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.005)


async def test_a_task_that_fails_is_started_again_and_told_and_its_neighbour_lives() -> None:
    health = Health()
    supervisor = Supervisor(health)
    starts, neighbour = [], []

    async def failing() -> None:
        starts.append(1)
        raise ValueError("a bad day")

    async def living() -> None:
        neighbour.append(1)
        await asyncio.Event().wait()

    supervisor.start("radio", failing)
    supervisor.start("clock", living)
    await eventually(lambda: len(starts) >= 3)
    assert len(neighbour) == 1
    assert "radio failed (ValueError: a bad day)" in health.faults[0]
    await supervisor.stop()


async def test_a_task_that_just_ends_is_started_again() -> None:
    supervisor, starts = Supervisor(Health()), []

    async def ending() -> None:
        starts.append(1)

    supervisor.start("radio", ending)
    await eventually(lambda: len(starts) >= 3)
    await supervisor.stop()


async def test_a_task_that_recovered_is_no_fault_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECOVERED_S", 0.05)
    health = Health()
    supervisor, starts = Supervisor(health), []

    async def failing_once() -> None:
        starts.append(1)
        if len(starts) == 1:
            raise ValueError("a bad day")
        await asyncio.Event().wait()

    supervisor.start("radio", failing_once)
    await eventually(lambda: health.faults)
    await eventually(lambda: not health.faults)
    await supervisor.stop()


async def test_a_fatal_error_is_handed_over_and_nothing_is_started_again() -> None:
    supervisor, starts = Supervisor(Health(), fatal=(FatalError,)), []

    async def dying() -> None:
        starts.append(1)
        raise FatalError("the card")

    supervisor.start("buffer", dying)
    error = await asyncio.wait_for(asyncio.shield(supervisor.failed), 60)
    assert isinstance(error, FatalError)
    assert len(starts) == 1
    await supervisor.stop()


async def test_the_first_fatal_error_counts() -> None:
    supervisor = Supervisor(Health())
    first = FatalError("first")
    supervisor.fail(first)
    supervisor.fail(FatalError("second"))
    assert await supervisor.failed is first


async def test_stop_waits_until_the_tasks_have_cleaned_up() -> None:
    supervisor, clean = Supervisor(Health()), []

    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            clean.append(1)

    supervisor.start("radio", tidy)
    await asyncio.sleep(0)
    await supervisor.stop("radio")
    assert clean == [1]


async def test_pauses_grow_while_failures_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 1.0)
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 60.0)
    monkeypatch.setattr(module, "PAUSE_SPREAD", 0.0)
    pauses = module._Pauses()
    told = []
    for _ in range(8):
        pauses.began()
        told.append(pauses(None))  # type: ignore[arg-type]
    assert told == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_a_task_that_loses_the_word_to_end_is_told_again(monkeypatch) -> None:
    """A library may swallow one cancellation; the gateway ends all the same."""
    monkeypatch.setattr("sts_edge.supervisor.TOLD_AGAIN_S", 0.01)
    supervisor, told = Supervisor(Health()), []

    async def deaf_once() -> None:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                told.append(len(told))
                if len(told) > 1:
                    raise

    supervisor.start("deaf", deaf_once)
    await asyncio.sleep(0.01)
    await asyncio.wait_for(supervisor.stop(), 60)
    assert told == [0, 1]
