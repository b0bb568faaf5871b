"""A wrong clock corrected: killed half way, with later backlog of the same epoch, forwards and back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ingest_support import SECOND_US, Gateway, stored
from sts_hub.corrections import clock
from sts_hub.db.times import timestamp

RECORDS = 40
# Several steps: the records lie an hour apart.
APART_US = 3_600 * SECOND_US


class KilledError(Exception):
    """What stands for a kill between two transactions: the connection is closed without a word."""


async def hours_of(gateway: Gateway, store, hub_database, count: int) -> None:
    """Records an hour apart, so that one step does not move them all."""
    for _ in range(count):
        await hub_database.send(store, gateway.samples(late_us=gateway.seq * (APART_US - SECOND_US)))


def moved(said, delta_us: int) -> dict:
    return {
        (name, metric, t_us + delta_us, value, quality): n
        for (name, metric, t_us, value, quality), n in said.items()
    }


@pytest.mark.parametrize("delta_us", [-3 * APART_US, 70_000, 5 * APART_US])
async def test_killed_half_way_and_with_later_backlog_every_sample_moves_exactly_once(hub_database, delta_us):
    gateway = Gateway(age_us=80 * APART_US)
    store = await hub_database.store()
    await hours_of(gateway, store, hub_database, 10)
    before = dict(gateway.said)
    steps: list[datetime] = []

    def kill_after_the_third(cursor: datetime) -> None:
        steps.append(cursor)
        if len(steps) == 3:
            raise KilledError

    await clock.begin(hub_database.owner, gateway.id, delta_us, "the gateway's clock was set by hand")
    with pytest.raises(KilledError):
        await clock.finish(hub_database.owner, gateway.id, kill_after_the_third)
    half_way = await stored(hub_database.owner, gateway.id)
    assert dict(half_way) not in (before, moved(before, delta_us)), "the kill must come half way"
    await hours_of(gateway, store, hub_database, 3)
    assert await clock.finish_all(hub_database.owner) == 1
    assert dict(await stored(hub_database.owner, gateway.id)) == moved(gateway.said, delta_us)
    assert await clock.finish_all(hub_database.owner) == 0


async def test_the_ledger_and_both_windows_of_the_roll_ups_move_with_the_samples(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    await hub_database.send(store, gateway.samples())
    owner = hub_database.owner
    first = await owner.fetchval("SELECT first_t FROM sts.received_span")
    await owner.execute("DELETE FROM sts.touched")
    await clock.begin(owner, gateway.id, 2 * APART_US, "wrong zone")
    await clock.finish(owner, gateway.id)
    assert await owner.fetchval("SELECT first_t FROM sts.received_span") == first + timedelta(hours=2)
    windows = await owner.fetch("SELECT first_t, last_t FROM sts.touched")
    assert any(row["first_t"] <= first <= row["last_t"] for row in windows)
    there = first + timedelta(hours=2)
    assert any(row["first_t"] <= there <= row["last_t"] for row in windows)


async def test_a_second_correction_moves_what_the_first_one_moved_and_what_came_since(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    await hub_database.send(store, gateway.samples())
    await clock.begin(hub_database.owner, gateway.id, -APART_US, "first")
    await clock.finish(hub_database.owner, gateway.id)
    await hub_database.send(store, gateway.samples())
    await clock.begin(hub_database.owner, gateway.id, APART_US, "second: back again")
    with pytest.raises(clock.CorrectionError, match="not finished"):
        await clock.begin(hub_database.owner, gateway.id, APART_US, "third, too early")
    await clock.finish(hub_database.owner, gateway.id)
    await hub_database.send(store, gateway.samples())
    assert dict(await stored(hub_database.owner, gateway.id)) == dict(gateway.said)


async def test_a_correction_smaller_than_the_clocks_own_error_is_refused(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    await hub_database.send(store, gateway.samples())
    with pytest.raises(clock.CorrectionError, match="50 ms"):
        await clock.begin(hub_database.owner, gateway.id, 20_000, "too small")
    assert await hub_database.owner.fetchval("SELECT delta_us FROM sts.epoch") == 0


async def test_an_epoch_without_a_clock_is_placed_by_a_person(hub_database):
    from sts_protocols.record import UNKNOWN_CLOCK

    gateway, store = Gateway(), await hub_database.store()
    await hub_database.send(store, gateway.samples(clock=UNKNOWN_CLOCK))
    assert not await stored(hub_database.owner, gateway.id)
    began = timestamp(gateway.boot_us(0) + gateway.offset_us)
    name = await clock.place(hub_database.owner, gateway.id, began, timedelta(seconds=30))
    assert name == gateway.name
    pin = await hub_database.owner.fetchval("SELECT pin_offset_us FROM sts.epoch")
    assert pin == gateway.offset_us
    note = await hub_database.owner.fetchrow("SELECT * FROM sts.correction WHERE epoch = $1", gateway.id)
    assert (note["number"], note["delta_us"], note["done_at"] is None) == (0, 0, False)
