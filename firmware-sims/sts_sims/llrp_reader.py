"""An RFID reader at a finish line that speaks LLRP 1.0.1: it runs what it is told to run, and tells each sighting.

One program at a time may be connected. What is seen while nobody is connected is held and told when reports are asked
for. Faults can be ordered: a connection that is cut in the middle of a message. Packing and just enough reading to
follow requests (EPCglobal LLRP 1.1, chapter 17).
"""

import asyncio
import contextlib
import random
import struct
from dataclasses import dataclass, field
from typing import Any

VERSION = 1
HEADER = struct.Struct(">HII")

SET_READER_CONFIG, GET_ROSPECS, ADD_ROSPEC, DELETE_ROSPEC, START_ROSPEC, ENABLE_ROSPEC = 3, 26, 20, 21, 22, 24
REPORT, KEEPALIVE, EVENT, ENABLE_REPORTS, KEEPALIVE_ACK = 61, 62, 63, 64, 72
UTC, TAG, EPC_DATA, EVENTS, ATTEMPT, STATUS, ROSPEC = 128, 240, 241, 246, 256, 287, 177
ACCEPTED, ANOTHER_CONNECTED = 0, 4
GOOD, NO_SUCH_ROSPEC = 0, 101
DISABLED, INACTIVE, ACTIVE = 0, 1, 2
ANSWERS = 10
TV = 0x80
ANTENNA, FIRST_UTC, LAST_UTC, RSSI, SEEN, EPC_96 = 1, 2, 4, 6, 8, 13

ANTENNAS = 4
# A runner over the mat: a sighting each 50 ms, stronger until the line and weaker behind it.
EVERY_US = 50_000
STRENGTHS_DBM = (-71, -66, -58, -61, -69)
BEGINS_UTC_US = 1_795_000_000_000_000


def tlv(kind: int, content: bytes) -> bytes:
    """A parameter with its length."""
    return struct.pack(">HH", kind, 4 + len(content)) + content


def tv(kind: int, layout: str, number: int) -> bytes:
    """A parameter of a fixed length."""
    return struct.pack(f">B{layout}", TV | kind, number)


def message(kind: int, number: int, body: bytes = b"") -> bytes:
    """A whole message."""
    return HEADER.pack(VERSION << 10 | kind, HEADER.size + len(body), number) + body


@dataclass
class TagReader:
    """What a reader holds and sees. `truth`: each sighting that it told or will tell. `cut_after`: the connection
    ends after so many more bytes, once."""

    seed: int
    rospecs: dict[int, int] = field(default_factory=dict)
    truth: list[dict[str, Any]] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)
    cut_after: int | None = None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._utc_us = BEGINS_UTC_US
        self._number = 0

    def pass_by(self, count: int) -> None:
        """So many runners come over the line, one after the other."""
        for _ in range(count):
            self._utc_us += self._random.randint(1, 4_000) * 1_000 + 2_000_000
            epc = self._random.randbytes(self._random.choice((12, 12, 12, 16)))
            antenna = self._random.randint(1, ANTENNAS)
            for place, rssi_dbm in enumerate(STRENGTHS_DBM):
                self._see(epc, antenna, rssi_dbm, self._utc_us + place * EVERY_US)

    def follow(self, kind: int, body: bytes) -> bytes:
        """The body of the answer to a request."""
        status = GOOD
        number = int.from_bytes(body[4:8] if kind == ADD_ROSPEC else body[:4])
        if kind == ADD_ROSPEC:
            self.rospecs[number] = DISABLED
        elif kind in (DELETE_ROSPEC, START_ROSPEC, ENABLE_ROSPEC):
            status = self._change(kind, number)
        told = tlv(STATUS, struct.pack(">HH", status, 0))
        if kind == GET_ROSPECS:
            told += b"".join(
                tlv(ROSPEC, struct.pack(">IBB", one, 0, state)) for one, state in self.rospecs.items()
            )
        return told

    def _change(self, kind: int, number: int) -> int:
        if number not in self.rospecs:
            return NO_SUCH_ROSPEC
        if kind == DELETE_ROSPEC:
            del self.rospecs[number]
        else:
            self.rospecs[number] = ACTIVE if kind == START_ROSPEC else INACTIVE
        return GOOD

    def _see(self, epc: bytes, antenna: int, rssi_dbm: int, at_us: int) -> None:
        if ACTIVE not in self.rospecs.values():
            return
        tag = (
            bytes([TV | EPC_96]) + epc
            if len(epc) == 12
            else tlv(EPC_DATA, struct.pack(">H", 8 * len(epc)) + epc)
        )
        tag += tv(ANTENNA, "H", antenna) + tv(RSSI, "b", rssi_dbm) + tv(FIRST_UTC, "Q", at_us)
        tag += tv(LAST_UTC, "Q", at_us) + tv(SEEN, "H", 1)
        self._number += 1
        self.held.append(message(REPORT, self._number, tlv(TAG, tag)))
        self.truth.append(
            {"epc": epc.hex().upper(), "antenna": antenna, "rssi_dbm": rssi_dbm, "utc_us": at_us}
        )


class TagReaderServer:
    """A reader on a TCP port of loopback. Use it as an async context."""

    def __init__(self, reader: TagReader, port: int = 0, *, keepalive_s: float = 5.0) -> None:
        self.reader = reader
        self.port = port
        self.acknowledged = 0
        self.connections = 0
        self._keepalive_s = keepalive_s
        self._server: asyncio.Server | None = None
        self._connected: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> "TagReaderServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None, "entered before"
        self._server.close()
        if self._connected is not None:
            self._connected.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        free = self._connected is None
        writer.write(_attempt(ACCEPTED if free else ANOTHER_CONNECTED))
        if free:
            self._connected = writer
            self.connections += 1
            telling = asyncio.Event()
            task = asyncio.create_task(self._tell(writer, telling))
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._listen(reader, writer, telling)
            task.cancel()
            self._connected = None
        writer.close()

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, telling: asyncio.Event
    ) -> None:
        while True:
            first, size, number = HEADER.unpack(await reader.readexactly(HEADER.size))
            body, kind = await reader.readexactly(size - HEADER.size), first & 0x3FF
            if kind == KEEPALIVE_ACK:
                self.acknowledged += 1
            elif kind == ENABLE_REPORTS:
                telling.set()
            else:
                writer.write(message(kind + ANSWERS, number, self.reader.follow(kind, body)))

    async def _tell(self, writer: asyncio.StreamWriter, telling: asyncio.Event) -> None:
        """Reports as they come, once they were asked for; a keepalive now and then."""
        loop = asyncio.get_running_loop()
        number, next_s = 0, loop.time() + self._keepalive_s
        while not writer.is_closing():
            if loop.time() >= next_s:
                number, next_s = number + 1, next_s + self._keepalive_s
                writer.write(message(KEEPALIVE, number))
            while telling.is_set() and self.reader.held and self._say(writer, self.reader.held[0]):
                self.reader.held.pop(0)
            await asyncio.sleep(0.01)

    def _say(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        """Send a report, or as much of it as the ordered cut lets through; whether it went out whole."""
        left = self.reader.cut_after
        if left is None or len(data) < left:
            self.reader.cut_after = None if left is None else left - len(data)
            writer.write(data)
            return True
        self.reader.cut_after = None
        writer.write(data[:left])
        writer.close()
        return False


def _attempt(status: int) -> bytes:
    events = tlv(UTC, BEGINS_UTC_US.to_bytes(8)) + tlv(ATTEMPT, status.to_bytes(2))
    return message(EVENT, 0, tlv(EVENTS, events))
