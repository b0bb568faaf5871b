"""Beats: what is kept of them, and what is answered."""

from __future__ import annotations

import asyncio
import hashlib
import time
from datetime import UTC, datetime, timedelta

import aio_pika
import pytest

from ingest_support import PATIENCE_S, SECOND_US, Gateway, eventually, ledger, now_us, stored
from sts_hub.beats.service import Settled, settle
from sts_hub.ingest import parking
from sts_hub.ingest.intake import read_message
from sts_hub.ingest.wall import frame_of
from sts_hub.live import frames
from sts_protocols import routing
from sts_protocols.beat import (
    AnchorReport,
    Beat,
    EpochReport,
    HealthReport,
    SensorReport,
    SettingsReport,
    encode_beat,
)
from sts_protocols.record import UNKNOWN_CLOCK, Drop, Kind, encode_drop

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def report(gateway: Gateway, **how) -> EpochReport:
    told = {"boot_id": "boot", "running": True, "first": 0, "head": gateway.seq - 1, "confirmed": []}
    return EpochReport(gateway.epoch.hex(), **(told | how))


def beat(
    gateway: Gateway, *others: EpochReport, number: int = 1, sensors: list[SensorReport] | None = None, **how
) -> Beat:
    return Beat(
        gateway=gateway.name,
        epoch=gateway.epoch.hex(),
        number=number,
        boot_us=gateway.boot_us(gateway.seq),
        epochs=[*others, report(gateway, **how)],
        sensors=sensors or [],
    )


class Desk:
    """Settles beats at chosen times."""

    def __init__(self, database) -> None:
        self._connection = database.owner
        self.empty_at: float | None = None

    async def __call__(self, said: Beat, seconds: float = 0.0) -> Settled:
        return await settle(self._connection, said, AT + timedelta(seconds=seconds), self.empty_at)

    async def epoch(self, gateway: Gateway):
        return await self._connection.fetchrow("SELECT * FROM sts.epoch WHERE epoch = $1", gateway.id)


@pytest.fixture
def desk(hub_database) -> Desk:
    return Desk(hub_database)


async def test_heads_only_rise_and_an_ended_epoch_never_reopens_whatever_order_beats_come_in(desk):
    gateway = Gateway()
    await desk(beat(gateway, head=9))
    await desk(beat(gateway, head=5), 1)
    assert (await desk.epoch(gateway))["head"] == 9
    after = Gateway()
    await desk(beat(after, report(gateway, running=False, head=12)), 2)
    await desk(beat(gateway, head=11), 3)
    row = await desk.epoch(gateway)
    assert (row["head"], row["running"]) == (12, False)


async def test_a_pin_once_told_stays(desk):
    gateway = Gateway()
    first = AnchorReport(10, 10 + 1_770_000_000 * SECOND_US, 900, 1)
    other = AnchorReport(10, 10 + 1_770_000_001 * SECOND_US, 1, 2)
    assert (await desk(beat(gateway))).epochs[0].pinned is False
    assert (await desk(beat(gateway, pin=first))).epochs[0].pinned is True
    await desk(beat(gateway, pin=other))
    row = await desk.epoch(gateway)
    assert (row["pin_offset_us"], row["pin_error_us"], row["pin_source"]) == (
        1_770_000_000 * SECOND_US,
        900,
        1,
    )


async def test_a_pin_in_2106_is_not_taken_and_told(desk):
    gateway = Gateway()
    settled = await desk(beat(gateway, pin=AnchorReport(10, 4_294_967_296 * SECOND_US, 900, 1)))
    assert settled.epochs[0].pinned is False
    assert "no time of today" in settled.faults[0]


async def test_an_epoch_is_closed_when_it_has_ended_and_nothing_of_it_is_expected(desk, hub_database):
    store, gateway = await hub_database.store(), Gateway()
    records = gateway.many(5)
    await hub_database.send(store, *records[:3])
    assert not (await desk(beat(gateway))).epochs[0].closed
    after = Gateway()
    ended = report(gateway, running=False)
    assert not closed(await desk(beat(after, ended)), gateway)
    drop = encode_drop(Drop(gateway.epoch, [(3, 3)], "full", 0, 1))
    await hub_database.send(store, after.record(Kind.DROP, drop))
    assert not closed(await desk(beat(after, ended)), gateway)
    await hub_database.send(store, records[4])
    assert closed(await desk(beat(after, ended)), gateway)
    assert closed(await desk(beat(gateway)), gateway)


