"""The database is away: nothing is lost, nothing is given back in a loop, the wall lives on for a while."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest

from ingest_support import PATIENCE_S, SECOND_US, Gateway, eventually, stored
from sts_hub.broker.topology import DELIVERY_LIMIT
from sts_hub.ingest.outage import State
from sts_hub.live import frames
from sts_protocols import routing


@pytest.fixture
def doors(hub, postgres):
    """Shut and open the database; shutting also ends who is in."""
    name = hub.database.dsn.partition("@/")[2].partition("?")[0]

    class Doors:
        @staticmethod
        async def shut() -> None:
            await asyncio.to_thread(postgres.sql, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            await hub.database.owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sts_ingest'"
            )

        @staticmethod
        async def open() -> None:
            await asyncio.to_thread(postgres.sql, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    return Doors


async def until_state(worker, state: State) -> None:
    async def check() -> bool:
        return worker.outage is not None and worker.outage.state is state

    await eventually(check, state.name)


async def test_a_short_outage_is_lived_through_without_giving_anything_back(hub, doors):
    await hub.database.worn("hr-01", "hr-02")
    worker = await hub.start()
    await hub.until_taking()
    gateway, link = Gateway(), await hub.gateway()
    heard = await hub.hear("live.#")
    await doors.shut()
    await link.send(gateway.samples())
    await until_state(worker, State.HOLDING)
    gateway.began(SECOND_US)
    before = heard.qsize()
    await link.send(gateway.samples())
    await eventually(lambda: later(heard, before), "a frame while the database is away")
    await doors.open()
    await until_state(worker, State.UP)
    await eventually(lambda: no_messages(hub))
    assert (await redelivered(worker)) == 0


async def later(queue: asyncio.Queue, before: int) -> bool:
    return queue.qsize() > before


async def no_messages(hub) -> bool:
    return not await hub.depth(routing.LIVE_QUEUE)


async def redelivered(worker) -> float:
    """Repeats that the worker had to refuse: what was given back comes again."""
    return worker.counters.refused._value.get()


async def test_a_long_outage_gives_back_once_and_loses_nothing(hub, doors):
    """Longer than the delivery limit would allow a worker that gives back at every failure."""
    worker = await hub.start(hold_s=0.5)
    gateway, link = Gateway(), await hub.gateway()
    heard = await hub.hear("live.notice")
    await doors.shut()
    await link.send(*gateway.many(5))
    await until_state(worker, State.OFF)
    for record in gateway.many(5):
        await link.send(record, lane="backlog")
    notice = frames.decode((await asyncio.wait_for(heard.get(), PATIENCE_S)).body)
    assert isinstance(notice, frames.Notice)
    assert notice.reason == "database_away"
    assert await deliveries(hub, routing.LIVE_QUEUE) <= 1
    await doors.open()

    async def stored_all() -> bool:
        return await stored(hub.database.owner, gateway.id) == gateway.said

    await eventually(stored_all)
    assert frames.decode((await heard.get()).body).reason == "database_back"
    assert await hub.depth(routing.DEAD_QUEUE) == 0


async def deliveries(hub, name: str) -> int:
    """How often the oldest message has been given back; looking costs one more."""
    channel = await (await hub.connect()).channel()
    queue = await channel.get_queue(name, ensure=False)
    found = await queue.get(timeout=PATIENCE_S)
    count = int((found.headers or {}).get("x-delivery-count", 0))
    await found.reject(requeue=True)
    await channel.close()
    return count


async def test_giving_back_at_every_failure_would_bury_good_records_and_a_worker_digs_them_up(hub):
    """The control: twenty-one give-backs make a dead letter, which is moved to parked, and can be retried."""
    gateway, link = Gateway(), await hub.gateway()
    await link.send(*gateway.many(2), lane="backlog")
    connection = await hub.connect()
    for _ in range(DELIVERY_LIMIT + 1):
        channel = await connection.channel()
        queue = await channel.get_queue(routing.BACKLOG_QUEUE, ensure=False)
        await queue.get(timeout=PATIENCE_S)
        await channel.close()

    async def buried() -> bool:
        return await hub.depth(routing.DEAD_QUEUE) == 1

    await eventually(buried)
    worker = await hub.start()
    await eventually(lambda: hub.database.owner.fetchval("SELECT count(*) = 2 FROM sts.parked"))
    rows = await hub.database.owner.fetch("SELECT gateway, epoch, seq, reason FROM sts.parked ORDER BY seq")
    assert [tuple(row) for row in rows] == [("pitch-1", gateway.id, n, "dead") for n in (0, 1)]
    assert worker.counters.dead_letters._value.get() == 1


async def test_a_broker_connection_that_ends_is_made_anew(hub, rabbitmq):
    worker = await hub.start()
    gateway, link = Gateway(), await hub.gateway()
    await link.send(*gateway.many(3))

    async def stored_all() -> bool:
        return await stored(hub.database.owner, gateway.id) == gateway.said

    await eventually(stored_all)

    async def connections() -> list[str]:
        found = await asyncio.to_thread(rabbitmq.api, "GET", "/api/connections")
        return [quote(each["name"]) for each in found if each["user"] == rabbitmq.admin_user]

    await eventually(connections, "the broker's list, which it renews every few seconds")
    for name in await connections():
        rabbitmq.api("DELETE", f"/api/connections/{name}")
    await link.send(*gateway.many(3))
    await eventually(stored_all)
    assert not worker.task.done()
