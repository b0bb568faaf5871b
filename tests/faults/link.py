"""A link that can be refused, silenced, cut and made slow: a TCP proxy between a gateway and its broker.

In a test: `async with Link(listen, to) as link: await link.silence()`. As a process of its own:

    python tests/faults/link.py --listen PORT --to PORT --control SOCKET

The control socket takes JSON lines and answers each with one: {"do": "refuse"} -> {"ok": true}.

    refuse                          nobody listens, and what stands is reset
    silence                         what stands stalls, and new connects hang: the accept queue is kept full
    cut                             what stands is reset; new connections are taken
    restore                         all is well again; stalled flows go on where they were
    shape   kbit, delay_ms          all flows of one direction share one token bucket; delay_ms each way
    unshape                         as fast as the machine
    stats                           bytes and connections so far

A shaped direction is one queue, as in a modem: what one flow puts in, all others wait behind.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

HOST = "127.0.0.1"
# About an Ethernet packet: the grain in which flows take turns.
CHUNK_BYTES = 1448
# A modem's queue: 8 s at 256 kbit/s. Beyond it the sender's own socket fills.
QUEUE_BYTES = 256 * 1024
# A connect over loopback that takes longer has found the accept queue full.
HANGS_AFTER_S = 0.1
BACKLOG = 128


class Direction:
    """One way of the link: a token bucket and a delay, shared by all flows, first come first served."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._free_s = 0.0
        self._held: deque[Callable[[], None]] = deque()
        self.bytes_per_s: float | None = None
        self.delay_s = 0.0
        self.silent = False
        self.waiting = 0
        self.carried = 0

    def carry(self, size: int, deliver: Callable[[], None]) -> None:
        """Deliver when the bucket and the delay let it."""
        now = self._loop.time()
        self._free_s = max(now, self._free_s) + (size / self.bytes_per_s if self.bytes_per_s else 0.0)
        self.waiting += size
        self._loop.call_at(self._free_s + self.delay_s, self._arrive, size, deliver)

    def speak(self) -> None:
        """Deliver what was held while silent."""
        self.silent = False
        while self._held:
            self._held.popleft()()

    def _arrive(self, size: int, deliver: Callable[[], None]) -> None:
        self.waiting -= size
        self.carried += size
        if self.silent:
            self._held.append(deliver)
        else:
            deliver()