def closed(settled: Settled, gateway: Gateway) -> bool:
    return next(answer.closed for answer in settled.epochs if answer.epoch == gateway.epoch.hex())


def wanted(settled: Settled, gateway: Gateway) -> list[tuple[int, int]]:
    return next(answer.wanted for answer in settled.epochs if answer.epoch == gateway.epoch.hex())


async def test_what_was_confirmed_and_did_not_come_is_wanted_again_once_later_backlog_has(desk, hub_database):
    store, gateway = await hub_database.store(), Gateway()
    records = gateway.many(10)
    await hub_database.send(store, *records[:3])
    told = beat(gateway, confirmed=[(0, 9)])
    assert wanted(await desk(told), gateway) == []
    assert wanted(await desk(told, 10), gateway) == []
    await hub_database.send(store, *records[6:], lane="backlog")
    assert wanted(await desk(told, 20), gateway) == [(3, 5)]
    assert wanted(await desk(told, 30), gateway) == []
    assert wanted(await desk(told, 621), gateway) == [(3, 5)]
    await hub_database.send(store, *records[3:6], lane="backlog")
    assert wanted(await desk(told, 2000), gateway) == []
    assert await hub_database.owner.fetchval("SELECT count(*) FROM sts.want") == 0


async def test_what_was_not_confirmed_is_not_asked_for(desk, hub_database):
    store, gateway = await hub_database.store(), Gateway()
    records = gateway.many(10)
    await hub_database.send(store, *records[6:], lane="backlog")
    for seconds in (0, 10, 20):
        assert wanted(await desk(beat(gateway, confirmed=[(6, 9)]), seconds), gateway) == []


async def test_what_is_parked_or_declared_is_not_asked_for(desk, hub_database):
    store, gateway = await hub_database.store(), Gateway()
    unknown = gateway.record(77, b"")
    gateway.seq = 3
    drop = encode_drop(Drop(gateway.epoch, [(1, 2)], "full", 0, 1))
    await hub_database.send(store, unknown, gateway.record(Kind.DROP, drop), lane="backlog")
    for seconds in (0, 10, 20):
        assert wanted(await desk(beat(gateway, confirmed=[(0, 3)]), seconds), gateway) == []


async def test_a_loss_is_kept_in_the_boot_time_of_its_epoch_for_a_pin_that_comes_later(desk, hub_database):
    store, gateway = await hub_database.store(), Gateway()
    drop = encode_drop(Drop(gateway.epoch, [(1, 2)], "full", 5_000_000, 7_000_000))
    await hub_database.send(store, gateway.record(Kind.DROP, drop, clock=UNKNOWN_CLOCK), lane="backlog")
    row = await hub_database.owner.fetchrow("SELECT first_t, last_t, first_us, last_us FROM sts.drop")
    assert tuple(row) == (None, None, 5_000_000, 7_000_000)


async def test_a_queue_seen_empty_since_is_as_good_as_later_backlog(desk, hub_database):
    store, gateway = await hub_database.store(), Gateway()
    records = gateway.many(4)
    await hub_database.send(store, *records[:2])
    told = beat(gateway, confirmed=[(0, 3)])
    assert wanted(await desk(told), gateway) == []
    desk.empty_at = (AT + timedelta(seconds=2)).timestamp()
    assert wanted(await desk(told, 10), gateway) == [(2, 3)]


async def test_a_hub_restored_from_an_old_backup_asks_for_what_it_lost(desk, hub_database):
    """The gateway holds confirmed segments until its cap, and tells them as confirmed."""
    gateway = Gateway()
    gateway.many(50)
    desk.empty_at = (AT + timedelta(seconds=2)).timestamp()
    told = beat(gateway, confirmed=[(0, 49)])
    assert wanted(await desk(told), gateway) == []
    assert wanted(await desk(told, 10), gateway) == [(0, 49)]


