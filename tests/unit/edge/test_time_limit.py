"""The time limit, in a task that is being cancelled and in others."""

import asyncio

import pytest

from sts_edge.time_limit import time_limit


async def test_in_a_task_that_is_being_cancelled_it_ends_as_a_time_limit_and_the_rest_is_said() -> None:
    said: list[str] = []

    async def life() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            with pytest.raises(TimeoutError):
                async with time_limit(0.01):
                    await asyncio.Event().wait()
            said.append("farewell")

    task = asyncio.create_task(life())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert said == ["farewell"]


async def test_a_cancellation_meanwhile_is_one() -> None:
    async def waiting() -> None:
        async with time_limit(10):
            await asyncio.Event().wait()

    task = asyncio.create_task(waiting())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_is_in_time_is_left_alone() -> None:
    async with time_limit(10):
        await asyncio.sleep(0)
