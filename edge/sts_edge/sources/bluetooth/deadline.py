"""A deadline that holds even when the work refuses to end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

# Keeps abandoned work from being collected before it ends by itself.
_abandoned: set[asyncio.Task[Any]] = set()


class DeadlineError(Exception):
    """Bluetooth did not answer in time."""


async def within(limit_s: float, work: Coroutine[Any, Any, Result], what: str, abandon_s: float) -> Result:
    """Do `work` within `limit_s`.

    bleak cleans up with D-Bus calls of its own, so work that is cancelled may hang where bluetoothd hangs
    (bleak#1092). Whoever waits here is free after `limit_s` + `abandon_s` in any case.

    Raises:
        DeadlineError: it took longer.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=limit_s)
    except asyncio.CancelledError:
        await _give_up(task, what, abandon_s)
        raise
    if done:
        return task.result()
    await _give_up(task, what, abandon_s)
    raise DeadlineError(f"{what} took longer than {limit_s:g} s")


def abandoned() -> int:
    """How many pieces of work are still held up somewhere below."""
    return len(_abandoned)


async def _give_up(task: asyncio.Task[Any], what: str, abandon_s: float) -> None:
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=abandon_s)
    if done:
        _swallow(task)
        return
    log.warning("bluetooth_work_abandoned", what=what)
    _abandoned.add(task)
    task.add_done_callback(_abandoned.discard)
    task.add_done_callback(_swallow)


def _swallow(task: asyncio.Task[Any]) -> None:
    """Look at the result, so that the loop does not complain that nobody did."""
    if not task.cancelled():
        task.exception()
