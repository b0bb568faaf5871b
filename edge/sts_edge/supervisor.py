"""Tasks that run for the agent's whole life, and do not take each other along.

A task that ends with an error, or ends at all, is told on the health board and started again after a pause:
1 s at first, doubling to a minute while it keeps failing. Errors named fatal are for whoever waits on
`failed`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_never

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
# Tasks of many gateways that fail for one reason (a hub, a power cut) need not start again in step.
PAUSE_SPREAD = 0.2
# Who has run this long has recovered: its next failure is a first one.
RECOVERED_S = 120.0
# asyncio.wait_for, which the libraries of the sources stand on, may lose a cancellation before Python 3.12. A
# task that cleans up has this long before it is told again.
TOLD_AGAIN_S = 5.0

_log = structlog.get_logger()


class Board(Protocol):
    """Where faults are told."""

    def tell(self, name: str, sentence: str) -> None: ...
    def clear(self, name: str) -> None: ...


class TaskEnded(Exception):  # noqa: N818 - it is an event, and an error only here
    """A task that should run for ever came to its end."""


class Supervisor:
    """Keeps tasks running.

    failed: completes with the first fatal error; nothing else ends it.
    """

    def __init__(self, board: Board, fatal: tuple[type[BaseException], ...] = ()) -> None:
        self._board = board
        self._fatal = fatal
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.failed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run it until `stop`, starting it again whenever it ends."""
        self._tasks[name] = asyncio.create_task(self._keep(name, run), name=name)

    def fail(self, error: BaseException) -> None:
        """End it all: the first error counts."""
        if not self.failed.done():
            self.failed.set_result(error)

    async def stop(self, *names: str) -> None:
        """Cancel the named tasks, or all, and wait for their end."""
        chosen = [self._tasks.pop(name) for name in names or tuple(self._tasks)]
        pending = set(chosen)
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=TOLD_AGAIN_S)

    async def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        pauses = _Pauses()
        retrying = AsyncRetrying(
            stop=stop_never,
            wait=pauses,
            retry=retry_if_exception(self._worth_another_try),
            before_sleep=lambda state: self._failed_once(name, state),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    await self._once(name, run, pauses)
        except self._fatal as error:
            self.fail(error)

    def _worth_another_try(self, error: BaseException) -> bool:
        # a cancelled task was told to end: tenacity would start it again
        return isinstance(error, Exception) and not isinstance(error, self._fatal)

    async def _once(self, name: str, run: Callable[[], Awaitable[None]], pauses: _Pauses) -> None:
        pauses.began()
        recovered = asyncio.get_running_loop().call_later(RECOVERED_S, self._board.clear, name)
        try:
            await run()
        finally:
            recovered.cancel()
        raise TaskEnded(f"{name} came to its end")

    def _failed_once(self, name: str, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        why = f"{type(error).__name__}: {error}"
        pause_s = state.next_action.sleep if state.next_action else 0.0
        _log.error("task_failed", task=name, reason=why, again_in_s=round(pause_s, 1), exc_info=error)
        self._board.tell(
            name,
            f"The part {name} failed ({why[:200]}) and is started again; if it stays so, report it.",
        )


class _Pauses:
    """tenacity's wait: doubles while failures follow each other, starts again after a long run."""

    def __init__(self) -> None:
        self._pause_s = 0.0
        self._began_s = 0.0

    def began(self) -> None:
        self._began_s = time.monotonic()

    def __call__(self, _: RetryCallState) -> float:
        if time.monotonic() - self._began_s >= RECOVERED_S:
            self._pause_s = 0.0
        self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
        return self._pause_s * random.uniform(1 - PAUSE_SPREAD, 1 + PAUSE_SPREAD)
