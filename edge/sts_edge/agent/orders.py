"""Orders of the hub: each is done once or not at all, and what became of it is told until the hub knows.

new     -> expired            its time was over before it could begin
        -> begun              noted on the disk first
begun   -> done, failed
        -> failed             found at a start: the agent ended while it was done, and it is not done again
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from sts_edge.config.placing import store
from sts_edge.time_limit import time_limit
from sts_protocols.beat import Answer, Beat, Order, OrderOutcome

FILE_NAME = "orders.json"
MODE = 0o640
# The hub names an order for a week at most; a person gives a few a day.
REMEMBERED = 200
# Longer than any act takes: one that hangs must not keep the next from being done.
LONGEST_S = 120.0
LONGEST_WORDS = 400

Act = Callable[[Order], Awaitable[str]]

_log = structlog.get_logger()


class OrderFailed(Exception):  # noqa: N818 - what became of it
    """The order cannot be done; the sentence says why, and who must act."""


class Entry(msgspec.Struct):
    """One order, as it is remembered."""

    id: int
    state: Literal["begun", "done", "failed", "expired"]
    words: str = ""


class Orders:
    """Does orders, one after the other. acts: how; tell: beats now."""

    def __init__(self, folder: Path, acts: Mapping[str, Act], tell: Callable[[], None]) -> None:
        self._file = folder / FILE_NAME
        self._acts = acts
        self._tell = tell
        self._entries = {one.id: one for one in self._kept()}
        self._untold = {one.id for one in self._entries.values()}
        self._queued: dict[int, float] = {}
        self._queue: asyncio.Queue[Order] = asyncio.Queue()

    def report(self) -> list[OrderOutcome]:
        """What the beat tells: outcomes that the hub may not know."""
        return [
            OrderOutcome(one.id, one.state, one.words[:LONGEST_WORDS])
            for one in self._entries.values()
            if one.state != "begun" and one.id in self._untold
        ]

    def hear(self, answer: Answer, beat: Beat) -> None:
        """Take the orders of an answer; outcomes that the beat told and the hub names no more are known there."""
        named = {one.id for one in answer.orders}
        self._untold -= {one.id for one in beat.orders or ()} - named
        now_s = asyncio.get_running_loop().time()
        for order in answer.orders:
            if order.id not in self._entries and order.id not in self._queued:
                self._queued[order.id] = now_s + (order.expires_us - answer.hub_us) / 1e6
                self._queue.put_nowait(order)

    async def run(self) -> None:
        """Do what comes."""
        for entry in self._entries.values():
            if entry.state == "begun":
                entry.state, entry.words = (
                    "failed",
                    "the agent ended while this was done; it is not done again",
                )
        while True:
            order = await self._queue.get()
            await self._do(order)
            del self._queued[order.id]
            self._tell()

    async def _do(self, order: Order) -> None:
        if asyncio.get_running_loop().time() >= self._queued[order.id]:
            await self._ended(order, "expired", "its time was over before it could begin")
            return
        self._note(Entry(order.id, "begun"))
        try:
            await asyncio.to_thread(self._keep)
        except OSError as error:
            self._note(
                Entry(order.id, "failed", f"it could not be noted on the disk, so it was not done: {error}")
            )
            return
        _log.info("order_begun", order=order.id, act=order.act)
        try:
            act = self._acts.get(order.act, _unknown)
            async with time_limit(LONGEST_S):
                words = await act(order)
        except OrderFailed as error:
            await self._ended(order, "failed", str(error))
        except TimeoutError:
            await self._ended(order, "failed", f"it was not done within {LONGEST_S:.0f} s")
        except Exception as error:  # an order must not end the agent
            _log.error("order_failed", act=order.act, reason=str(error), exc_info=error)
            await self._ended(order, "failed", f"something unexpected: {error}")
        else:
            await self._ended(order, "done", words)

    async def _ended(self, order: Order, state: Literal["done", "failed", "expired"], words: str) -> None:
        self._note(Entry(order.id, state, words))
        _log.info("order_ended", order=order.id, act=order.act, outcome=state, words=words)
        try:
            await asyncio.to_thread(self._keep)
        except OSError as error:  # a start would call it failed, which is told and not done again
            _log.warning("order_not_kept", reason=str(error))

    def _note(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        self._untold.add(entry.id)
        while len(self._entries) > REMEMBERED:
            oldest = next(iter(self._entries))
            del self._entries[oldest]
            self._untold.discard(oldest)

    def _kept(self) -> list[Entry]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=list[Entry])
        except (OSError, msgspec.MsgspecError):
            return []

    def _keep(self) -> None:
        store(self._file, msgspec.json.encode([*self._entries.values()]).decode(), MODE)


async def _unknown(order: Order) -> str:
    raise OrderFailed(f"this gateway does not know the order {order.act}: update it")