class End(asyncio.Protocol):
    """One end of a flow: what it reads goes to the other end by way of a direction."""

    def __init__(self, link: Link, direction: Direction) -> None:
        self._link = link
        self._direction = direction
        self.transport: asyncio.Transport | None = None
        self.other: End | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._direction.silent:
            transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK_BYTES):
            chunk = data[start : start + CHUNK_BYTES]
            self._direction.carry(len(chunk), lambda chunk=chunk: self._deliver(chunk))  # type: ignore[misc]
        if self._direction.waiting > QUEUE_BYTES:
            self.pause()

    def eof_received(self) -> bool:
        self._direction.carry(0, self._end)
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self._direction.carry(0, self._end)
        self._link.ended(self)

    def pause(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()
            self._paused = True

    def resume(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()
            self._paused = False

    def _deliver(self, chunk: bytes) -> None:
        there = self.other.transport if self.other is not None else None
        if there is not None and not there.is_closing():
            there.write(chunk)
        if self._paused and self._direction.waiting <= QUEUE_BYTES // 2:
            self.resume()

    def _end(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


class Link:
    """Listens on one port of this machine and passes on to another."""

    def __init__(self, listen: int, to: int) -> None:
        self.port = listen
        self._to = to
        self._loop = asyncio.get_running_loop()
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._fillers: list[socket.socket] = []
        self._ends: set[End] = set()
        self.up = Direction(self._loop)
        self.down = Direction(self._loop)
        self.accepted = 0

    async def __aenter__(self) -> Self:
        await self.restore()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()

    @property
    def open(self) -> int:
        """How many flows stand."""
        return len(self._ends) // 2

    async def refuse(self) -> None:
        """Nobody listens any more, and what stands is reset."""
        await self._stop_accepting()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await self.cut()

    async def cut(self) -> None:
        """Reset what stands."""
        for end in list(self._ends):
            if end.transport is not None:
                end.transport.abort()
        self._ends.clear()

    async def silence(self) -> None:
        """What stands stalls; new connects hang."""
        self.up.silent = self.down.silent = True
        for end in self._ends:
            end.pause()
        await self._stop_accepting()
        listener = self._listening()
        listener.listen(0)
        while await self._fill():
            pass

    async def restore(self) -> None:
        """All is well again."""
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
        self._listening().listen(BACKLOG)
        if self._accepting is None:
            self._accepting = asyncio.create_task(self._accept())
        for direction in (self.up, self.down):
            direction.speak()
        for end in self._ends:
            end.resume()

    def shape(self, kbit: float, delay_ms: float) -> None:
        """Let each direction pass kbit/s, all flows together, and add a delay each way."""
        for direction in (self.up, self.down):
            direction.bytes_per_s = kbit * 1000 / 8
            direction.delay_s = delay_ms / 1000

    def unshape(self) -> None:
        """As fast as the machine."""
        for direction in (self.up, self.down):
            direction.bytes_per_s = None
            direction.delay_s = 0.0

    def stats(self) -> dict[str, int]:
        """What went through so far."""
        return {
            "bytes_up": self.up.carried,
            "bytes_down": self.down.carried,
            "accepted": self.accepted,
            "open": self.open,
        }

    def ended(self, end: End) -> None:
        """One end is gone."""
        self._ends.discard(end)

    def _listening(self) -> socket.socket:
        if self._listener is None:
            self._listener = socket.socket()
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.setblocking(False)
            self._listener.bind((HOST, self.port))
            self.port = self._listener.getsockname()[1]
            self._listener.listen(BACKLOG)
        return self._listener

    async def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
            self._accepting = None

    async def _fill(self) -> bool:
        """Take one more place in the accept queue; False when there is none left."""
        filler = socket.socket()
        filler.setblocking(False)
        self._fillers.append(filler)
        try:
            await asyncio.wait_for(self._loop.sock_connect(filler, (HOST, self.port)), HANGS_AFTER_S)
        except TimeoutError:
            return False
        return True

    async def _accept(self) -> None:
        while True:
            client, _ = await self._loop.sock_accept(self._listening())
            self.accepted += 1
            with contextlib.suppress(OSError):
                await self._join(client)

    async def _join(self, client: socket.socket) -> None:
        near, far = End(self, self.up), End(self, self.down)
        near.other, far.other = far, near
        try:
            await self._loop.create_connection(lambda: far, HOST, self._to)
        except OSError:
            client.close()
            raise
        await self._loop.connect_accepted_socket(lambda: near, client)
        self._ends |= {near, far}


async def obey(link: Link, order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order from the control socket."""
    match order.get("do"):
        case "refuse" | "cut" | "silence" | "restore" as do:
            await getattr(link, do)()
        case "shape":
            link.shape(float(order["kbit"]), float(order["delay_ms"]))
        case "unshape":
            link.unshape()
        case "stats":
            return {"ok": True, **link.stats()}
        case other:
            return {"ok": False, "error": f"{other!r} is no order: see the head of link.py"}
    return {"ok": True}


async def serve(listen: int, to: int, control: Path) -> None:
    """Run the link, ruled by its control socket, until the process is ended."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            try:
                answer = await obey(link, json.loads(line))
            except (ValueError, KeyError, OSError) as error:
                answer = {"ok": False, "error": str(error)}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async with Link(listen, to) as link, await asyncio.start_unix_server(talk, control) as server:
        sys.stdout.write(f"ready {link.port}\n")
        sys.stdout.flush()
        await server.serve_forever()


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(description="A link that can be refused, silenced, cut and made slow.")
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--control", type=Path, required=True)
    given = parser.parse_args()
    given.control.unlink(missing_ok=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.listen, given.to, given.control))


if __name__ == "__main__":
    main()
