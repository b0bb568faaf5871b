"""The ledger: each record exactly once, whatever comes twice and whoever dies."""

from __future__ import annotations

import asyncio
import random

import pytest

from ingest_support import Gateway, ledger, stored
from sts_hub.ingest.intake import read_message
from sts_hub.ingest.store import DatabaseAwayError


class StopHereError(Exception):
    """What a checkpoint throws to stop a transaction."""


def stop_once(step: str):
    """A checkpoint that interrupts the first transaction that comes to this step."""
    left = [1]

    async def checkpoint(reached: str) -> None:
        if reached == step and left:
            left.clear()
            raise StopHereError

    return checkpoint


async def test_what_is_sent_is_stored_value_for_value(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    result = await hub_database.send(store, *gateway.many(20))
    assert (result.records, result.rows) == (20, sum(gateway.said.values()))
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_the_same_record_twice_in_one_message_is_stored_once(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    record = gateway.samples()
    result = await hub_database.send(store, record, record)
    assert (result.records, result.refused) == (1, 1)
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_the_same_record_in_two_messages_of_one_transaction_is_stored_once(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    first, second = gateway.many(2)
    messages = [read_message("pitch-1", "live", record.raw) for record in (first, second, first)]
    result = await store.store([entry for said in messages for entry in said.entries], [])
    assert (result.records, result.refused) == (2, 1)
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_the_same_record_in_a_later_transaction_is_refused(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    records = gateway.many(3)
    await hub_database.send(store, *records)
    result = await hub_database.send(store, *records)
    assert (result.records, result.rows, result.refused) == (0, 0, 3)
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_without_its_ledger_a_repeat_would_be_stored_twice(hub_database):
    """The control: it is the ledger that refuses, and the comparison that sees it when it does not."""
    gateway, store = Gateway(), await hub_database.store()
    records = gateway.many(3)
    await hub_database.send(store, *records)
    await hub_database.owner.execute("UPDATE sts.epoch SET received = '{}'")
    await hub_database.send(store, *records)
    assert await stored(hub_database.owner, gateway.id) == gateway.said + gateway.said


async def test_two_workers_with_the_same_record_store_it_once(hub_database):
    """Both have copied the rows before either enters the ledger."""
    both_copied = asyncio.Barrier(2)
    waited = set()

    def meet(name: str):
        async def checkpoint(step: str) -> None:
            if step == "copied" and name not in waited:
                waited.add(name)
                await both_copied.wait()

        return checkpoint

    gateway = Gateway()
    records = gateway.many(5)
    stores = [await hub_database.store(checkpoint=meet(name)) for name in ("one", "other")]
    results = await asyncio.gather(*(hub_database.send(store, *records) for store in stores))
    assert sorted(result.records for result in results) == [0, 5]
    assert sorted(result.refused for result in results) == [0, 5]
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_many_workers_and_repeats_in_any_order_store_each_once(hub_database):
    dice = random.Random(3)
    gateways = [Gateway(sensors=("a",)) for _ in range(4)]
    records = [record for gateway in gateways for record in gateway.many(60)]
    deliveries = records + records
    dice.shuffle(deliveries)
    batches = [deliveries[start : start + 12] for start in range(0, len(deliveries), 12)]

    async def work(store) -> int:
        refused = 0
        while batches:
            refused += (await hub_database.send(store, *batches.pop())).refused
        return refused

    stores = [await hub_database.store() for _ in range(3)]
    assert sum(await asyncio.gather(*map(work, stores))) == len(records)
    for gateway in gateways:
        assert await stored(hub_database.owner, gateway.id) == gateway.said
        assert await ledger(hub_database.owner, gateway.id) == [(0, 59)]


@pytest.mark.parametrize("step", ["copied", "entered"])
async def test_a_transaction_that_is_interrupted_leaves_nothing(hub_database, step):
    gateway, store = Gateway(), await hub_database.store(checkpoint=stop_once(step))
    records = gateway.many(3)
    with pytest.raises(StopHereError):
        await hub_database.send(store, *records)
    assert not await stored(hub_database.owner, gateway.id)
    assert await ledger(hub_database.owner, gateway.id) == []
    assert (await hub_database.send(store, *records)).records == 3
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_a_series_met_in_a_transaction_that_rolled_back_is_there_for_the_next(hub_database):
    """A number drawn inside the rolled-back transaction would leave rows that belong to no series."""
    gateway, store = Gateway(), await hub_database.store(checkpoint=stop_once("copied"))
    record = gateway.samples()
    with pytest.raises(StopHereError):
        await hub_database.send(store, record)
    await hub_database.send(store, record)
    orphans = await hub_database.owner.fetchval(
        "SELECT count(*) FROM sts.sample d WHERE NOT EXISTS (SELECT FROM sts.series s WHERE s.id = d.series)"
    )
    assert orphans == 0
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_a_repeat_after_an_outcome_nobody_heard_is_refused(hub_database):
    gateway, store = Gateway(), await hub_database.store(checkpoint=stop_once("committed"))
    records = gateway.many(2)
    with pytest.raises(StopHereError):
        await hub_database.send(store, *records)
    result = await hub_database.send(store, *records)
    assert (result.records, result.refused) == (0, 2)
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_an_agent_that_begins_again_with_an_empty_log_is_not_taken_for_old_news(hub_database):
    """The same gateway, the same names, the same numbers from 0: only the epoch is new."""
    store = await hub_database.store()
    before, after = Gateway(), Gateway()
    await hub_database.send(store, *before.many(5))
    result = await hub_database.send(store, *after.many(5))
    assert (result.records, result.refused) == (5, 0)
    assert await stored(hub_database.owner, before.id) == before.said
    assert await stored(hub_database.owner, after.id) == after.said


async def test_runs_of_records_keep_their_first_and_last_time(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    records = gateway.many(10)
    for batch in (records[6:8], records[:3], records[3:5], records[9:]):
        await hub_database.send(store, *batch)
    query = "SELECT span, sts.us(first_t) f, sts.us(last_t) l FROM sts.received_span ORDER BY span"
    spans = await hub_database.owner.fetch(query)
    begin = gateway.boot_us(0) + gateway.offset_us
    assert [(row["span"].lower, row["span"].upper - 1) for row in spans] == [(0, 4), (6, 7), (9, 9)]
    assert [(row["f"] - begin, row["l"] - begin) for row in spans] == [
        (0, 4_999_999),
        (6_000_000, 7_999_999),
        (9_000_000, 9_999_999),
    ]
    await hub_database.send(store, records[5], records[8])
    assert [row["span"].upper for row in await hub_database.owner.fetch(query)] == [10]


async def test_a_correction_made_meanwhile_is_added(hub_database):
    """The rows were built with the old correction; the ledger refuses them, and they are built again."""
    gateway = Gateway()
    corrected = []

    async def correct(step: str) -> None:
        if step == "copied" and not corrected:
            corrected.append(step)
            await hub_database.owner.execute("UPDATE sts.epoch SET delta_us = 70000, corrections = 1")

    store = await hub_database.store(checkpoint=correct)
    await hub_database.send(store, gateway.samples())
    moved = {(name, metric, t + 70_000, value, quality) for name, metric, t, value, quality in gateway.said}
    assert set(await stored(hub_database.owner, gateway.id)) == moved


async def test_two_values_of_one_packet_keep_their_order(hub_database):
    gateway, store = Gateway(sensors=("hr-01",)), await hub_database.store()
    await hub_database.send(store, gateway.samples())
    rows = await hub_database.owner.fetch(
        "SELECT sts.us(t) AS t, value FROM sts.sample d JOIN sts.series s ON s.id = d.series "
        "WHERE metric = 2 ORDER BY t"
    )
    assert [row["t"] - rows[0]["t"] for row in rows] == [0, 1]
    assert [row["value"] for row in rows] == [1000 * 501 / 1024, 1000 * 502 / 1024]


async def test_a_database_that_lets_nobody_in_is_away(hub_database, postgres):
    gateway, store = Gateway(), await hub_database.store()
    name = hub_database.dsn.partition("@/")[2].partition("?")[0]
    postgres.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    record = gateway.samples()
    with pytest.raises(DatabaseAwayError):
        await hub_database.send(store, record)
    postgres.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    await hub_database.send(store, record)
    assert await stored(hub_database.owner, gateway.id) == gateway.said
