"""The byte stream beneath every line: a socket of our own making, so that we know when the peer was last heard
and can cut it without waiting for a peer that no longer answers."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any, NamedTuple

from .line import Peer
from .tls import Tls

# Unacknowledged bytes end a connection after 4 s (RFC 5482): measured 4.4 s until a half-open link is
# noticed; without it nothing was noticed in 20 s.
USER_TIMEOUT_MS = 4_000


class HearingReader(asyncio.StreamReader):
    """A stream reader that knows when the peer was last heard."""

    heard_s: float | None = None

    def feed_data(self, data: Any) -> None:
        self.heard_s = time.monotonic()
        super().feed_data(data)


class Stream(NamedTuple):
    """A connection that stands, and how long its TCP handshake took."""

    writer: asyncio.StreamWriter
    connect_s: float

    @property
    def is_clear(self) -> bool:
        """Whether all that was written is in the kernel's hands."""
        return self.writer.transport.get_write_buffer_size() == 0

    def cut(self) -> None:
        """End it now, whatever the peer does."""
        self.writer.transport.abort()


async def open_stream(peer: Peer, host: str, tls: Tls | None, reader: asyncio.StreamReader) -> Stream:
    """Connect to one address, encrypted where `tls` is given. Raises OSError (ssl.SSLError is one)."""
    began_s = time.monotonic()
    loop = asyncio.get_running_loop()
    sock = await _connected(loop, peer)
    connect_s = time.monotonic() - began_s
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.create_connection(
        lambda: protocol,
        sock=sock,
        ssl=tls.context() if tls else None,
        server_hostname=host if tls else None,
    )
    stream = Stream(asyncio.StreamWriter(transport, protocol, reader, loop), connect_s)
    if tls:
        try:
            tls.check(transport.get_extra_info("ssl_object"))
        except OSError:
            stream.cut()
            raise
    return stream


async def _connected(loop: asyncio.AbstractEventLoop, peer: Peer) -> socket.socket:
    family, kind, proto, _, where = peer
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
    return sock
