"""An Alpenhunde timer of a ski race: start and finish modules, and all impulses so far as JSON over HTTP."""

import asyncio
import contextlib
import json
import random
from dataclasses import dataclass, field
from typing import Any

START, FINISH = 1, 128
PATH = "/timing/results/?action=all"
DAY_TICKS = 24 * 3600 * 10_000


@dataclass
class SkiRace:
    """Runs of a race morning; a finish in six has nobody assigned."""

    seed: int
    events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._ticks = 9 * 3600 * 10_000
        self._index = 0

    def run(self, bib: int) -> None:
        """One racer starts and comes in."""
        self._impulse(START, str(bib))
        unassigned = self._random.randrange(6) == 0
        self._impulse(FINISH, "" if unassigned else str(bib))

    def _impulse(self, module: int, who: str) -> None:
        self._ticks = (self._ticks + self._random.randint(1, 900_000)) % DAY_TICKS
        self._index += 1
        seconds, fraction = divmod(self._ticks, 10_000)
        time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:04}"
        self.events.append(
            {"i": self._index, "c": module, "n": who, "m": self._ticks // 10, "t": time, "d": "2026-01-10"}
        )


class TimerServer:
    """A race's timer on a port of loopback, HTTP/1.1 with one answer to a connection."""

    def __init__(self, race: SkiRace, port: int = 0) -> None:
        self.race = race
        self.port = port
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "TimerServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None, "entered before"
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            there = request.startswith(f"GET {PATH} ".encode())
            body = json.dumps({"events": self.race.events}).encode() if there else b""
            status = "200 OK" if there else "404 Not Found"
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()
