"""A queue and what is taken from it: many messages to a transaction, acknowledged together once it is
committed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel, AbstractConnection

from sts_hub import logs
from sts_hub.broker import cancellation
from sts_hub.broker.deliveries import Delivery, acknowledge, take
from sts_hub.broker.sender import SenderError, sender
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.intake import Entry, Message, Unusable, read_message, unusable
from sts_hub.ingest.outage import Outage, State
from sts_hub.ingest.store import DatabaseAwayError, Store, Stored
from sts_protocols import routing
from sts_protocols.columns import Share
from sts_protocols.record import MAX_MESSAGE_BYTES

FULL_ROWS = 50_000
"""A few messages of backlog. The more rows of a series follow one another into the index, the less each costs
the database: a tenth less than with 10,000 rows, and twice as many make little difference. What is done to them
in one go keeps the loop from the other lane for some 10 ms."""

FULL_BYTES = 192 * 1024
"""Three messages of backlog, about as many rows: nothing to wait for."""

_log = logs.get("sts.ingest.lanes")


@dataclass(frozen=True)
class LaneSettings:
    """One queue: how many messages may be held at once, and how long a transaction waits for more of them.

    Live: a minute of eight gateways, so the wall outlives a restart of the database; and two seconds, because
    frames are out already and a transaction costs as much for one message as for many: a tenth of a single
    gateway's CPU against one second. Backlog and documents:
    2 MB, a few transactions ahead. Dead letters come rarely.
    """

    name: str
    queue: str
    prefetch: int
    gather_s: float
    lane: routing.Lane | None = None


LIVE = LaneSettings("live", routing.LIVE_QUEUE, 2000, 2.0, "live")
BACKLOG = LaneSettings("backlog", routing.BACKLOG_QUEUE, 32, 0.25, "backlog")
DOCUMENT = LaneSettings("document", routing.RESULTS_QUEUE, 32, 0.25, "document")
DEAD = LaneSettings("dead", routing.DEAD_QUEUE, 16, 0.25)


@dataclass
class Taken:
    """A message in hand. Live ones are read as they come, to be shown; others when their turn has come."""

    message: Delivery
    said: Message | None = None


Show = Callable[[Iterable[Entry]], None]


class Lane:
    """Takes from one queue and stores. Several run in a worker, and several workers on a queue."""

    def __init__(
        self,
        settings: LaneSettings,
        store: Store,
        outage: Outage,
        counters: Counters,
        hub: str,
        show: Show | None = None,
    ) -> None:
        """`hub` is the hub's own user at the broker. `show` is called with the records of each message on its first delivery."""
        self._settings = settings
        self._store = store
        self._outage = outage
        self._counters = counters
        self._hub = hub
        self._show = show
        self._pending: deque[Taken] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        outage.listen(lambda _before, _after: self._wake.set())

    async def run(self, connection: AbstractConnection) -> None:
        """Take and store until the connection ends; off the queue while the database is away for long."""
        while not connection.is_closed:
            cancellation.heed()
            await self._outage.returned()
            self._pending.clear()
            self._bytes = 0
            async with await connection.channel(publisher_confirms=False) as channel:
                await self._take(channel)

    async def _take(self, channel: AbstractChannel) -> None:
        """One channel's life. Leaving it gives back what is not acknowledged."""
        channel.close_callbacks.add(self._closed)
        await channel.set_qos(prefetch_count=self._settings.prefetch)
        await take(channel, self._settings.queue, self._on_message)
        while not channel.is_closed and self._outage.state is not State.OFF:
            cancellation.heed()
            self._wake.clear()
            if not self._pending:
                await self._wake.wait()
            elif not await self._store_batch(channel):
                return

    def _closed(self, *_: object) -> None:
        self._wake.set()

    def _on_message(self, message: Delivery) -> None:
        taken = Taken(message)
        if self._show is not None:
            taken.said = self._read(message)
            if not message.redelivered:
                self._show(taken.said.entries)
        self._pending.append(taken)
        self._bytes += len(message.body)
        self._wake.set()

    def _read(self, message: Delivery) -> Message:
        try:
            gateway = sender(message, self._hub)
        except SenderError as error:
            self._counters.refused_messages.inc()
            name = message.user_id or "unknown"
            return Message([], [Unusable(name, None, "sender", str(error), message.body[:MAX_MESSAGE_BYTES])])
        if len(message.body) > MAX_MESSAGE_BYTES:
            detail = f"A message of {len(message.body)} bytes; kept are the first {MAX_MESSAGE_BYTES}."
            return Message([], [Unusable(gateway, None, "size", detail, message.body[:MAX_MESSAGE_BYTES])])
        said = read_message(gateway, self._settings.lane, message.body)
        return said if self._settings.lane is not None else self._given_up(gateway, said)

    def _given_up(self, gateway: str, said: Message) -> Message:
        """A dead letter: no worker came through with it, so a person must look before it is tried again."""
        self._counters.dead_letters.inc()
        _log.error("dead letter", gateway=gateway, records=len(said.entries), unusable=len(said.unusable))
        detail = "The broker gave it up after too many deliveries."
        return Message([], [*said.unusable, *(unusable(entry, "dead", detail) for entry in said.entries)])

    async def _store_batch(self, channel: AbstractChannel) -> bool:
        """Store what waits, and acknowledge it; false when everything is to be given back."""
        if self._bytes < FULL_BYTES:
            await asyncio.sleep(self._settings.gather_s)
        batch = await self._batch()
        stored = await self._until_stored(batch)
        if stored is None:
            return False
        for _, message in batch:
            self._bytes -= len(message.body)
            self._pending.popleft()
        self._counters.records.labels(self._settings.name).inc(stored.records)
        self._counters.messages.labels(self._settings.name).inc(len(batch))
        await acknowledge(channel, batch[-1][1].tag)
        return True

    async def _batch(self) -> list[tuple[Message, Delivery]]:
        """The oldest that wait, read, as many as fill a transaction; at least one.

        Between two of them the loop is free for the live lane.
        """
        batch: list[tuple[Message, Delivery]] = []
        rows = 0
        for taken in list(self._pending):
            if taken.said is None:
                await asyncio.sleep(0)
                taken.said = self._read(taken.message)
            batch.append((taken.said, taken.message))
            rows += _rows_of(taken.said)
            if rows >= FULL_ROWS:
                break
        return batch

    async def _until_stored(self, batch: list[tuple[Message, Delivery]]) -> Stored | None:
        """Stores, through a short outage if need be; None when everything is to be given back."""
        entries = [entry for said, _ in batch for entry in said.entries]
        broken = [piece for said, _ in batch for piece in said.unusable]
        doubtful = any(message.redelivered for _, message in batch)
        while True:
            try:
                return await self._store.store(entries, broken, doubtful=doubtful)
            except DatabaseAwayError as error:
                self._outage.lost(error)
                doubtful = True
                if not await self._outage.held_out():
                    return None


def _rows_of(said: Message) -> int:
    return sum(entry.content.length for entry in said.entries if isinstance(entry.content, Share))