async def test_the_answer_tells_what_was_received(desk, hub_database):
    store, gateway = await hub_database.store(), Gateway()
    records = gateway.many(9)
    await hub_database.send(store, *records[:3], *records[5:8])
    assert (await desk(beat(gateway))).epochs[0].received == [(0, 2), (5, 7)]


async def test_another_gateways_epoch_is_neither_changed_nor_told(desk):
    gateway, thief = Gateway(), Gateway("pitch-2")
    await desk(beat(gateway, head=5))
    settled = await desk(beat(thief, report(gateway, running=False, head=99)))
    assert [answer.epoch for answer in settled.epochs] == [thief.epoch.hex()]
    row = await desk.epoch(gateway)
    assert (row["head"], row["running"], row["gateway"]) == (5, True, "pitch-1")


async def test_a_local_name_is_minted_once_and_another_device_under_it_is_a_fault(desk, hub_database):
    gateway = Gateway()
    strap = SensorReport("hr-01", "A0", "heart_rate", "live")
    assert (await desk(beat(gateway, sensors=[strap]))).faults == []
    assert (await desk(beat(gateway, sensors=[strap]), 10)).faults == []
    told = await desk(beat(gateway, sensors=[SensorReport("hr-01", "B0", "heart_rate", "live")]), 20)
    assert told.faults == ["hr-01 was the device A0 and is told as B0: give a new device a new name."]
    row = await hub_database.owner.fetchrow("SELECT address, other_address FROM sts.local_name")
    assert tuple(row) == ("A0", "B0")


async def test_a_copied_card_is_told(desk, hub_database):
    one, copy = Gateway(), Gateway()
    for seconds in (0, 10):
        assert (await desk(beat(one, number=seconds), seconds)).faults == []
    assert (await desk(beat(copy), 12)).faults == []
    await desk(beat(one, number=20), 20)
    for said, seconds in ((copy, 22), (one, 30), (copy, 32)):
        assert (
            "Two devices run as this gateway" in (await desk(beat(said, number=seconds), seconds)).faults[0]
        )
    assert await hub_database.owner.fetchval("SELECT copied_at FROM sts.gateway_state") is not None


async def test_an_agent_that_starts_again_is_no_copy(desk):
    """Also when the last beat of the one before is handled a moment after the first of the next."""
    before, after = Gateway(), Gateway()
    assert (await desk(beat(before, number=1), 0)).faults == []
    assert (await desk(beat(after), 10)).faults == []
    assert (await desk(beat(before, number=2), 10.5)).faults == []
    assert (await desk(beat(after, report(before, running=False), number=2), 20)).faults == []
    assert (await desk(beat(after, report(before, running=False), number=3), 90)).faults == []


async def test_the_state_is_that_of_the_newest_beat(desk, hub_database):
    before, after = Gateway(), Gateway()
    await desk(beat(before, number=8), 0)
    await desk(beat(after, number=1), 10)
    await desk(beat(before, number=9), 10.5)
    await desk(beat(after, number=3), 20)
    await desk(beat(after, number=2), 20.1)
    row = await hub_database.owner.fetchrow(
        "SELECT epoch, number, beat->>'epoch' AS told FROM sts.gateway_state"
    )
    assert tuple(row) == (after.id, 3, after.epoch.hex())


async def test_a_beat_is_answered_on_the_connection_that_asked(hub):
    gateway, link = Gateway(), await hub.gateway()
    heard = await hub.hear("fleet.#")
    await hub.start()
    await link.send(*gateway.many(3))
    await eventually(lambda: stored(hub.database.owner, gateway.id))
    told = beat(gateway, number=7, sensors=[SensorReport("hr-01", "A0", "heart_rate", "live", rssi=-60)])
    told.health = HealthReport("degraded", ["the card is slow"])
    before_us = now_us()
    answer = await link.beat(told)
    assert before_us <= answer.hub_us <= now_us()
    assert (answer.number, answer.epochs[0].received) == (7, [(0, 2)])
    news = frames.decode((await asyncio.wait_for(heard.get(), PATIENCE_S)).body)
    assert isinstance(news, frames.FleetNews)
    assert (news.gateway, news.state, news.faults) == ("pitch-1", "degraded", ["the card is slow"])
    assert [(s.name, s.address, s.state, s.rssi) for s in news.sensors] == [("hr-01", "A0", "live", -60)]


