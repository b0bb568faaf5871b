"""A RACE RESULT decoder over TCP: asked every second how many passings it has, and for those that are new."""

import asyncio

from sts_edge.time_limit import time_limit
from sts_protocols.errors import DecodeError
from sts_protocols.network import race_result
from sts_protocols.serial.heard import TimerLine

from .place import Place
from .timer import Fetched, TimerNotReady

# An answer of 50 passings is 5 KB; a decoder on a weak Wi-Fi takes a second or two for it.
ANSWER_S = 5.0
CRLF = b"\r\n"


class RaceResultTimer:
    """start: tell a decoder in test mode to begin timing; else a person must."""

    def __init__(self, host: str, port: int, start: bool) -> None:
        self._host = host
        self._port = port
        self._start = start
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        async with time_limit(ANSWER_S):
            self._reader, self._writer = await asyncio.open_connection(
                self._host, self._port, limit=race_result.MAX_LINE_BYTES
            )
        spoken = race_result.protocol(await self._ask("GETPROTOCOL"))
        if spoken.highest < race_result.LOWEST_PROTOCOL:
            raise TimerNotReady(
                f"it speaks version {spoken.highest[0]}.{spoken.highest[1]}: update its firmware"
            )
        await self._ask(f"SETPROTOCOL;{spoken.highest[0]}.{spoken.highest[1]}")

    async def fetch(self, place: Place) -> Fetched:
        await self._see_that_it_times()
        has = race_result.count(await self._ask("PASSINGS"))
        file = has.file if has.file is not None else place.file
        if file != place.file or has.passings < place.next - 1:
            place = Place(file, 1)  # timing was stopped and started: numbers begin anew
        wanted = min(has.passings - place.next + 1, race_result.MOST_AT_ONCE)
        if wanted < 1:
            return Fetched([], [], place, more=False)
        lines = await self._passings(f"{place.next}:{wanted}")
        impulses: list[TimerLine] = []
        bad: list[bytes] = []
        for line in lines:
            try:
                impulses.append(race_result.impulse(race_result.decode(line)))
            except DecodeError:
                bad.append(line)
        return Fetched(impulses, bad, Place(file, place.next + len(lines)), more=bool(lines), raw=lines)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _see_that_it_times(self) -> None:
        if race_result.is_timing(await self._ask("GETSTATUS")):
            return
        if not self._start:
            raise TimerNotReady("it is in test mode and keeps no passings: start timing there")
        await self._ask("STARTOPERATION")

    async def _passings(self, request: str) -> list[bytes]:
        """The lines up to the empty one."""
        self._send(request)
        lines: list[bytes] = []
        while line := await self._line():
            lines.append(line)
        return lines

    async def _ask(self, command: str) -> bytes:
        self._send(command)
        return await self._line()

    def _send(self, command: str) -> None:
        assert self._writer is not None, "opened before"
        self._writer.write(command.encode() + CRLF)

    async def _line(self) -> bytes:
        assert self._reader is not None, "opened before"
        try:
            async with time_limit(ANSWER_S):
                return (await self._reader.readuntil(CRLF)).removesuffix(CRLF)
        except asyncio.LimitOverrunError:
            raise ConnectionError("it sends lines that have no end") from None
