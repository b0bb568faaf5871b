"""A program of a club's that is told of events: a real HTTP server on this machine that says what it is told to say."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demo.ports import LOOPBACK


@dataclass
class Heard:
    """One request."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    def fits(self, secret: str) -> bool:
        """Whether one of its signatures was made with this secret, worked out as the specification tells receivers to."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """The server. `says`: status line and headers of its answers."""

    port: int = 0
    says: str = "204 No Content\r\n"
    heard: list[Heard] = field(default_factory=list)

    async def took(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *fields = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in fields)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.heard.append(Heard(line, headers, body))
            writer.write(f"HTTP/1.1 {self.says}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def receiver(certificate: Path | None = None) -> AsyncIterator[Receiver]:
    """One that runs; over TLS with a certificate."""
    running, context = Receiver(), None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    server = await asyncio.start_server(running.took, LOOPBACK, 0, ssl=context)
    async with server:
        running.port = server.sockets[0].getsockname()[1]
        yield running
