"""What a process listens to: the exchange sts.live, and the database's word that a login has ended.

Each has its own loop: a lost connection is opened again, after pauses that grow while it fails.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aio_pika
import asyncpg
import msgspec
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import AMQPError
from prometheus_client import Counter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from sts_hub import logs
from sts_hub.broker import cancellation
from sts_hub.db import pools
from sts_hub.live import frames
from sts_protocols.routing import LIVE

# Messages a process may be behind: at 4 frames a second of ten gateways this is 12 s; older ones are not
# live.
MAX_WAITING: Final = 500
MESSAGE_LIFE_MS: Final = 5000
CONNECT_S: Final = 10.0
# Back soon after a broker's restart, and within 5 s of its return however long it was away.
FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 5.0

ENDED_LOGINS: Final = "sts_login_ended"

_LOST: Final = (AMQPError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, RuntimeError)

_received = Counter("sts_live_messages", "Messages taken from sts.live.", ["kind"])
_log = logs.get("sts_hub.live")


class LiveReceiver:
    """Takes everything that is said on sts.live, from a short queue of this process alone."""

    def __init__(
        self, amqp_url: str, take: Callable[[frames.Message], None], linked: Callable[[bool], None]
    ) -> None:
        """`take` gets each message; `linked` is told whether the link to the broker is there."""
        self._url = amqp_url
        self._take = take
        self._linked = linked

    async def run(self) -> None:
        """Listen until cancelled."""
        await _for_ever(self._listen, "the broker")

    async def _listen(self) -> None:
        """Returns when the link is lost; raises when it cannot be made."""
        self._linked(False)
        connection = await aio_pika.connect(
            self._url, timeout=CONNECT_S, client_properties={"connection_name": "sts-hub api"}
        )
        async with connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange(LIVE, aio_pika.ExchangeType.TOPIC, durable=True)
            queue = await channel.declare_queue(exclusive=True, arguments=_SHORT)
            await queue.bind(exchange, "#")
            await queue.consume(self._took, no_ack=True)
            self._linked(True)
            cancellation.heed()
            await channel.closed()
        self._linked(False)

    async def _took(self, message: AbstractIncomingMessage) -> None:
        try:
            said = frames.decode(message.body)
        except msgspec.MsgspecError as error:
            _received.labels("unreadable").inc()
            _log.warning("a message on sts.live cannot be read", error=str(error))
            return
        _received.labels(type(said).__name__.lower()).inc()
        self._take(said)


_SHORT: Final[dict[str, Any]] = {
    "x-max-length": MAX_WAITING,
    "x-message-ttl": MESSAGE_LIFE_MS,
    "x-overflow": "drop-head",
}


class LoginListener:
    """Hears from the database that a login has ended, whoever ended it and wherever."""

    def __init__(self, dsn: str, ended: Callable[[bytes], None], unsure: Callable[[], None]) -> None:
        """`ended` gets the hash of the token; `unsure` is called when something may have been missed."""
        self._dsn = dsn
        self._ended = ended
        self._unsure = unsure

    async def run(self) -> None:
        """Listen until cancelled."""
        await _for_ever(self._listen, "the database's notices")

    async def _listen(self) -> None:
        lost = asyncio.Event()
        connection = await pools.connect(self._dsn, "sts-hub api notices", command_s=CONNECT_S)
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.add_listener(ENDED_LOGINS, self._heard)
            self._unsure()
            await lost.wait()
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _process: int, _channel: str, payload: object) -> None:
        with contextlib.suppress(ValueError):
            self._ended(bytes.fromhex(str(payload)))


async def _for_ever(listen: Callable[[], Awaitable[None]], to_what: str) -> None:
    def tell(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        _log.warning(f"cannot listen to {to_what}, trying again", error=str(error))

    while True:
        trying = AsyncRetrying(
            wait=wait_random_exponential(multiplier=FIRST_PAUSE_S, max=LONGEST_PAUSE_S),
            retry=retry_if_exception_type(_LOST),
            before_sleep=tell,
        )
        await trying(listen)
        _log.warning(f"the link to {to_what} was lost")