async def test_a_queue_that_is_empty_is_noticed_by_the_hub_itself(hub):
    """Confirmed, but damaged on the way: the record has no identity, and stays wanted until it is."""
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    lost, kept = gateway.many(2)
    await link.send_bytes(lost.raw[:-1] + bytes([lost.raw[-1] ^ 1]))
    await link.send(kept)
    await eventually(lambda: ledger(hub.database.owner, gateway.id))
    answers: list[list[tuple[int, int]]] = []

    async def wants() -> bool:
        said = beat(gateway, number=len(answers) + 1, confirmed=[(0, 1)])
        answers.append((await link.beat(said)).epochs[0].wanted)
        return bool(answers[-1])

    await eventually(wants)
    assert answers[0] == []
    assert answers[-1] == [(0, 0)]
    await link.send(lost, lane="backlog")

    async def whole() -> bool:
        return await stored(hub.database.owner, gateway.id) == gateway.said

    await eventually(whole)


async def test_beats_that_cannot_be_read_or_speak_for_others_are_dropped_and_the_next_is_answered(hub):
    gateway, link = Gateway(), await hub.gateway()
    worker = await hub.start()
    channel = await (await hub.connect()).channel()
    status = await channel.get_exchange(routing.STATUS, ensure=False)
    forged = encode_beat(beat(Gateway("pitch-2")))
    await status.publish(aio_pika.Message(b"{}"), "status.pitch-1.beat")
    await link.status.publish(aio_pika.Message(b"no beat", user_id="pitch-1"), "status.pitch-1.beat")
    await link.status.publish(aio_pika.Message(forged, user_id="pitch-1"), "status.pitch-1.beat")
    assert (await link.beat(beat(gateway))).number == 1
    refused = worker.counters.registry.get_sample_value("sts_ingest_beats_total", {"outcome": "refused"})
    assert refused == 3
    assert await hub.database.owner.fetchval("SELECT count(*) FROM sts.gateway_state") == 1


async def test_an_answer_goes_to_direct_reply_to_only(hub):
    """A gateway may write no queue; it must not make the hub do it."""
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    said = aio_pika.Message(encode_beat(beat(gateway)), user_id="pitch-1", reply_to=routing.DEAD_QUEUE)
    await link.status.publish(said, "status.pitch-1.beat")
    assert (await link.beat(beat(gateway, number=2))).number == 2
    await asyncio.sleep(0.5)
    assert await hub.database.owner.fetchval("SELECT count(*) FROM sts.parked") == 0


async def test_records_of_unknown_clock_are_stored_once_the_pin_is_told(hub):
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    await link.send(*[gateway.samples(clock=UNKNOWN_CLOCK) for _ in range(3)])
    await eventually(lambda: hub.database.owner.fetchval("SELECT count(*) = 3 FROM sts.parked"))
    assert not (await link.beat(beat(gateway))).epochs[0].pinned
    pin = AnchorReport(gateway.boot_us(0), gateway.boot_us(0) + gateway.offset_us, 900, 3)
    assert (await link.beat(beat(gateway, number=2, pin=pin))).epochs[0].pinned

    async def whole() -> bool:
        return await stored(hub.database.owner, gateway.id) == gateway.said

    await eventually(whole)
    assert await ledger(hub.database.owner, gateway.id, "parked") == []
    assert await hub.database.owner.fetchval("SELECT count(*) FROM sts.parked") == 0


