"""Whoever waits for Bluetooth is free again in time, whatever Bluetooth does."""

import asyncio

import pytest

from sts_edge.sources.bluetooth.deadline import DeadlineError, abandoned, within


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


async def test_work_that_ends_in_time_gives_its_result() -> None:
    assert await within(5.0, answer(), "asking", 1.0) == 42


async def test_what_the_work_raises_is_raised() -> None:
    async def fail() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await within(5.0, fail(), "asking", 1.0)


async def test_work_that_takes_too_long_is_cancelled_and_told() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(DeadlineError, match=r"connecting hr-01 took longer than 0\.01 s"):
        await within(0.01, slow(), "connecting hr-01", 1.0)
    assert ended.is_set()


async def test_work_that_refuses_to_end_is_left_behind_and_counted() -> None:
    release = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await release.wait()

    before = abandoned()
    with pytest.raises(DeadlineError):
        await within(0.01, stubborn(), "cleaning up", 0.01)
    assert abandoned() == before + 1
    release.set()
    await asyncio.sleep(0.01)
    assert abandoned() == before


async def test_a_waiter_that_is_cancelled_takes_its_work_along() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiter = asyncio.ensure_future(within(60.0, slow(), "waiting", 1.0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert ended.is_set()
