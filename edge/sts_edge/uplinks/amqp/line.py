"""One AMQP connection to the broker: made in few round trips, watched closely, dropped without ceremony.

aiormq speaks the protocol. What is ours is the socket beneath it (so that we know when the peer was last
heard, and can cut it without waiting for a peer that no longer answers) and the outcomes above it: a
publish ends in one of five words, never in an exception that one record's fate would throw at another's.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

import aiormq
import pamqp.frame
from aiormq import spec
from aiormq.connection import TransportFactory
from aiormq.exceptions import AMQPError
from pamqp.common import FieldTable
from pamqp.exceptions import PAMQPException
from yarl import URL

from .address import Address
from .outlet import Outlet

# Unacknowledged bytes end a connection after 4 s (RFC 5482): measured 4.4 s until a half-open link is
# noticed; without it nothing was noticed in 20 s.
USER_TIMEOUT_MS = 4_000
# The broker's way to notice that we are gone: two missed beats of 10 s.
HEARTBEAT_S = 10
# AMQP 0-9-1: access-refused, not-allowed (a virtual host that is not there, or not for this user).
_LOGIN_REFUSED_CODES = (403, 530)


class LoginRefused(Exception):  # noqa: N818 - what happened, in the broker's words
    """The broker knows no such login, or not for this virtual host: enrol the gateway (again)."""


class HearingReader(asyncio.StreamReader):
    """A stream reader that knows when the peer was last heard, and what it said then."""

    heard_s: float | None = None
    _last = b""

    def feed_data(self, data: Any) -> None:
        self.heard_s = time.monotonic()
        self._last = bytes(data)
        super().feed_data(data)

    def refusal(self) -> str | None:
        """The broker's words when the last thing it said was that this login may not come in."""
        try:
            _, _, frame = pamqp.frame.unmarshal(self._last)
        except PAMQPException:
            return None
        if isinstance(frame, spec.Connection.Close) and frame.reply_code in _LOGIN_REFUSED_CODES:
            return (frame.reply_text or "no reason given").split(". ")[0]
        return None


class Line(TransportFactory):
    """One connection, from the first SYN to its end. Make one, `stand` it, `cut` it; it is not used twice."""

    def __init__(self, address: Address, peer: tuple[Any, ...], purpose: str) -> None:
        self._address = address
        self._peer = peer
        self._writer: asyncio.StreamWriter | None = None
        self._reader = HearingReader()
        self.began_s = time.monotonic()
        self.connect_s = 0.0
        url = URL.build(
            scheme="amqp",
            host=address.host,
            port=address.port,
            user=address.user,
            password=address.password(),
            path="/" + address.vhost,
            query={"heartbeat": str(HEARTBEAT_S)},
        )
        properties: FieldTable = {"connection_name": f"{address.user} {purpose}", "product": "sts-edge"}
        self._connection = aiormq.Connection(url, transport_factory=self, client_properties=properties)

    @property
    def heard_s(self) -> float | None:
        """When the broker was last heard (monotonic seconds), None before its first byte."""
        return self._reader.heard_s

    async def stand(self) -> None:
        """Connect and log in. Raises LoginRefused, or OSError and its kind for a try that failed."""
        try:
            await self._connection.connect()
        except AMQPError as error:
            if words := self._reader.refusal():
                raise LoginRefused(f"the broker at {self._address!r} says {words}") from error
            raise

    async def outlet(self, confirms: bool = True) -> Outlet:
        """Open a channel, with confirms and with returned messages told; one round trip less without them."""
        channel = await self._connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
        return Outlet(channel)

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call back once when the connection has ended, from whichever side."""
        self._connection.closing.add_done_callback(lambda _: callback())

    @property
    def is_lost(self) -> bool:
        """Whether the connection has ended."""
        return not self._connection.is_opened

    @property
    def is_clear(self) -> bool:
        """Whether all that was handed over is in the kernel's hands: the next waits for nothing here."""
        return self._writer is not None and self._writer.transport.get_write_buffer_size() == 0

    @property
    def is_blocked(self) -> bool:
        """Whether the broker said that it takes no records now (connection.blocked: memory or disk alarm)."""
        waiting = self._connection.ready().__await__()
        try:
            next(waiting)
        except StopIteration:
            return False
        waiting.close()
        return True

    def cut(self) -> None:
        """End the connection now; every outcome that is still open becomes `lost`."""
        if self._writer is not None:
            self._writer.transport.abort()

    async def close(self, timeout: float) -> None:
        """Say goodbye to the broker as AMQP would have it, or cut when that takes too long."""
        try:
            await asyncio.wait_for(self._connection.close(), timeout)
        except (TimeoutError, OSError):
            self.cut()

    async def create(self, url: URL, **_: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Make the transport; aiormq asks for it."""
        loop = asyncio.get_running_loop()
        sock = await self._connected_socket(loop)
        protocol = asyncio.StreamReaderProtocol(self._reader)
        tls = self._address.tls
        transport, _protocol = await loop.create_connection(
            lambda: protocol,
            sock=sock,
            ssl=tls.context() if tls else None,
            server_hostname=self._address.host if tls else None,
        )
        self._writer = asyncio.StreamWriter(transport, protocol, self._reader, loop)
        if tls:
            try:
                tls.check(transport.get_extra_info("ssl_object"))
            except OSError:
                transport.abort()
                raise
        return self._reader, self._writer

    async def _connected_socket(self, loop: asyncio.AbstractEventLoop) -> socket.socket:
        family, kind, proto, _, where = self._peer
        sock = socket.socket(family, kind, proto)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(sock, where)
            # Set once connected: it would also shorten the SYN's retries.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        except BaseException:
            sock.close()
            raise
        self.connect_s = time.monotonic() - self.began_s
        return sock
