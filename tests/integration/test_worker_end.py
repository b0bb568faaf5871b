"""A worker that is told to end does so, at whatever moment of its start the word comes."""

from __future__ import annotations

import asyncio
import random
import sys

import pytest

from sts_hub.broker import cancellation

STARTS = 24
# A start takes some 200 turns of the loop until the worker takes messages.
TURNS = 400
ENDS_WITHIN_S = 60
# Where the control looks: each start has a chance of one in ten or so to lose the word.
CONTROL_STARTS = 150
LOST_AFTER_S = 2


async def told_to_end(hub, turns: int, within_s: float) -> bool:
    """Start a worker, cancel it once after so many turns of the loop; whether it ended."""
    worker = await hub.start()
    for _ in range(turns):
        await asyncio.sleep(0)
    await asyncio.sleep(random.choice((0, 0.01, 0.05, 0.1)))
    worker.task.cancel()
    _, still = await asyncio.wait([worker.task], timeout=within_s)
    return not still


async def test_a_worker_ends_at_whatever_moment_it_is_told_to(hub):
    draw = random.Random(1)
    for _ in range(STARTS):
        assert await told_to_end(hub, draw.randrange(TURNS), ENDS_WITHIN_S)


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="asyncio.wait_for keeps each cancellation from 3.12 on"
)
async def test_the_control_a_worker_that_does_not_ask_may_run_on(hub, monkeypatch):
    draw, ended, others = random.Random(2), [True], asyncio.all_tasks()
    with monkeypatch.context() as deaf:
        deaf.setattr(cancellation, "heed", lambda: None)
        while all(ended) and len(ended) < CONTROL_STARTS:
            ended.append(await told_to_end(hub, draw.randrange(TURNS), LOST_AFTER_S))
    assert not all(ended)
    # Its group of tasks has told each of them once, and will not do so again.
    deaf_ones = asyncio.all_tasks() - others
    for task in deaf_ones:
        task.cancel()
    await asyncio.wait(deaf_ones, timeout=ENDS_WITHIN_S)
