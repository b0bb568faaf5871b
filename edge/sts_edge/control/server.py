"""The agent's side of its socket."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from sts_edge.time_limit import time_limit

MODE = 0o660
# A question is a few words; a longer line is somebody else's protocol.
MAX_LINE_BYTES = 64 * 1024
# Whoever follows packets and does not read loses the oldest: 30 straps say that many in half a minute.
FOLLOWER_BACKLOG = 1000
# A listener of ours that does not answer is a listener of ours that hangs.
_PROBE_S = 1.0

Object = dict[str, Any]


class SocketTaken(Exception):  # noqa: N818 - what is wrong, in one word
    """Another agent answers at this socket: stop it, or give this one a run_dir of its own."""


class Question(msgspec.Struct):
    """What is asked: `do` names it; sensors: only these; dry_run: tell, and change nothing; from_us and to_us:
    wall times, both included."""

    do: str
    sensors: list[str] = []
    dry_run: bool = False
    from_us: int = 0
    to_us: int = 0


Answer = Callable[[Question], Object | Awaitable[Object]]


class Follower:
    """One who follows packets: a bounded queue that forgets the oldest, and counts what it forgot."""

    def __init__(self, sensors: list[str]) -> None:
        self._sensors = frozenset(sensors)
        self._queue: asyncio.Queue[Object] = asyncio.Queue(FOLLOWER_BACKLOG)
        self._missed = 0

    def put(self, sensor: str, line: Object) -> None:
        """Queue a line if it is about a sensor that is followed."""
        if self._sensors and sensor not in self._sensors:
            return
        if self._queue.full():
            self._queue.get_nowait()
            self._missed += 1
        self._queue.put_nowait(line)

    async def get(self) -> Object:
        """The next line; it tells how many were missed before it."""
        line = await self._queue.get()
        if self._missed:
            line = {**line, "missed": self._missed}
            self._missed = 0
        return line


class ControlServer:
    """Answers questions at a Unix socket. status: the answer to {"do": "status"}; `add` adds others."""

    def __init__(self, path: Path, status: Callable[[], Object]) -> None:
        self._path = path
        self._answers: dict[str, Answer] = {"status": lambda _: status()}
        self._server: asyncio.Server | None = None
        self._followers: set[Follower] = set()
        self._conversations: set[asyncio.Task[None]] = set()
        self._encoder = msgspec.json.Encoder()
        self._questions = msgspec.json.Decoder(Question)

    async def open(self) -> None:
        """Begin to listen. Raises SocketTaken, or OSError when the folder may not be written."""
        self._path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        await self._make_way()
        before = os.umask(0o777 & ~MODE)
        try:
            self._server = await asyncio.start_unix_server(self._talk, self._path, limit=MAX_LINE_BYTES)
        finally:
            os.umask(before)

    def add(self, word: str, answer: Answer) -> None:
        """Answer {"do": word} as well."""
        self._answers[word] = answer

    @property
    def is_followed(self) -> bool:
        """Whether anybody follows packets."""
        return bool(self._followers)

    def tell(self, sensor: str, line: Object) -> None:
        """Give a packet's line to whoever follows this sensor."""
        for follower in self._followers:
            follower.put(sensor, line)

    async def close(self) -> None:
        """Stop listening, end every conversation, remove the socket."""
        if self._server is None:
            return
        self._server.close()
        for task in self._conversations:
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def _make_way(self) -> None:
        """Remove the socket of an agent that is dead; one that answers keeps it."""
        if not self._path.exists():
            return
        try:
            async with time_limit(_PROBE_S):
                _, writer = await asyncio.open_unix_connection(self._path)
        except (OSError, TimeoutError):
            self._path.unlink(missing_ok=True)
            return
        writer.close()
        raise SocketTaken(
            f"Another agent answers at {self._path}: stop it, or give this one a run_dir of its own."
        )

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio runs this in a task"
        self._conversations.add(task)
        try:
            while line := await reader.readline():
                await self._answer(line, reader, writer)
        except (OSError, ValueError):  # it hung up, or its line was too long
            return
        finally:
            self._conversations.discard(task)
            writer.close()

    async def _answer(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = self._questions.decode(line)
        except msgspec.MsgspecError as error:
            await self._write(writer, {"error": f"That is no question of ours: {error}"})
            return
        if question.do == "tail":
            await self._follow(question.sensors, reader, writer)
        elif (give := self._answers.get(question.do)) is not None:
            answer = give(question)
            await self._write(writer, await answer if inspect.isawaitable(answer) else answer)
        else:
            known = ", ".join([*self._answers, "tail"])
            await self._write(writer, {"error": f"{question.do!r} is not known here; ask for: {known}."})

    async def _follow(
        self, sensors: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        follower = Follower(sensors)
        self._followers.add(follower)
        hung_up = asyncio.create_task(reader.read(1))
        try:
            while not hung_up.done():
                line = asyncio.create_task(follower.get())
                await asyncio.wait([line, hung_up], return_when=asyncio.FIRST_COMPLETED)
                if not line.done():
                    line.cancel()
                    return
                await self._write(writer, line.result())
        finally:
            hung_up.cancel()
            self._followers.discard(follower)
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await hung_up

    async def _write(self, writer: asyncio.StreamWriter, line: Object) -> None:
        writer.write(self._encoder.encode(line) + b"\n")
        await writer.drain()
