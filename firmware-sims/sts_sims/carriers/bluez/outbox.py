"""The one way out: all signals and replies in order, at a pace the bus library survives."""

import asyncio
from collections import deque
from collections.abc import Callable

from dbus_fast import Message
from dbus_fast.aio import MessageBus

# dbus-fast 5 closes the whole connection when one send meets EAGAIN (altdesktop/python-dbus-next#153,
# inherited), so a burst must never fill the socket: ten messages per 5 ms are 2,000/s, twenty times what
# thirty straps need, and were measured to be safe.
BURST_MESSAGES = 10
PAUSE_S = 0.005

Entry = Message | Callable[[], None]


class Outbox:
    """A queue of messages, sent by `run`. What is posted while no bus is there is dropped: nobody listens."""

    def __init__(self) -> None:
        self._queue: deque[Entry] = deque()
        self._wake = asyncio.Event()
        self._open = False
        self._flows = asyncio.Event()
        self._flows.set()

    @property
    def held(self) -> bool:
        return not self._flows.is_set()

    def hold(self) -> None:
        """Let nothing leave; it waits in its order."""
        self._flows.clear()

    def release(self) -> None:
        """Let it leave."""
        self._flows.set()

    def post(self, message: Message) -> None:
        """Queue one message behind all others."""
        self._append(message)

    def then(self, act: Callable[[], None]) -> None:
        """Do something once everything posted so far is sent (or at once when nothing can be sent)."""
        if self._open:
            self._append(act)
        else:
            act()

    def open(self) -> None:
        """Begin a new connection with an empty queue."""
        self._queue.clear()
        self._open = True

    def close(self) -> None:
        """Drop the messages that wait, for their readers are gone; acts are done all the same."""
        self._open = False
        waiting = list(self._queue)
        self._queue.clear()
        for entry in waiting:
            if not isinstance(entry, Message):
                entry()

    async def run(self, bus: MessageBus) -> None:
        """Send until cancelled or until the bus is lost (raises what the bus raised)."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await self._flows.wait()
                for _ in range(min(BURST_MESSAGES, len(self._queue))):
                    await self._leave(bus, self._queue.popleft())
                await asyncio.sleep(PAUSE_S)

    def _append(self, entry: Entry) -> None:
        if self._open:
            self._queue.append(entry)
            self._wake.set()

    @staticmethod
    async def _leave(bus: MessageBus, entry: Entry) -> None:
        if isinstance(entry, Message):
            await bus.send(entry)
        else:
            entry()
