"""What every uplink promises (`sts_edge.uplinks.Uplink`), each kind against its real counterpart.

There is no uplink in memory: what it would have to promise is what a broker does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from sts_edge.uplinks import LinkState, Uplink
from sts_protocols.record import Kind
from uplink_support import Broker, Hub, Site, eventually, running

KINDS: dict[str, Callable[[Hub], Site]] = {"amqp": lambda hub: Site(hub.vhost, hub.broker.amqp_port)}


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    """A hub that listens, on a virtual host of its own."""
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


@pytest.fixture(params=KINDS)
async def site(request: pytest.FixtureRequest, hub: Hub) -> Site:
    """A gateway of that hub, with one kind of uplink."""
    return KINDS[request.param](hub)


async def test_each_live_record_is_handed_over_once_and_confirmed(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.STANDING)
        for _ in range(5):
            site.say()
            await asyncio.sleep(0.02)
        await eventually(lambda: site.waiting == 0)
        await eventually(lambda: len(hub.arrivals) == 5)
    assert hub.seqs("live") == [0, 1, 2, 3, 4]
    assert site.flows == [True, False]


async def test_records_close_quickly_as_soon_as_a_connection_stands(site: Site) -> None:
    """Not only after the first confirm: the open record may be one that cannot go live."""
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.STANDING)
        assert site.flows == [True]


async def test_what_waited_while_offline_comes_as_backlog_and_the_newest_first(hub: Hub, site: Site) -> None:
    for _ in range(50):
        site.say()
    await asyncio.sleep(0.05)
    async with running(site.uplink.run()):
        await eventually(lambda: len(hub.arrivals) == 50)
        await eventually(lambda: site.waiting == 0)
    assert hub.seqs("live") == [49]
    assert hub.seqs("backlog") == list(range(49))
    assert hub.arrivals[0].lane == "live"


async def test_kinds_that_are_not_live_wait_their_turn(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.STANDING)
        site.say(kind=Kind.LOG)
        site.say(kind=Kind.WAVEFORM)
        await eventually(lambda: len(hub.arrivals) == 2)
    assert hub.seqs("backlog") == [0, 1]


async def test_a_broker_without_the_hubs_queues_confirms_nothing(rabbitmq: Broker) -> None:
    """The control of all: exchanges without queues route nowhere, and the broker says so."""
    hub = Hub(rabbitmq)
    await hub.open()
    site = Site(hub.vhost, rabbitmq.amqp_port)
    for queue in ("sts.telemetry.live", "sts.telemetry.backlog"):
        rabbitmq.api("DELETE", f"/api/queues/{hub.vhost}/{queue}")
    try:
        async with running(site.uplink.run(), site.talk(0.1)):
            await eventually(lambda: any("no queue" in one for one in site.health.faults))
            assert site.waiting == site.buffer.head + 1
            await hub.declare()
            await hub.listen()
            await eventually(lambda: site.buffer.epochs()[0].confirmed)
            await eventually(lambda: not site.health.faults)
    finally:
        await hub.close()


async def test_finish_sees_the_last_live_record_confirmed_and_says_goodbye(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: len(hub.beats) == 1)
        site.say()
        await site.uplink.finish(5.0)
        assert site.waiting == 0
        await eventually(lambda: len(hub.beats) == 2)


async def test_an_uplink_runs_until_it_is_cancelled_whatever_the_network_does(hub: Hub, site: Site) -> None:
    uplink: Uplink = site.uplink
    hub.broker.api("DELETE", f"/api/vhosts/{hub.vhost}")
    run = asyncio.create_task(uplink.run())
    site.say()
    await asyncio.sleep(1.0)
    assert not run.done()
    run.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await run
    hub.broker.make_vhost(hub.vhost)


async def test_a_record_offered_while_nothing_runs_is_neither_lost_nor_confirmed(site: Site) -> None:
    for _ in range(3):
        site.say()
    await asyncio.sleep(0.05)
    assert site.waiting == 3
    assert site.uplink.report().state is LinkState.DOWN
