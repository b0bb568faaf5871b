"""The AMQP uplink against a real broker, well and unwell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from demo.ports import free_port
from faults.link import Link
from sts_edge.uplinks import LinkState
from sts_edge.uplinks.amqp import address
from sts_edge.uplinks.amqp.outlet import Outlet
from sts_edge.uplinks.dialling import Dialler
from sts_edge.uplinks.line import Outcome, Verdict
from sts_protocols.beat import Answer, Beat, EpochAnswer
from sts_protocols.record import UNKNOWN_CLOCK, Anchor, ClockSource, Drop, Kind, Record, decode_drop
from uplink_support import (
    GATEWAY,
    PASSWORD,
    Broker,
    Hub,
    Site,
    StillClock,
    eventually,
    lanes_handed_over,
    running,
    tries_begun,
)

PIN = Anchor(1, 1_790_000_000_000_000, 1000, ClockSource.HUB)


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    """A hub that listens, on a virtual host of its own."""
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


@pytest.fixture
async def site(hub: Hub) -> Site:
    """A gateway of that hub."""
    return Site(hub.vhost, hub.broker.amqp_port)


@asynccontextmanager
async def alarm(broker: Broker) -> AsyncIterator[None]:
    """The broker's disk alarm."""
    await asyncio.to_thread(broker.control, "set_disk_free_limit", "900GB")
    try:
        yield
    finally:
        await asyncio.to_thread(broker.control, "set_disk_free_limit", "50MB")


