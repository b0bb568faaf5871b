"""One AMQP connection to the broker: made in few round trips, watched closely, dropped without ceremony.

aiormq speaks the protocol. What is ours is the socket beneath it (`stream.py`) and the outcomes above it
(`outlet.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import aiormq
import pamqp.frame
from aiormq import spec
from aiormq.connection import TransportFactory
from aiormq.exceptions import AMQPError
from pamqp.common import FieldTable
from pamqp.exceptions import PAMQPException
from yarl import URL

from sts_edge.time_limit import time_limit

from ..line import LoginRefused, Peer
from ..stream import HearingReader, Stream, open_stream
from .outlet import Outlet

if TYPE_CHECKING:
    from .address import Address

# The broker's way to notice that we are gone: two missed beats of 10 s.
HEARTBEAT_S = 10
# AMQP 0-9-1: access-refused, not-allowed (a virtual host that is not there, or not for this user).
_LOGIN_REFUSED_CODES = (403, 530)


class _LastWords(HearingReader):
    """Knows what the broker said last."""

    _last = b""

    def feed_data(self, data: Any) -> None:
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

    in_turn = False

    def __init__(self, address: Address, peer: Peer, purpose: str) -> None:
        self._address = address
        self._peer = peer
        self._stream: Stream | None = None
        self._reader = _LastWords()
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
    def connect_s(self) -> float:
        """How long the TCP handshake took."""
        return self._stream.connect_s if self._stream else 0.0

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

    async def outlet(self) -> Outlet:
        """Open a channel, with confirms and with returned messages told."""
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        return Outlet(channel, self._address.user)

    async def beat_outlet(self, on_answer: Callable[[bytes], None]) -> Outlet:
        """Open a channel for beats: without confirms, one round trip less."""
        channel = await self._connection.channel(publisher_confirms=False, on_return_raises=False)
        outlet = Outlet(channel, self._address.user)
        await outlet.listen(on_answer)
        return outlet

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
        return self._stream is not None and self._stream.is_clear

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
        if self._stream is not None:
            self._stream.cut()

    async def close(self, timeout: float) -> None:
        """Say goodbye to the broker as AMQP would have it, or cut when that takes too long."""
        try:
            async with time_limit(timeout):
                await self._connection.close()
        except (TimeoutError, OSError):
            self.cut()

    async def create(self, url: URL, **_: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Make the transport; aiormq asks for it."""
        address = self._address
        self._stream = await open_stream(self._peer, address.host, address.tls, self._reader)
        return self._reader, self._stream.writer
