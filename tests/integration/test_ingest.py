"""The worker end to end: broker in, database out, live frames beside."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import aio_pika
import pytest

from ingest_support import PATIENCE_S, SECOND_US, Gateway, eventually, ledger, message, stored
from sts_hub.live import frames
from sts_protocols import routing
from sts_protocols.record import Kind, Log, encode_log

CRASH = Path(__file__).resolve().parents[1] / "ingest_crash.py"


def all_stored(hub, *gateways: Gateway):
    """Whether exactly what these gateways said is in the database."""

    async def check() -> bool:
        return all([await stored(hub.database.owner, g.id) == g.said for g in gateways])

    return check


async def nothing_waits(hub) -> bool:
    return not await hub.depth(routing.LIVE_QUEUE) and not await hub.depth(routing.BACKLOG_QUEUE)


async def has_refused(worker, count: int) -> bool:
    return worker.counters.refused._value.get() == count


async def test_both_lanes_are_stored_value_for_value(hub):
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    records = gateway.many(120)
    for record in records[:20]:
        await link.send(record)
    for start in range(20, 120, 25):
        await link.send(*records[start : start + 25], lane="backlog")
    await eventually(all_stored(hub, gateway))
    assert await ledger(hub.database.owner, gateway.id) == [(0, 119)]
    assert await hub.database.owner.fetchval("SELECT backlog_head FROM sts.epoch") == 119


async def test_waveforms_are_stored_value_for_value_and_once_between_samples(hub):
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    for seq in range(6):
        wave = gateway.waveform([float(place * place % 997) - 300.0 for place in range(130 + seq)])
        await link.send(wave, lane="backlog")
        await link.send(wave, lane="backlog")
        await link.send(gateway.samples())
    await eventually(all_stored(hub, gateway))
    assert await ledger(hub.database.owner, gateway.id) == [(0, 11)]


async def test_two_workers_share_what_comes_twice_on_both_lanes(hub):
    """A live record that timed out is sent again as backlog, and both copies arrive."""
    workers = [await hub.start() for _ in range(2)]
    gateway, link = Gateway(), await hub.gateway()
    for record in gateway.many(60):
        await link.send(record)
        await link.send(record, lane="backlog")
    await eventually(all_stored(hub, gateway))

    async def all_refused() -> bool:
        return sum(worker.counters.refused._value.get() for worker in workers) == 60

    await eventually(all_refused)
    assert await stored(hub.database.owner, gateway.id) == gateway.said


@pytest.mark.parametrize(("step", "survives"), [("copied", False), ("entered", False), ("committed", True)])
async def test_a_worker_killed_in_its_transaction_leaves_all_of_it_or_nothing(hub, step, survives):
    gateway, link = Gateway(), await hub.gateway()
    await link.send(*gateway.many(20), lane="backlog")
    await killed_at(hub, step)
    assert bool(await stored(hub.database.owner, gateway.id)) == survives
    worker = await hub.start()
    await eventually(all_stored(hub, gateway))
    await eventually(lambda: nothing_waits(hub))
    await eventually(lambda: has_refused(worker, 20 if survives else 0))
    assert await stored(hub.database.owner, gateway.id) == gateway.said


async def test_without_the_ledger_a_worker_killed_before_its_ack_would_store_twice(hub):
    """The control for the one above."""
    gateway, link = Gateway(), await hub.gateway()
    await link.send(*gateway.many(5), lane="backlog")
    await killed_at(hub, "committed")
    await hub.database.owner.execute("UPDATE sts.epoch SET received = '{}'")
    await hub.start()

    async def doubled() -> bool:
        return await stored(hub.database.owner, gateway.id) == gateway.said + gateway.said

    await eventually(doubled)


async def killed_at(hub, step: str) -> None:
    """Run a worker of its own process until it has killed itself at this step."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CRASH),
        hub.database.ingest_dsn,
        hub.amqp_url,
        step,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL


async def test_one_bad_record_in_a_good_message_costs_nothing_else(hub):
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    first, bad, last = gateway.many(3)
    broken = bytearray(bad.raw)
    broken[-1] ^= 1
    unknown = gateway.record(99, b"from a newer gateway")
    await link.send_bytes(first.raw + bytes(broken) + unknown.raw + last.raw)
    await link.send(bad, lane="backlog")
    await eventually(all_stored(hub, gateway))
    parked = await hub.database.owner.fetch("SELECT epoch, seq, reason, raw FROM sts.parked ORDER BY reason")
    assert [tuple(row) for row in parked] == [
        (None, None, "crc", bytes(broken)),
        (gateway.id, 3, "kind", unknown.raw),
    ]
    assert await ledger(hub.database.owner, gateway.id) == [(0, 2)]
    assert await ledger(hub.database.owner, gateway.id, "parked") == [(3, 3)]


