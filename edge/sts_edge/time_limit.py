"""The gateway's time limit: asyncio.timeout, which ends as TimeoutError in a task that is being cancelled, too.

Before Python 3.11.3 (Debian 12 has 3.11.2) asyncio.timeout forgets there that the task was being cancelled already, and
its own end passes for a second cancellation: what was to be said after it would never be said.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def time_limit(seconds: float) -> AsyncIterator[None]:
    """Raises TimeoutError when the block takes longer; a cancellation meanwhile passes through."""
    task = asyncio.current_task()
    assert task is not None, "deadlines are awaited in tasks"
    cancellations = task.cancelling()
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except asyncio.CancelledError:
        if limit.expired() and task.cancelling() <= cancellations:
            raise TimeoutError from None
        raise


def heed_cancellation() -> None:
    """Raise CancelledError in a task that was cancelled and got another error instead: a connection that ends at that
    moment answers with its own end, and whoever went on after it would never end."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
