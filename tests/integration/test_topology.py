"""The broker as the hub needs it, and gateways that can say what is theirs and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError, ChannelClosed, ProbableAuthenticationError, PublishError

from ingest_support import PATIENCE_S, Gateway, eventually
from sts_hub.broker import topology, users
from sts_hub.broker.management import BrokerError
from sts_protocols import routing


async def refused(hub) -> str:
    """What the hub says to the broker as it is."""
    with pytest.raises(BrokerError) as told:
        await declare_and_inspect(hub)
    return str(told.value)


async def declare_and_inspect(hub) -> None:
    """What a worker does first."""
    async with await aio_pika.connect(hub.amqp_url) as connection:
        await topology.declare(connection)
    await topology.inspect(hub.management)


async def test_declaring_twice_changes_nothing_and_is_accepted(hub):
    await declare_and_inspect(hub)


async def test_what_is_of_record_is_in_quorum_queues_with_limits(hub):
    for queue in topology.QUEUES:
        found = await hub.management.get("queues", hub.management.vhost, queue.name)
        assert found["type"] == ("classic" if queue.name == routing.STATUS_QUEUE else "quorum")
    backlog = await hub.management.get("queues", hub.management.vhost, routing.BACKLOG_QUEUE)
    assert backlog["arguments"]["x-delivery-limit"] == topology.DELIVERY_LIMIT
    assert backlog["arguments"]["x-overflow"] == "reject-publish"


async def test_a_classic_data_queue_is_refused(hub):
    await hub.delete("queues", hub.management.vhost, routing.BACKLOG_QUEUE)
    await hub.management.put("queues", hub.management.vhost, routing.BACKLOG_QUEUE, durable=True)
    assert routing.BACKLOG_QUEUE in await refused(hub)


async def test_a_classic_data_queue_with_the_same_limits_is_refused_by_its_type(hub):
    """The broker compares arguments; the type is looked at by itself as well."""
    await hub.delete("queues", hub.management.vhost, routing.LIVE_QUEUE)
    await hub.management.put("queues", hub.management.vhost, routing.LIVE_QUEUE, durable=True)
    with pytest.raises(BrokerError, match="is classic, not quorum"):
        await topology.inspect(hub.management)


async def test_a_queue_of_somebody_else_on_the_telemetry_is_refused(hub):
    channel = await (await hub.connect()).channel()
    queue = await channel.declare_queue("somebody-elses", durable=True)
    await queue.bind(routing.TELEMETRY, "#")
    assert "somebody-elses is bound to sts.telemetry" in await refused(hub)


async def test_an_alternate_exchange_is_refused_as_an_argument_and_as_a_policy(hub):
    vhost = hub.management.vhost
    await hub.management.put(
        "policies",
        vhost,
        "alternate",
        **{"pattern": "^sts.telemetry$", "apply-to": "exchanges"},
        definition={"alternate-exchange": "amq.fanout"},
    )

    async def told() -> bool:
        try:
            await topology.inspect(hub.management)
        except BrokerError as error:
            return "alternate exchange" in str(error)
        return False

    await eventually(told, "the policy to be in force")
    await hub.delete("policies", vhost, "alternate")
    await hub.delete("exchanges", vhost, routing.TELEMETRY)
    await hub.management.put(
        "exchanges",
        vhost,
        routing.TELEMETRY,
        type="topic",
        durable=True,
        arguments={"alternate-exchange": "amq.fanout"},
    )
    assert routing.TELEMETRY in await refused(hub)


async def test_a_broker_that_routes_nowhere_is_told_to_who_publishes(hub):
    """With the hub's queue unbound and nothing beside it, `mandatory` brings the message back."""
    link = await hub.gateway()
    gateway = Gateway()
    await link.send(gateway.samples())
    for queue in (routing.LIVE_QUEUE, routing.BACKLOG_QUEUE):
        await hub.delete("queues", hub.management.vhost, queue)
    with pytest.raises(PublishError):
        await link.send(gateway.samples())


