"""Tasks that use aio-pika end when they are told to."""

from __future__ import annotations

import asyncio


def heed() -> None:
    """Ask before each wait without an end: raises CancelledError when this task has been told to end.

    aiormq stands on asyncio.wait_for, which before Python 3.12 loses a cancellation that comes together with the
    result: the task goes on, waits for the next message, and the process does not end until it is killed.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