async def test_the_copy_of_a_card_is_parked_whenever_it_starts_and_the_other_is_not(desk, hub_database):
    one, copy, later, anew = Gateway(), Gateway(), Gateway(), Gateway()
    parked = []
    for number, (said, seconds) in enumerate(
        [(one, 0), (copy, 2), (one, 10), (copy, 12), (one, 20), (copy, 22)]
    ):
        parked.append((await desk(beat(said, number=number), seconds)).parked)
    assert parked == [False, False, False, True, False, True]
    state = "SELECT epoch FROM sts.gateway_state"
    assert await hub_database.owner.fetchval(state) == one.id, "what the copy said gave way"
    told = await desk(beat(later, report(copy, running=False)), 100)
    assert (told.parked, told.epochs) == (True, []), "also alone, for it holds what the copy stored"
    restarted = await desk(beat(anew, report(one, running=False)), 101)
    assert not restarted.parked, "the first one, started again after the copy"
    assert not (await desk(beat(anew, report(one, running=False), number=2), 111)).parked
    assert (await desk(beat(later, report(copy, running=False), number=2), 112)).parked
    await hub_database.owner.execute(
        "WITH c AS (INSERT INTO sts.club (name) VALUES ('A') RETURNING id)"
        " INSERT INTO sts.gateway (name, club_id, site) SELECT $1, id, 'Pitch' FROM c",
        one.name,
    )
    await hub_database.owner.execute(
        "INSERT INTO sts.gateway_secret (gateway, hash) VALUES ($1, $2)", one.name, bytes(32)
    )
    assert not (await desk(beat(later, report(copy, running=False), number=3), 200)).parked, "enrolled anew"


async def test_the_records_of_a_copy_that_ignores_its_answer_are_parked_one_by_one_and_no_others(
    desk, hub_database
):
    one, copy, store = Gateway(), Gateway(), await hub_database.store()
    await hub_database.send(store, copy.samples())  # before anybody knew
    before = dict(copy.said)
    for number, (said, seconds) in enumerate([(one, 0), (copy, 2), (one, 10), (copy, 12)]):
        await desk(beat(said, number=number), seconds)
    async with hub_database.pools[-1].acquire() as connection:
        await store.register.refresh(connection, max_age_s=0)
    lies = copy.record(Kind.DROP, encode_drop(Drop(one.epoch, [(0, 9)], "purged", 0, 1)))
    told = await hub_database.send(store, one.samples(), copy.samples(), one.samples(), copy.samples(), lies)
    assert told.parked == 3
    owner = hub_database.owner
    assert dict(await stored(owner, one.id)) == dict(one.said)
    assert dict(await stored(owner, copy.id)) == before
    assert await ledger(owner, one.id, "declared") == [], "it can say nothing of the other one's records"
    rows = await owner.fetch("SELECT epoch, seq, reason FROM sts.parked ORDER BY seq")
    assert [tuple(row) for row in rows] == [(copy.id, seq, "copied") for seq in (1, 2, 3)]
    assert "enrol one of the two anew" in await owner.fetchval("SELECT detail FROM sts.parked LIMIT 1")

    again = await parking.retry(hub_database.pools[-1], store)
    assert (again.stored, again.still) == (0, 3), "while it is a copy they stay"
    await owner.execute("UPDATE sts.epoch SET copy_since = NULL")  # as a new key does
    async with hub_database.pools[-1].acquire() as connection:
        await store.register.refresh(connection, max_age_s=0)
    await parking.retry(hub_database.pools[-1], store)
    assert dict(await stored(owner, copy.id)) == dict(copy.said)


async def test_of_a_copy_nothing_is_shown_live(hub_database):
    """A strap that both hear is on the wall by the first one alone."""
    await hub_database.worn("hr-01", consent="[2020-01-01,)")
    store, now_us = await hub_database.store(), time.time_ns() // 1_000
    gateway = Gateway(age_us=0)
    (entry,) = read_message(gateway.name, "live", gateway.samples().raw).entries
    async with hub_database.pools[-1].acquire() as connection:
        await store.register.refresh(connection, max_age_s=0)
    assert frame_of(entry, store.register, now_us) is not None
    store.register.copies = frozenset({gateway.epoch})
    assert frame_of(entry, store.register, now_us) is None


async def test_a_gateway_that_the_register_does_not_know_may_tell_its_settings(desk, hub_database):
    gateway = Gateway()
    told = beat(gateway)
    told.settings = SettingsReport(1, hashlib.sha256(b"{}").hexdigest(), tables="{}")
    assert (await desk(told)).down.wanted is False
    assert await hub_database.owner.fetchval("SELECT version FROM sts.settings_version") == 1