async def test_a_gateway_may_say_what_is_its_own_and_nothing_else(hub):
    await users.add(hub.management, "pitch-1", "secret")
    address = hub.amqp_url.partition("@")[2]
    async with await aio_pika.connect(f"amqp://pitch-1:secret@{address}") as connection:

        async def may_say(exchange: str, key: str, user: str | None = "pitch-1") -> bool:
            channel = await connection.channel()
            try:
                there = (
                    await channel.get_exchange(exchange, ensure=False)
                    if exchange
                    else channel.default_exchange
                )
                await there.publish(
                    aio_pika.Message(b"", user_id=user), key, mandatory=False, timeout=PATIENCE_S
                )
            except (AMQPError, ChannelClosed):
                return False
            return True

        assert await may_say(routing.TELEMETRY, "telemetry.pitch-1.live")
        assert await may_say(routing.RESULTS, "results.pitch-1.document")
        assert await may_say(routing.STATUS, "status.pitch-1.beat")
        for exchange in (routing.TELEMETRY, routing.RESULTS, routing.STATUS):
            word = exchange.removeprefix("sts.")
            assert not await may_say(exchange, f"{word}.pitch-2.live")
            assert not await may_say(exchange, f"{word}.pitch-1x.live")
            assert not await may_say(exchange, f"x{word}.pitch-1.live")
        assert not await may_say(routing.LIVE, "live.pitch-1")
        assert not await may_say(routing.DEAD, "telemetry.pitch-1.live")
        assert not await may_say("", routing.LIVE_QUEUE)
        assert not await may_say(routing.TELEMETRY, "telemetry.pitch-1.live", user="pitch-2")
        with pytest.raises(AMQPError):
            await (await connection.channel()).declare_queue("mine")
        queue = await (await connection.channel()).get_queue(routing.LIVE_QUEUE, ensure=False)
        with pytest.raises(AMQPError):
            await queue.consume(print)


async def test_topic_rules_stand_on_every_exchange_before_the_password_works(hub, monkeypatch):
    """The control of the order: at each step of making a user, he cannot log in until all rules are there."""
    rules: list[int] = []
    put = hub.management.put

    async def watched(*path: str, **body: object) -> None:
        await put(*path, **body)
        if path[0] != "users" or "password" not in body:
            assert not await can_log_in(hub)
        found = await hub.management.get("topic-permissions", hub.management.vhost, "pitch-1") or []
        rules.append(len(found))

    monkeypatch.setattr(hub.management, "put", watched)
    await users.add(hub.management, "pitch-1", "secret")
    assert await can_log_in(hub)
    assert rules[-2:] == [3, 3]


async def can_log_in(hub) -> bool:
    address = hub.amqp_url.partition("@")[2]
    try:
        async with await aio_pika.connect(f"amqp://pitch-1:secret@{address}"):
            return True
    except (ProbableAuthenticationError, AMQPError):
        return False


async def test_a_user_who_is_no_gateway_is_left_as_he_is(hub, rabbitmq):
    await hub.management.put("users", "other-person", password="x", tags="monitoring")
    with pytest.raises(BrokerError, match="who is no gateway"):
        await users.add(hub.management, "other-person", "secret")
    await hub.delete("users", "other-person")


async def test_a_name_that_is_none_is_refused(hub):
    for name in ("UPPER", "a", "with.dot", "x" * 41, "a b"):
        with pytest.raises(BrokerError, match="cannot be a gateway's name"):
            await users.add(hub.management, name, "secret")


async def test_the_command_ends_with_a_sentence_when_the_broker_is_not_as_it_must_be(hub):
    await hub.delete("queues", hub.management.vhost, routing.BACKLOG_QUEUE)
    await hub.management.put("queues", hub.management.vhost, routing.BACKLOG_QUEUE, durable=True)
    settings = {
        "STS_DB_INGEST_DSN": hub.database.ingest_dsn,
        "STS_AMQP_URL": hub.amqp_url,
        "STS_MANAGEMENT_URL": hub.management_url,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from sts_hub.cli import main; main(['ingest'])",
        env={name: value for name, value in os.environ.items() if not name.startswith("STS_")} | settings,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert told.decode().startswith(
        f"The queue {routing.BACKLOG_QUEUE} is at the broker, but not as the hub needs it"
    )
    assert "Traceback" not in told.decode()
