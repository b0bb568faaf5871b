"""What every uplink promises (`sts_edge.uplinks.Uplink`), each kind against its real counterpart.

There is no uplink in memory: what it would have to promise is what a broker does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import msgspec
import pytest

from sts_edge.uplinks import LinkState, Uplink
from sts_protocols.record import Kind
from uplink_support import PATIENCE_S, Broker, Hub, Site, door, eventually, lanes_handed_over, running


@asynccontextmanager
async def over_amqp(hub: Hub) -> AsyncIterator[Site]:
    yield Site(hub.vhost, hub.broker.amqp_port)


@asynccontextmanager
async def over_https(hub: Hub) -> AsyncIterator[Site]:
    """Plain on loopback; what TLS changes stands in the integration tests."""
    async with door(hub) as port:
        yield Site(hub.vhost, port, "http")


Way = Callable[[Hub], AbstractAsyncContextManager[Site]]
KINDS: dict[str, Way] = {"amqp": over_amqp, "https": over_https}


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    """A hub that listens, on a virtual host of its own."""
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Way:
    """One kind of uplink."""
    return KINDS[request.param]


@pytest.fixture
async def site(kind: Way, hub: Hub) -> AsyncIterator[Site]:
    """A gateway of that hub."""
    async with kind(hub) as site:
        yield site


async def test_each_live_record_is_handed_over_once_and_confirmed(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.STANDING)
        for _ in range(5):
            site.say()
            await eventually(lambda: site.waiting == 0)
        await eventually(lambda: len(hub.seqs("live")) >= 5)
    assert hub.seqs("live") == [0, 1, 2, 3, 4]
    assert site.flows == [True, False] * (len(site.flows) // 2), "every change is told once"


async def test_records_close_quickly_as_soon_as_a_connection_stands(site: Site) -> None:
    """Not only after the first confirm: the open record may be one that cannot go live."""
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.STANDING)
        assert site.flows == [True]


async def test_what_waited_while_offline_comes_as_backlog_and_the_newest_first(
    hub: Hub, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = lanes_handed_over(site, monkeypatch)
    for _ in range(50):
        site.say()
    async with running(site.uplink.run()):
        await eventually(lambda: site.waiting == 0)
        assert lanes[0] == "live"
        await eventually(lambda: hub.seqs("live") and set(hub.seqs("backlog")) >= set(range(49)))
    assert hub.seqs("live") == [49]
    assert hub.seqs("backlog")[:49] == list(range(49))


async def test_kinds_that_are_not_live_wait_their_turn(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.STANDING)
        site.say(kind=Kind.LOG)
        site.say(kind=Kind.WAVEFORM)
        await eventually(lambda: len(hub.seqs("backlog")) == 2)
    assert hub.seqs() == [0, 1]


async def test_a_broker_without_the_hubs_queues_confirms_nothing(rabbitmq: Broker, kind: Way) -> None:
    """The control of all: exchanges without queues route nowhere, and the broker says so."""
    hub = Hub(rabbitmq)
    await hub.open()
    for queue in ("sts.telemetry.live", "sts.telemetry.backlog"):
        rabbitmq.api("DELETE", f"/api/queues/{hub.vhost}/{queue}")
    try:
        async with kind(hub) as site, running(site.uplink.run(), site.talk(0.1)):
            await eventually(lambda: any("no queue" in one for one in site.health.faults))
            assert site.waiting > site.buffer.head, "each record, also one whose sync has not ended"
            assert not site.buffer.epochs()[0].confirmed
            await hub.declare()
            await hub.listen()
            await eventually(lambda: site.buffer.epochs()[0].confirmed)
            await eventually(lambda: not site.health.faults)
    finally:
        await hub.close()


async def test_finish_sees_the_last_live_record_confirmed_and_says_goodbye(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: hub.beats)
        beats = len(hub.beats)
        site.say()
        await site.uplink.finish(PATIENCE_S)
        assert site.waiting == 0
        await eventually(lambda: len(hub.beats) > beats)


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


async def test_a_parked_copy_beats_and_sends_nothing_until_the_hub_says_otherwise(
    hub: Hub, site: Site
) -> None:
    parked: list[str | None] = ["its card was copied: enrol it anew"]
    hub.answer = lambda beat, answer: msgspec.structs.replace(answer, parked=parked[0])
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().parked)
        assert any("enrol it anew" in fault for fault in site.health.faults)
        for _ in range(3):
            site.say()
        beats = len(hub.beats)
        site.uplink.beat()
        await eventually(lambda: len(hub.beats) > beats)
        assert (hub.arrivals, site.waiting) == ([], 3)
        parked[0] = None
        site.uplink.beat()
        await eventually(lambda: site.waiting == 0)
        assert list(site.health.faults) == []
        # A broker confirms what the hub has yet to fetch.
        await eventually(lambda: sorted(set(hub.seqs())) == [0, 1, 2])


async def test_documents_come_by_their_own_way_and_live_data_before_them(hub: Hub, site: Site) -> None:
    """Twenty parts wait; what is closed meanwhile is shown live, and all of it is confirmed."""
    for _ in range(20):
        site.say(kind=Kind.DOCUMENT)
    await site.buffer.synced(19)
    async with running(site.uplink.run(), site.talk(0.05)):
        await eventually(lambda: len(hub.seqs("document")) == 20)
        await eventually(lambda: hub.seqs("live"))
        await eventually(
            lambda: site.buffer.epochs()[0].confirmed[:1] and site.buffer.epochs()[0].confirmed[0][1] > 20
        )
    assert hub.seqs("document") == list(range(20))
    assert not set(hub.seqs("backlog")) & set(range(20))
