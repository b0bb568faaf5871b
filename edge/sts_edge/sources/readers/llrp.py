"""An RFID reader by LLRP: told to look for tags, or only listened to; every sighting comes by itself.

A reader out of its box runs nothing, and forgets at each restart what it was told to run: a site without the maker's
program needs `start`, and then the gateway adds, enables and starts an ROSpec of its own, and takes up again the one
that still runs after a lost connection, with what the reader held meanwhile. A site that has set its reader up (power,
antennas, filters) leaves `start` false: what runs there is listened to and nothing is changed.
"""

import asyncio
from collections import deque

from sts_edge.time_limit import time_limit
from sts_protocols.network import llrp
from sts_protocols.network.llrp import Reading

from .place import Place
from .timer import Fetched, TimerNotReady

ANSWER_S = 5.0
KEEPALIVE_MS = 5_000
# Two keepalives that are missing are one that was lost, and one more.
SILENCE_S = 3 * KEEPALIVE_MS / 1_000
# The gateway's own; others that run at the reader are left alone.
ROSPEC = 0x5354
ANOTHER_PROGRAM = "it talks to one program at a time, and another one is connected: end that one"
NOTHING_RUNS = "it runs no ROSpec: set it up with its maker's program, or set start = true"


class LlrpReader:
    """start: have it look for tags; else somebody else must."""

    def __init__(self, host: str, port: int, start: bool) -> None:
        self._host = host
        self._port = port
        self._start = start
        self._passes = llrp.Passes()
        self._early: deque[tuple[bytes, Reading]] = deque()
        self._number = 0
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        self._early.clear()
        async with time_limit(ANSWER_S):
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
            while (told := (await self._next())[1]).connection is None:
                pass
        if told.connection:
            raise TimerNotReady(ANOTHER_PROGRAM)
        await self._ask(llrp.SET_READER_CONFIG, llrp.config(KEEPALIVE_MS))
        rospecs = (await self._ask(llrp.GET_ROSPECS)).rospecs
        if not any(one.state == llrp.ACTIVE and (one.number == ROSPEC or not self._start) for one in rospecs):
            await self._run(is_there=any(one.number == ROSPEC for one in rospecs))
        self._send(llrp.ENABLE_REPORTS)

    async def fetch(self, place: Place) -> Fetched:
        """What it says next. There is no place to go on from: a reader forgets what it has sent."""
        frame, told = self._early.popleft() if self._early else await self._next()
        new = [llrp.impulse(tag) for tag in told.tags if self._passes.is_new(tag)]
        return Fetched(new, [], place, more=True, raw=[frame] if told.tags else [])

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _run(self, *, is_there: bool) -> None:
        if not self._start:
            raise TimerNotReady(NOTHING_RUNS)
        number = llrp.rospec_number(ROSPEC)
        if is_there:
            await self._ask(llrp.DELETE_ROSPEC, number)
        await self._ask(llrp.ADD_ROSPEC, llrp.rospec(ROSPEC))
        await self._ask(llrp.ENABLE_ROSPEC, number)
        await self._ask(llrp.START_ROSPEC, number)

    async def _ask(self, kind: int, body: bytes = b"") -> Reading:
        """The answer to a request; what is told of tags before it waits. Raises TimerNotReady for a refusal."""
        self._send(kind, body)
        async with time_limit(ANSWER_S):
            while True:
                frame, told = await self._next()
                if told.tags:
                    self._early.append((frame, told))
                if told.number == self._number and told.status is not None:
                    break
        if told.status:
            raise TimerNotReady(f"it refuses request {kind} with status {told.status} ({told.text})")
        return told

    def _send(self, kind: int, body: bytes = b"") -> None:
        assert self._writer is not None, "opened before"
        self._number += 1
        self._writer.write(llrp.request(kind, self._number, body))

    async def _next(self) -> tuple[bytes, Reading]:
        """The next message, whole and read; a keepalive is acknowledged."""
        assert self._reader is not None, "opened before"
        assert self._writer is not None, "opened before"
        async with time_limit(SILENCE_S):
            header = await self._reader.readexactly(llrp.HEADER_BYTES)
            frame = header + await self._reader.readexactly(llrp.size(header) - llrp.HEADER_BYTES)
        told = llrp.decode(frame)
        if told.message == llrp.NAMES[llrp.KEEPALIVE]:
            self._writer.write(llrp.request(llrp.KEEPALIVE_ACK, told.number))
        if told.closed:
            raise ConnectionError("it has ended the connection")
        return frame, told
