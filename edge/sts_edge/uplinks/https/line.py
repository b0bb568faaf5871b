"""One HTTP/1.1 connection to the hub, kept alive: a request, its answer, the next request.

h11 speaks the protocol; the socket beneath it is ours (`stream.py`), so that a dead peer is found and cut as
on any other line. Requests are never pipelined: what stands between gateway and hub at such sites would not
have it. So a live record waits for the answer to the one before, and beats have a connection of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import h11

from sts_edge.time_limit import time_limit

from ..line import LoginRefused, Peer
from ..stream import HearingReader, Stream, open_stream
from .outlet import BeatOutlet, Outlet, told

if TYPE_CHECKING:
    from .address import Address

# Servers and what stands before them close a connection that was silent for a minute or so; half-open ones are
# found by the same question, as two missed heartbeats would find them on AMQP.
HEARTBEAT_S = 10.0
# The hub answers when the records are safe. Longer than its own deadlines for broker and database.
CALL_S = 30.0
READ_BYTES = 64 * 1024
# The answer to a beat of a fleet's oldest gateway is some 100 KB.
MAX_ANSWER_BYTES = 4 * 1024 * 1024

UNAUTHORISED, TOO_MANY_TRIES, NO_CONTENT = 401, 429, 204


class Reply(NamedTuple):
    """An answer: its status, headers with lower-case names, and body."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class _EndingReader(HearingReader):
    """Tells when nothing more will be heard."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def feed_eof(self) -> None:
        super().feed_eof()
        self._end()

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        self._end()

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class Line:
    """One connection, from the first SYN to its end. Make one, `stand` it, `cut` it; it is not used twice."""

    in_turn = True
    is_blocked = False

    def __init__(self, address: Address, peer: Peer, purpose: str) -> None:
        self._address = address
        self._peer = peer
        self._purpose = purpose
        self._bearer = f"Bearer {address.user}.{address.secret()}"
        self._http = h11.Connection(h11.CLIENT)
        self._reader = _EndingReader()
        self._stream: Stream | None = None
        self._turn = asyncio.Lock()
        self._heart: asyncio.Task[None] | None = None
        self._beside: Line | None = None

    @property
    def connect_s(self) -> float:
        """How long the TCP handshake took."""
        return self._stream.connect_s if self._stream else 0.0

    @property
    def heard_s(self) -> float | None:
        """When the hub was last heard (monotonic seconds), None before its first byte."""
        return self._reader.heard_s

    @property
    def is_lost(self) -> bool:
        """Whether the connection has ended."""
        return self._reader.ended.done()

    @property
    def ended(self) -> asyncio.Future[None]:
        """Done when the connection has ended."""
        return self._reader.ended

    @property
    def is_clear(self) -> bool:
        """Whether no answer is waited for."""
        return self._stream is not None and not self._turn.locked()

    async def stand(self) -> None:
        """Connect and log in. Raises LoginRefused, or OSError and its kind for a try that failed."""
        address = self._address
        self._stream = await open_stream(self._peer, address.host, address.tls, self._reader)
        reply = await self.call("GET", "me")
        if reply.status in (UNAUTHORISED, TOO_MANY_TRIES):
            raise LoginRefused(f"the hub at {address!r} says {told(reply.status, reply.body)}")
        if reply.status != NO_CONTENT:
            raise ConnectionError(f"{address!r} answers {told(reply.status, reply.body)}")
        self._heart = asyncio.create_task(self._keep_alive())

    async def outlet(self) -> Outlet:
        """The way for records is the connection itself."""
        return Outlet(self)

    async def beat_outlet(self, on_answer: Callable[[bytes], None]) -> BeatOutlet:
        """A connection beside this one: an answer to a beat takes the hub's database, and no live record may
        wait for that."""
        beside = Line(self._address, self._peer, "beats")
        self._beside = beside
        await beside.stand()
        return BeatOutlet(beside, on_answer)

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call back once when the connection has ended, from whichever side."""
        self._reader.ended.add_done_callback(lambda _: callback())

    def cut(self) -> None:
        """End the connection now, and the one beside it; every outcome that is still open becomes `LOST`."""
        if self._heart is not None:
            self._heart.cancel()
        if self._stream is not None:
            self._stream.cut()
        if self._beside is not None:
            self._beside.cut()

    async def close(self, timeout: float) -> None:
        """HTTP has no goodbye: what was asked is answered, or cut when that takes too long."""
        with contextlib.suppress(TimeoutError):
            async with time_limit(timeout), self._turn:
                pass
        self.cut()

    async def call(self, method: str, what: str, body: bytes = b"", content_type: str = "") -> Reply:
        """Ask and wait for the answer, in turn. Raises OSError; the connection is of no use then."""
        async with self._turn:
            try:
                async with time_limit(CALL_S):
                    return await self._exchange(method, what, body, content_type)
            except h11.ProtocolError as error:
                self.cut()
                raise ConnectionError(f"no HTTP from {self._address!r}: {error}") from error
            except BaseException:
                self.cut()
                raise

    async def _exchange(self, method: str, what: str, body: bytes, content_type: str) -> Reply:
        stream = self._stream
        if stream is None or self.is_lost:
            raise ConnectionError("the connection has ended")
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        stream.writer.write(self._request(method, what, body, content_type))
        reply = await self._reply()
        if h11.MUST_CLOSE in (self._http.our_state, self._http.their_state):
            self.cut()
        return reply

    def _request(self, method: str, what: str, body: bytes, content_type: str) -> bytes:
        headers = [
            ("Host", f"{self._address.host}:{self._address.port}"),
            ("Authorization", self._bearer),
            ("Content-Length", str(len(body))),
        ]
        headers += [("Content-Type", content_type)] if content_type else []
        head = h11.Request(method=method, target=self._address.path + what, headers=headers)
        pieces = (self._http.send(head), self._http.send(h11.Data(body)), self._http.send(h11.EndOfMessage()))
        return b"".join(piece or b"" for piece in pieces)

    async def _reply(self) -> Reply:
        head: h11.Response | None = None
        body = bytearray()
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_ANSWER_BYTES:
                    raise ConnectionError("the answer has no end")
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return Reply(head.status_code, dict(head.headers), bytes(body))
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionError("the hub closed the connection")

    async def _event(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(READ_BYTES))
        return event

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            heard_s = self._reader.heard_s or 0.0
            if self._turn.locked() or time.monotonic() - heard_s < HEARTBEAT_S:
                continue
            try:
                async with time_limit(HEARTBEAT_S):
                    await self.call("GET", "me")
            except OSError:  # TimeoutError is one
                return
