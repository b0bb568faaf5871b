"""How fast the buffer fills and empties."""

from __future__ import annotations

import asyncio

from sts_edge.agent.flow import Flow
from sts_edge.buffer import BufferStats


class Meter:
    """A buffer whose state the test says, and a clock that it moves."""

    def __init__(self) -> None:
        self.now_us = 0
        self.waiting = (0, 0)

    def stats(self) -> BufferStats:
        return BufferStats(0, 1_000_000, *self.waiting, None, 0, 0, "oldest-raw-first", None)


async def _looked(meter: Meter) -> Flow:
    flow = Flow(lambda: meter.now_us, meter.stats)
    task = asyncio.create_task(flow.run())
    await asyncio.sleep(0)
    task.cancel()
    return flow


async def test_what_came_in_and_does_not_wait_went_out() -> None:
    meter = Meter()
    flow = await _looked(meter)
    for _ in range(40):
        flow.entered(100)
    meter.now_us, meter.waiting = 10_000_000, (10, 1_000)
    rates = flow.rates(meter.stats())
    assert rates is not None
    assert (rates.records_in, rates.records_out) == (4.0, 3.0)
    assert (rates.bytes_in, rates.bytes_out) == (400.0, 300.0)
    assert rates.full_in_s == (1_000_000 - 1_000) / 100


async def test_a_buffer_that_drains_is_never_full() -> None:
    meter = Meter()
    meter.waiting = (100, 10_000)
    flow = await _looked(meter)
    meter.now_us, meter.waiting = 10_000_000, (0, 0)
    rates = flow.rates(meter.stats())
    assert rates is not None
    assert (rates.records_out, rates.full_in_s) == (10.0, None)


async def test_before_there_is_something_to_compare_nothing_is_told() -> None:
    meter = Meter()
    assert Flow(lambda: 0, meter.stats).rates(meter.stats()) is None