def forge_user_of(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send this record with somebody else's user-id, for which the broker closes the channel."""
    send = Outlet.send

    def forged(self: Outlet, body: bytes, *rest: Any, user: str, **more: Any) -> None:
        send(self, body, *rest, user="somebody" if record.raw in body else user, **more)

    monkeypatch.setattr(Outlet, "send", forged)


async def test_a_backlog_travels_many_records_to_a_message(hub: Hub, site: Site) -> None:
    """The first ones find out what the link carries, which takes as many messages as its confirms are slow."""
    await hub.deaf()
    await site.fill(2_000)
    async with running(site.uplink.run()):
        await eventually(lambda: site.waiting == 0)
    await hub.listen()
    await eventually(lambda: len(hub.arrivals) == 2_000)
    messages = len({one.at_s for one in hub.arrivals})
    assert messages < 2_000 / 3


async def test_a_full_queue_keeps_records_here_and_is_told(
    hub: Hub, site: Site, rabbitmq: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sts_edge.uplinks.backlog.LONGEST_PAUSE_S", 1.0)
    await hub.deaf()
    policy = {"pattern": "^sts.telemetry", "definition": {"max-length": 1}, "apply-to": "queues"}
    rabbitmq.api("PUT", f"/api/policies/{hub.vhost}/small", policy)
    async with running(site.uplink.run(), site.talk(0.05)):
        await eventually(lambda: any("is full" in one for one in site.health.faults))
        await eventually(lambda: site.waiting > 3)
        rabbitmq.api("DELETE", f"/api/policies/{hub.vhost}/small")
        await hub.listen()
        await eventually(lambda: not site.health.faults)
        last = site.buffer.head
        await eventually(lambda: set(range(last)) <= set(hub.seqs()))


async def test_a_refused_login_is_told_and_not_repeated(
    hub: Hub, rabbitmq: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, begun = Site(hub.vhost, rabbitmq.amqp_port, password="of somebody else"), tries_begun(monkeypatch)
    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.REFUSED)
        tries = len(begun)
        await asyncio.sleep(2.0)
        assert len(begun) == tries >= 1
        assert any("needs enrolment" in one for one in site.health.faults)


async def test_a_refused_login_that_is_mended_is_taken(
    hub: Hub, rabbitmq: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sts_edge.uplinks.uplink.LOGIN_PAUSE_S", 0.2)
    site = Site(hub.vhost, rabbitmq.amqp_port, password="of yesterday")
    async with running(site.uplink.run(), site.talk()):
        await eventually(lambda: site.uplink.report().state is LinkState.REFUSED)
        site.password = PASSWORD  # as when somebody writes the right one into the file
        await eventually(lambda: site.is_up)
        assert not site.health.faults


async def test_a_record_the_broker_refuses_does_not_take_others_along(
    hub: Hub, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sts_edge.uplinks.keeping.FIRST_PAUSE_S", 0.05)
    good = [site.say() for _ in range(20)]
    bad = site.say(values=40)
    good += [site.say() for _ in range(20)]
    forge_user_of(bad, monkeypatch)
    async with running(site.uplink.run()):
        await eventually(lambda: site.waiting == 1)
        await eventually(lambda: any("set aside" in one for one in site.health.faults))
        await eventually(lambda: set(hub.seqs()) >= {one.header.seq for one in good})
    assert bad.header.seq not in hub.seqs()


async def test_a_blocked_broker_is_told_and_not_reconnected_to(
    hub: Hub, rabbitmq: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Link(free_port(), rabbitmq.amqp_port) as link:
        site, begun = Site(hub.vhost, link.port), tries_begun(monkeypatch)
        async with running(site.uplink.run(), site.talk()):
            await eventually(lambda: site.is_up and link.open == 2)
            async with alarm(rabbitmq):
                await eventually(lambda: site.uplink.report().state is LinkState.BLOCKED)
                tries = len(begun)
                await asyncio.sleep(2.0)
                assert len(begun) == tries
                assert any("takes no records" in one for one in site.health.faults)
            await eventually(lambda: site.is_up)
            last = site.buffer.head
            await eventually(lambda: set(range(last)) <= set(hub.seqs()))


@pytest.mark.parametrize("fault", ["refuse", "silence", "cut"])
async def test_after_an_outage_everything_arrives_and_a_live_record_first(
    hub: Hub, rabbitmq: Broker, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Link(free_port(), rabbitmq.amqp_port) as link:
        site = Site(hub.vhost, link.port)
        async with running(site.uplink.run(), site.talk(0.1)):
            await eventually(lambda: site.is_up)
            lanes, stops = lanes_handed_over(site, monkeypatch), site.flows.count(False)
            await getattr(link, fault)()
            await eventually(lambda: site.flows.count(False) > stops)
            await asyncio.sleep(0.0 if fault == "cut" else 3.0)
            await link.restore()
            await eventually(lambda: site.is_up and "backlog" in lanes)
            assert lanes[0] == "live"
            last = site.buffer.head
            await eventually(lambda: set(range(last)) <= set(hub.seqs()))


async def test_a_stalled_link_is_noticed_and_tried_anew_while_the_old_one_is_kept(
    hub: Hub, rabbitmq: Broker
) -> None:
    async with Link(free_port(), rabbitmq.amqp_port) as link:
        site = Site(hub.vhost, link.port)
        async with running(site.uplink.run(), site.talk(0.1)):
            await eventually(lambda: site.is_up)
            await link.silence()
            await eventually(lambda: site.uplink.report().state is LinkState.STALLED)
            assert link.open >= 1


async def test_a_short_stall_that_ends_needs_no_new_connection(hub: Hub, rabbitmq: Broker) -> None:
    """Only the flows stall, the way for new connects is shut: the old connection revives."""
    async with Link(free_port(), rabbitmq.amqp_port) as link:
        site = Site(hub.vhost, link.port)
        async with running(site.uplink.run(), site.talk(0.1)):
            await eventually(lambda: site.is_up)
            await link.silence()
            await eventually(lambda: site.uplink.report().state is LinkState.STALLED)
            link.up.speak()
            link.down.speak()
            for end in link._ends:
                end.resume()
            await eventually(lambda: site.is_up)


async def test_a_broker_that_restarts_costs_nothing(hub: Hub, site: Site, rabbitmq: Broker) -> None:
    async with running(site.uplink.run(), site.talk(0.1)):
        await eventually(lambda: site.is_up)
        await asyncio.to_thread(rabbitmq.control, "stop_app")
        await eventually(lambda: site.uplink.report().state is LinkState.DOWN)
        await asyncio.to_thread(rabbitmq.control, "start_app")
        await asyncio.to_thread(rabbitmq.wait_ready)
        await eventually(lambda: site.is_up)
        await hub.listen()
        last = site.buffer.head
        await eventually(lambda: set(range(last)) <= set(hub.seqs()))


async def test_unknown_clock_waits_until_the_hub_knows_the_pin(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: hub.beats)
        site.say(UNKNOWN_CLOCK)
        site.say()
        await eventually(lambda: hub.seqs())
        await asyncio.sleep(0.5)
        assert set(hub.seqs()) == {1}
        site.buffer.pin(PIN)
        site.uplink.beat()
        await eventually(lambda: set(hub.seqs()) == {0, 1})


async def test_the_first_beat_goes_out_at_once_and_its_answer_sets_the_clock(hub: Hub, site: Site) -> None:
    async with running(site.uplink.run()):
        await eventually(lambda: site.clock.told)
    sent_us, received_us, hub_us = site.clock.told[0]
    assert sent_us <= received_us
    assert hub_us > 0
    assert hub.beats[0].number == 1


async def test_what_the_hub_has_is_confirmed_and_what_it_wants_is_sent_again(hub: Hub, site: Site) -> None:
    def wanting(beat: Beat, answer: Answer) -> Answer:
        answer.epochs[0].wanted = [(1, 2)]
        return answer

    async with running(site.uplink.run()):
        await eventually(lambda: site.uplink.report().state is LinkState.STANDING)
        for _ in range(4):
            site.say()
        await eventually(lambda: site.waiting == 0 and set(hub.seqs()) == {0, 1, 2, 3})
        hub.answer, before = wanting, len(hub.arrivals)
        site.uplink.beat()
        await eventually(lambda: len(hub.arrivals) >= before + 2)
    assert set(hub.seqs()[before:]) == {1, 2}


async def test_what_is_wanted_and_no_longer_held_is_declared(hub: Hub, site: Site) -> None:
    stranger = "ab" * 16

    def wanting(beat: Beat, answer: Answer) -> Answer:
        answer.epochs.append(EpochAnswer(epoch=stranger, wanted=[(3, 5)]))
        return answer

    site.buffer.pin(PIN)
    hub.answer = wanting
    async with running(site.uplink.run()):
        await eventually(lambda: any(one.record.header.kind == Kind.DROP for one in hub.arrivals))
    drop: Drop = decode_drop(next(one.record.body for one in hub.arrivals))
    assert (drop.epoch.hex(), drop.ranges) == (stranger, [(3, 5)])


async def test_no_publish_outlives_its_connection_without_a_verdict(hub: Hub, rabbitmq: Broker) -> None:
    """Far more than aiormq's own queue takes waits on a link that carries nothing; then the line is cut."""
    async with Link(free_port(), rabbitmq.amqp_port) as link:
        where = address(f"amqp://127.0.0.1:{link.port}/{hub.vhost}", GATEWAY, lambda: PASSWORD, StillClock())
        line = await Dialler(where, "live").dial()
        outlet = await line.outlet()
        await link.silence()
        verdicts: list[Verdict] = []
        for _ in range(100):
            outlet.publish(bytes(60_000), "backlog", verdicts.append)
        await asyncio.sleep(0.2)
        line.cut()
        await eventually(lambda: len(verdicts) == 100)
    assert {verdict.outcome for verdict in verdicts} == {Outcome.LOST}
