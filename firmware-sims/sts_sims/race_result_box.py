"""A RACE RESULT decoder: keeps the passings of an athletes' wave in numbered files, and answers over TCP.

It speaks version 1.6 of the vendor's text protocol. Faults can be ordered: connections that are cut in the
middle of an answer, and a restart of timing, which begins a new file.
"""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field

LOWEST, HIGHEST = "1.0", "1.6"
CRLF = b"\r\n"
DAY_MS = 24 * 3600 * 1000


@dataclass
class Box:
    """What a decoder holds. `cut_after`: the connection ends after so many more bytes, once."""

    seed: int
    file: int = 1
    timing: bool = True
    passings: list[bytes] = field(default_factory=list)
    truth: list[bytes] = field(default_factory=list)
    cut_after: int | None = None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._clock_ms = 9 * 3600 * 1000

    def pass_by(self, count: int) -> None:
        """So many athletes come over the line, each a bit later than the one before."""
        for _ in range(count):
            self._clock_ms = (self._clock_ms + self._random.randint(1, 4_000)) % DAY_MS
            line = self._line(len(self.passings) + 1)
            self.passings.append(line)
            self.truth.append(line)

    def start_anew(self) -> None:
        """Timing was stopped and started: a new file, numbers from 1."""
        self.file += 1
        self.passings.clear()

    def answer(self, command: str) -> bytes:
        """What it says to one command."""
        word, _, rest = command.partition(";")
        if word == "GETPROTOCOL":
            return f"GETPROTOCOL;{LOWEST};{LOWEST};{HIGHEST}".encode() + CRLF
        if word == "SETPROTOCOL":
            return f"SETPROTOCOL;{rest}".encode() + CRLF
        if word == "GETSTATUS":
            return (
                f"GETSTATUS;2026-11-22;{self._time()};1;11000000;{self.timing:d};{self.file};1".encode()
                + CRLF
            )
        if word == "STARTOPERATION":
            self.timing = True
            return f"STARTOPERATION;OK;2026-11-22;{self._time()}".encode() + CRLF
        if word == "PASSINGS":
            return f"PASSINGS;{len(self.passings)};{self.file}".encode() + CRLF
        first, colon, count = command.partition(":")
        if colon and first.isdigit() and count.isdigit():
            asked = self.passings[int(first) - 1 : int(first) - 1 + int(count)]
            return b"".join(line + CRLF for line in asked) + CRLF
        return b"ERROR;unknown" + CRLF

    def _line(self, number: int) -> bytes:
        bib, hits, rssi = (
            self._random.randint(1, 400),
            self._random.randint(1, 30),
            -self._random.randint(40, 90),
        )
        active = self._random.random() < 0.3
        middle = "1;2;1;;10012;2.9;19;04" if active else "0;;;;;;;"
        return (
            f"{number};{bib};2026-11-22;{self._time()};77;{hits};{rssi};;{middle};Finish;{self.file};2;D-5001"
        ).encode()

    def _time(self) -> str:
        seconds, ms = divmod(self._clock_ms, 1000)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


class BoxServer:
    """A box on a TCP port of loopback. Use it as an async context."""

    def __init__(self, box: Box, port: int = 0) -> None:
        self.box = box
        self.port = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "BoxServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None, "entered before"
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                line = await reader.readuntil(CRLF)
                if not await self._say(writer, self.box.answer(line.decode("ascii", "replace").strip())):
                    break
        self._writers.discard(writer)
        writer.close()

    async def _say(self, writer: asyncio.StreamWriter, answer: bytes) -> bool:
        """Send an answer, or as much of it as the ordered cut lets through; whether the connection stands."""
        left = self.box.cut_after
        if left is not None and len(answer) >= left:
            self.box.cut_after = None
            writer.write(answer[:left])
            await writer.drain()
            return False
        if left is not None:
            self.box.cut_after = left - len(answer)
        writer.write(answer)
        await writer.drain()
        return True
