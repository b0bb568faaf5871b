"""Exchanges, queues and bindings: declared by the hub before any gateway speaks.

A gateway trusts a confirm because of what stands here. A message of record goes to a quorum queue and to
nothing else: with an alternate exchange, or a queue of somebody else's bound beside ours, the broker would
call a message routed that the hub never sees. A loaded classic queue can keep the broker from starting
after a power cut. So what differs is refused with a sentence, never worked around.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aio_pika import ExchangeType
from aio_pika.exceptions import AMQPError, ChannelPreconditionFailed
from aiormq.exceptions import ChannelAccessRefused

from sts_hub.broker.management import BrokerError, Management
from sts_protocols import routing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aio_pika.abc import AbstractChannel, AbstractConnection

MIB = 1024 * 1024
EXCHANGES = (routing.TELEMETRY, routing.RESULTS, routing.STATUS, routing.LIVE, routing.DEAD)

DELIVERY_LIMIT = 20
"""A worker that dies of a message gives it back by dying; twenty times is no accident."""

DEAD_DELIVERY_LIMIT = 1_000_000
"""Dead letters have nowhere further to go: practically never (RabbitMQ 4 would take 20 for none stated)."""

BEAT_LIFE_MS = 30_000
"""Three beats: an answer to an older one would tell the gateway what it no longer asks."""

MAX_BEATS = 10_000
"""A fleet of a thousand gateways, ten beats each, all of them late."""


@dataclass(frozen=True)
class Queue:
    """One queue, the exchange it is bound to and by which key."""

    name: str
    exchange: str
    key: str
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def of_record(self) -> bool:
        """Whether what is in it must survive."""
        return self.arguments.get("x-queue-type") == "quorum"


def _of_record(name: str, exchange: str, key: str, max_bytes: int) -> Queue:
    """A quorum queue that gives up on a message after some deliveries and refuses when it is full."""
    return Queue(
        name,
        exchange,
        key,
        {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": routing.DEAD,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-max-length-bytes": max_bytes,
        },
    )


# Sizes: thirty straps are 2 KB/s live and about 50 MB a day as backlog. Together they stay well below a
# disk of 8 GB, whose alarm would block every gateway at once; a full queue refuses only its own lane.
QUEUES = (
    _of_record(routing.LIVE_QUEUE, routing.TELEMETRY, "telemetry.*.live", 256 * MIB),
    _of_record(routing.BACKLOG_QUEUE, routing.TELEMETRY, "telemetry.*.backlog", 1024 * MIB),
    _of_record(routing.RESULTS_QUEUE, routing.RESULTS, "results.#", 256 * MIB),
    Queue(
        routing.DEAD_QUEUE,
        routing.DEAD,
        "#",
        {
            "x-queue-type": "quorum",
            "x-delivery-limit": DEAD_DELIVERY_LIMIT,
            "x-overflow": "reject-publish",
            "x-max-length-bytes": 256 * MIB,
        },
    ),
    Queue(
        routing.STATUS_QUEUE,
        routing.STATUS,
        "status.*.beat",
        {"x-message-ttl": BEAT_LIFE_MS, "x-max-length": MAX_BEATS, "x-overflow": "drop-head"},
    ),
)


async def declare(connection: AbstractConnection) -> None:
    """Make what is missing; what is there and different raises BrokerError, and nothing is changed about
    it."""
    for name in EXCHANGES:
        async with _channel(connection, f"the exchange {name}") as channel:
            await channel.declare_exchange(name, ExchangeType.TOPIC, durable=True)
    for queue in QUEUES:
        async with _channel(connection, f"the queue {queue.name}") as channel:
            declared = await channel.declare_queue(queue.name, durable=True, arguments=queue.arguments)
            await declared.bind(queue.exchange, queue.key)


class _channel:  # noqa: N801 - reads as a function where it is used
    """A channel for one thing only: a refusal closes it, and must not cost the next thing's."""

    def __init__(self, connection: AbstractConnection, thing: str) -> None:
        self._connection = connection
        self._thing = thing

    async def __aenter__(self) -> AbstractChannel:
        self._open: AbstractChannel = await self._connection.channel()
        return self._open

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ChannelPreconditionFailed):
            raise BrokerError(_differs(self._thing, error)) from None
        if isinstance(error, ChannelAccessRefused):
            raise BrokerError(
                f"The user in STS_AMQP_URL may not declare {self._thing} ({error}): "
                "give it configure, write and read permission .* in this virtual host."
            ) from None
        await self._open.close()


def _differs(thing: str, error: AMQPError) -> str:
    return (
        f"{thing[0].upper()}{thing[1:]} is at the broker, but not as the hub needs it ({error}): "
        "stop the gateways, empty it, delete it, and start again."
    )


async def inspect(management: Management) -> None:
    """Refuse what would make a confirm lie. Raises BrokerError with every fault at once."""
    faults = [fault async for fault in _faults(management)]
    if faults:
        raise BrokerError("\n".join(faults))


async def _faults(management: Management) -> AsyncIterator[str]:
    for name in (routing.TELEMETRY, routing.RESULTS):
        if await _alternate(management, name):
            yield (
                f"The exchange {name} has an alternate exchange: a message that no queue takes would be "
                "called routed and be lost. Delete the exchange or the policy that sets it, and start again."
            )
        for stranger in await _strangers(management, name):
            yield (
                f"{stranger} is bound to {name} beside the hub's own queues: a message that only it takes "
                "would be called routed and be lost. Remove the binding, and start again."
            )
    for queue in QUEUES:
        found = await management.get("queues", management.vhost, queue.name)
        if queue.of_record and found is not None and found.get("type") != "quorum":
            yield (
                f"The queue {queue.name} is {found.get('type')}, not quorum: after a power cut the broker "
                "may not start with it. Stop the gateways, empty it, delete it, and start again."
            )


async def _alternate(management: Management, exchange: str) -> bool:
    found = await management.get("exchanges", management.vhost, exchange) or {}
    if "alternate-exchange" in found.get("arguments", {}):
        return True
    policies = await management.get("policies", management.vhost) or []
    in_force = [policy for policy in policies if policy["name"] == found.get("policy")]
    return any("alternate-exchange" in policy["definition"] for policy in in_force)


async def _strangers(management: Management, exchange: str) -> list[str]:
    ours = {queue.name for queue in QUEUES if queue.exchange == exchange}
    bindings = await management.get("exchanges", management.vhost, exchange, "bindings", "source") or []
    return sorted(
        f"The {binding['destination_type']} {binding['destination']}"
        for binding in bindings
        if binding["destination_type"] != "queue" or binding["destination"] not in ours
    )
