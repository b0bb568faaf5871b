"""What an answer of the hub means: for the records of a request one of five words, for a beat its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from sts_edge.time_limit import time_limit
from sts_protocols.routing import BEAT_CONTENT_TYPE, HTTP_NO_QUEUE, RECORDS_CONTENT_TYPE, Lane

from ..line import Outcome, Verdict

if TYPE_CHECKING:
    from .line import Line, Reply

OK, NO_CONTENT, UNAUTHORISED = 200, 204, 401
# What is wrong with the request itself, whoever sends it and however often.
REFUSED = frozenset({400, 413, 415, 422})
# A beat that has no answer by then is repeated by the next.
BEAT_S = 10.0

_log = structlog.get_logger()


class Outlet:
    """Hands records over, a message at a time; what the hub refuses does not shut it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_shut(self) -> bool:
        """Whether the connection has ended."""
        return self._line.is_lost

    async def shut(self) -> None:
        """Wait until it has."""
        await asyncio.wait([self._line.ended])

    async def settled(self, timeout: float) -> None:
        """Wait, this long at most, for all answers."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)

    def publish(self, body: bytes, lane: Lane, on_verdict: Callable[[Verdict], None]) -> None:
        """Hand records to the socket and return; the verdict comes by callback, once, however late."""
        self._begin(self._publish(body, lane, on_verdict))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, body: bytes, lane: Lane, on_verdict: Callable[[Verdict], None]) -> None:
        try:
            reply = await self._line.call("POST", f"records?lane={lane}", body, RECORDS_CONTENT_TYPE)
            found = verdict(reply)
        except OSError as error:
            found = Verdict(Outcome.LOST, str(error))
        if found.outcome is Outcome.LOST:
            self._line.cut()
        on_verdict(found)


class BeatOutlet(Outlet):
    """Tells beats over a connection of their own."""

    def __init__(self, line: Line, on_answer: Callable[[bytes], None]) -> None:
        super().__init__(line)
        self._on_answer = on_answer

    def beat(self, body: bytes, number: int) -> None:
        """Hand a beat to the socket and return."""
        self._begin(self._beat(body, number))

    async def _beat(self, body: bytes, number: int) -> None:
        try:
            async with time_limit(BEAT_S):
                reply = await self._line.call("POST", "beat", body, BEAT_CONTENT_TYPE)
        except OSError as error:  # TimeoutError is one
            _log.info("beat_not_answered", number=number, reason=str(error))
            self._line.cut()
            return
        if reply.status == OK:
            self._on_answer(reply.body)
        else:
            _log.info("beat_not_answered", number=number, reason=told(reply.status, reply.body))
            if reply.status == UNAUTHORISED:
                self._line.cut()


def verdict(reply: Reply) -> Verdict:
    """The word for an answer; a login that is none any more ends the connection, to be told at the next."""
    if reply.status in (OK, NO_CONTENT):
        return Verdict(Outcome.ACKED)
    words = told(reply.status, reply.body)
    if reply.status == UNAUTHORISED:
        return Verdict(Outcome.LOST, words)
    if reply.status in REFUSED:
        return Verdict(Outcome.REFUSED, words)
    outcome = Outcome.RETURNED if _problem(reply.body).get("type") == HTTP_NO_QUEUE else Outcome.NACKED
    return Verdict(outcome, words, _seconds(reply.headers.get(b"retry-after", b"")))


def told(status: int, body: bytes) -> str:
    """What the hub said: the sentence of its problem document, or the bare status of whoever stands between."""
    detail = _problem(body).get("detail")
    return str(detail).rstrip(".") if detail else f"HTTP status {status}"


def _problem(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


def _seconds(retry_after: bytes) -> float:
    """The header as seconds; one that tells a date, as a proxy's may, asks for nothing that we could keep."""
    return float(retry_after) if retry_after.isdigit() else 0.0