async def test_a_value_that_the_database_refuses_is_parked_alone(hub):
    """Found by halving: the other records of the transaction are stored."""
    await hub.database.owner.execute("ALTER TABLE sts.sample ADD CONSTRAINT odd CHECK (value <> 67)")
    gateway, link = Gateway(sensors=("hr-01",)), await hub.gateway()
    await hub.start()
    records = gateway.many(20)
    await link.send(*records, lane="backlog")
    await eventually(lambda: hub.database.owner.fetchval("SELECT count(*) = 1 FROM sts.parked"))
    bad = gateway.boot_us(7) + gateway.offset_us
    wanted = [said for said in gateway.said if not bad <= said[2] < bad + SECOND_US]
    await eventually(lambda: nothing_waits(hub))
    assert sorted(await stored(hub.database.owner, gateway.id)) == sorted(wanted)
    row = await hub.database.owner.fetchrow("SELECT seq, reason, raw FROM sts.parked")
    assert tuple(row) == (7, "refused", records[7].raw)
    assert await ledger(hub.database.owner, gateway.id) == [(0, 6), (8, 19)]


async def test_a_message_in_another_name_is_parked_whole(hub):
    """The hub's own user may write any key: the broker checks user-id only where it is set."""
    await hub.start()
    gateway = Gateway()
    channel = await (await hub.connect()).channel()
    exchange = await channel.get_exchange(routing.TELEMETRY, ensure=False)
    body = message(*gateway.many(2))
    await exchange.publish(aio_pika.Message(body), "telemetry.pitch-1.live")
    await eventually(lambda: hub.database.owner.fetchval("SELECT count(*) = 1 FROM sts.parked"))
    row = await hub.database.owner.fetchrow("SELECT gateway, epoch, reason, raw FROM sts.parked")
    assert tuple(row) == ("unknown", None, "sender", body)
    assert not await stored(hub.database.owner, gateway.id)


async def test_bytes_that_are_no_records_stop_nothing(hub):
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    await link.send_bytes(b"")
    await link.send_bytes(b"GET / HTTP/1.1\r\n\r\n")
    await link.send_bytes(b"\xf5ST\x9c" * 5000)
    await link.send_bytes(bytes(100_000))
    await link.send(*gateway.many(3))
    await eventually(all_stored(hub, gateway))
    await eventually(lambda: nothing_waits(hub))


async def test_the_same_damaged_bytes_are_parked_once(hub):
    link = await hub.gateway()
    await hub.start()
    for _ in range(3):
        await link.send_bytes(b"no record at all")
    await eventually(lambda: nothing_waits(hub))
    await eventually(lambda: hub.database.owner.fetchval("SELECT count(*) = 1 FROM sts.parked"))


async def test_log_records_are_kept_for_the_technician(hub):
    gateway, link = Gateway(), await hub.gateway()
    await hub.start()
    log = Log(gateway.boot_us(0), "warning", "strap_lost", {"sensor": "hr-01", "times": 3})
    await link.send(gateway.record(Kind.LOG, encode_log(log)))
    query = "SELECT level, event, fields->>'sensor' AS sensor, sts.us(t) AS t FROM sts.gateway_log"
    await eventually(lambda: hub.database.owner.fetchrow(query))
    row = await hub.database.owner.fetchrow(query)
    assert tuple(row) == ("warning", "strap_lost", "hr-01", gateway.boot_us(0) + gateway.offset_us)


async def test_live_frames_show_what_was_said_now_and_only_of_who_consents(hub):
    gateway, link = Gateway(sensors=("hr-01", "hr-02")), await hub.gateway()
    await hub.database.worn("hr-01")
    heard = await hub.hear("live.#")
    await hub.start()
    await hub.until_taking()
    gateway.began(SECOND_US)
    await link.send(gateway.samples())
    frame = frames.decode((await asyncio.wait_for(heard.get(), PATIENCE_S)).body)
    assert isinstance(frame, frames.Frame)
    assert (frame.gateway, frame.seq) == ("pitch-1", 0)
    said = {said[1:] for said in gateway.said if said[0] == "hr-01"}
    assert {(v.metric, v.t_us, v.value, v.quality) for v in frame.values} == said


async def test_backlog_repeats_and_old_records_make_no_frames(hub):
    link = await hub.gateway()
    await hub.database.worn("hr-01", "hr-02")
    heard = await hub.hear("live.#")
    worker = await hub.start()
    await hub.until_taking()
    now, old = Gateway(age_us=SECOND_US), Gateway(age_us=10 * SECOND_US)
    await link.send(*now.many(1), lane="backlog")
    await link.send(*old.many(1))
    await eventually(all_stored(hub, now, old))
    assert heard.empty()
    assert worker.counters.frames._value.get() == 0


async def test_values_without_consent_are_not_stored_and_with_it_they_are(hub):
    with_consent, without = Gateway(), Gateway("pitch-2")
    await hub.database.worn("hr-01", "hr-02")
    await hub.database.worn("hr-01", gateway="pitch-2", consent="none")
    worker = await hub.start()
    await (await hub.gateway()).send(*with_consent.many(3))
    await (await hub.gateway("pitch-2")).send(*without.many(3))
    await eventually(all_stored(hub, with_consent))
    await eventually(lambda: ledger(hub.database.owner, without.id))
    kept = {said for said in without.said if said[0] == "hr-02"}
    assert set(await stored(hub.database.owner, without.id)) == kept
    assert worker.counters.withheld._value.get() == 9
